/** `playgate dev`, `serve` and `local-ivs`: what goes on until it is told to end, set by the environment. */
import { existsSync } from 'node:fs';
import { Command } from 'commander';

/** What the environment does not say, `.env` in the working directory may. */
function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** The commands that start a server. */
export function createRunCommands(): readonly Command[] {
  return [
    new Command('dev')
      .description('Run the service on this machine, with a local IVS and a demo page')
      .action(async () => {
        loadEnvFile();
        const [{ runLaptop }, { exitWithError }] = await Promise.all([
          import('../../runtimes/laptop/run.ts'),
          import('../../runtimes/node/process.ts'),
        ]);
        await runLaptop(process.env).catch(exitWithError);
      }),
    new Command('serve').description('Run the service in production: it makes nothing up').action(async () => {
      loadEnvFile();
      await import('../../runtimes/node/main.ts');
    }),
    new Command('local-ivs').description('Run a local IVS alone').action(async () => {
      loadEnvFile();
      await import('../../local-ivs/main.ts');
    }),
  ];
}
