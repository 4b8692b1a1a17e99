/** `playgate login`, `logout` and `profiles`: which services there are, and as whom they are asked. */
import { password } from '@inquirer/prompts';
import type { Command } from 'commander';
import { type ApiClient, ApiError, createApiClient, toData } from '../../api-client/api-client.ts';
import type { Io } from '../context.ts';
import { describeCommand } from '../describe-command.ts';
import { createOutput } from '../output.ts';
import { loadProfiles, toProfilesFile, writeProfiles } from '../profiles.ts';
import { toUrl } from '../target.ts';
import { UsageError } from '../usage-error.ts';

/** Creates the commands. */
export function createLoginCommands(io: Io): readonly Command[] {
  return [createLogin(io), createLogout(io), createProfiles(io)];
}

function createLogin(io: Io): Command {
  return describeCommand({
    usage: 'login [profile]',
    description:
      'Keep the URL and the key of a service, in a file that only you can read; the key is asked for, or read from stdin',
    examples: [
      'playgate login --url https://playgate.example',
      'pass playgate/prod | playgate login prod --url https://playgate.example',
    ],
  })
    .requiredOption('--url <url>', 'where the service is')
    .action(async (profile: string | undefined, { url }: { url: string }) => {
      const name = profile ?? 'default';
      const place = toUrl(url);
      const apiKey = process.stdin.isTTY ? await password({ message: 'API key' }) : (await io.readInput()).trim();
      if (apiKey === '') throw new UsageError('There was no key on stdin');
      // Whoever holds a wrong key learns of it now.
      const who = await findCaller(createApiClient({ url: place, credential: apiKey }));
      const file = toProfilesFile(io.env);
      writeProfiles(file, { ...loadProfiles(file), [name]: { url: place, apiKey } });
      io.write(`${name} is ${place}, as ${who}.${name === 'default' ? '' : ` Use it with --profile ${name}.`}\n`);
    });
}

/** Who has the key, in words. */
async function findCaller(api: ApiClient): Promise<string> {
  try {
    const { id, name, roles } = await toData(api.GET('/v1/admin/caller'));
    return `${name ?? id} (${roles.join(', ')})`;
  } catch (error) {
    // One that only issues tokens may not ask, and has a key that is right.
    if (error instanceof ApiError && error.code === 'forbidden') return 'one who may ask for tokens';
    throw error;
  }
}

function createLogout(io: Io): Command {
  return describeCommand({
    usage: 'logout [profile]',
    description: 'Forget a service and its key',
    examples: ['playgate logout', 'playgate logout prod'],
  }).action((name = 'default') => {
    const file = toProfilesFile(io.env);
    const { [name]: forgotten, ...others } = loadProfiles(file);
    if (forgotten === undefined) throw new UsageError(`There is no profile ${name}`);
    writeProfiles(file, others);
    io.write(`${name} is forgotten.\n`);
  });
}

function createProfiles(io: Io): Command {
  return describeCommand({
    usage: 'profiles',
    description: 'List the services that you are logged in to',
    examples: ['playgate profiles'],
  }).action((_: unknown, command: Command) => {
    const output = createOutput(io.write, false);
    const rows = Object.entries(loadProfiles(toProfilesFile(io.env))).map(([name, { url }]) => [name, url]);
    if (command.optsWithGlobals().json) output.json(rows.map(([name, url]) => ({ name, url })));
    else output.table(['Profile', 'URL'], rows, 'You are logged in nowhere: playgate login --url <url>');
  });
}
