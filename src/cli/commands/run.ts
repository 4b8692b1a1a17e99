/** `playgate dev`, `serve` and `local-ivs`: what goes on until it is told to end, set by the environment. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { toData } from '../../api-client/api-client.ts';
import { createContext, type Io } from '../context.ts';
import { describeCommand } from '../describe-command.ts';
import { UsageError } from '../usage-error.ts';

/** What the environment does not say, `.env` in the working directory may. */
function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** The commands that start a server. */
export function createRunCommands(io: Io): readonly Command[] {
  const dev = describeCommand({
    usage: 'dev',
    description: 'Run the service on this machine, with a local IVS and a demo page',
    examples: ['npx playgate dev', 'PORT=9000 npx playgate dev', 'playgate dev jwt ann'],
  }).action(async () => {
    loadEnvFile();
    const [{ runLaptop }, { exitWithError }] = await Promise.all([
      import('../../runtimes/laptop/run.ts'),
      import('../../runtimes/node/process.ts'),
    ]);
    await runLaptop(process.env).catch(exitWithError);
  });
  const serve = describeCommand({
    usage: 'serve',
    description: 'Run the service in production: it makes nothing up',
    examples: ['npx playgate serve'],
  }).action(async () => {
    loadEnvFile();
    await import('../../runtimes/node/main.ts');
  });
  const localIvs = describeCommand({
    usage: 'local-ivs',
    description: 'Run a local IVS alone',
    examples: ['npx playgate local-ivs', 'LOCAL_IVS_PORT=9001 npx playgate local-ivs'],
  }).action(async () => {
    loadEnvFile();
    await import('../../local-ivs/main.ts');
  });
  return [dev.addCommand(createJwt(io)), serve, localIvs];
}

function createJwt(io: Io): Command {
  return describeCommand({
    usage: 'jwt <name>',
    description: "Sign a viewer in to the demo of a laptop run, and print the viewer's JWT, good for an hour",
    examples: ['playgate dev jwt ann', 'curl -H "Authorization: Bearer $(playgate dev jwt ann)" …'],
  }).action(async (viewer: string, _: unknown, command: Command) => {
    const { url, lookUp, answer, output } = createContext(io, command);
    // Whoever is asked must be there before it can be said that it has no demo.
    await toData(lookUp.GET('/readyz')).catch(() => undefined);
    const response = await fetch(`${url}/demo/identity/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ viewer }),
    });
    if (response.status !== 201)
      throw new UsageError(`${url} signs nobody in: it is no laptop run with the demo's identity provider`);
    const { jwt } = (await response.json()) as { jwt: string };
    answer({ jwt }, () => output.line(jwt));
  });
}
