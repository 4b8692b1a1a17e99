/** What is done with a rotation that is under way, and with single key pairs. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { toData } from '../../api-client/api-client.ts';
import type { Io } from '../context.ts';
import { describeCommand, onService } from '../describe-command.ts';
import { UsageError } from '../usage-error.ts';

/** Halting, resuming, turning back. */
export function createRotationCommands(io: Io): readonly Command[] {
  const actions = [
    { name: 'halt', description: 'Have a rotation stand still', done: 'It stands still' },
    { name: 'resume', description: 'Have a halted rotation go on', done: 'It goes on' },
    { name: 'turn-back', description: 'Let the old key pair sign again, and give the new one up', done: 'Turned back' },
  ] as const;
  return actions.map(({ name, description, done }) =>
    describeCommand({
      usage: `${name} <region>`,
      description,
      examples: [`playgate keys ${name} us-west-2`],
    }).action(
      onService(io, async ({ api, answer, output }, _: unknown, region: string) => {
        const rotation = await toData(api.POST(`/v1/admin/keys/rotate/${name}`, { body: { region } }));
        answer(rotation, () => output.line(`${done}: playgate keys list shows how far it is.`));
      }),
    ),
  );
}

/** Taking a pair over, having one sign, deleting one. */
export function createPairCommands(io: Io): readonly Command[] {
  return [createAdopt(io), createActivate(io), createDelete(io)];
}

function createAdopt(io: Io): Command {
  return describeCommand({
    usage: 'adopt <region>',
    description: 'Take over a key pair that IVS has already, by its private key as PEM, from a file or stdin',
    examples: ['playgate keys adopt us-west-2 --file private.pem', 'pass ivs/key | playgate keys adopt us-west-2'],
  })
    .option('--file <path>', 'the private key; without it stdin is read')
    .action(
      onService(
        io,
        async ({ api, answer, output, isPrinting }, { file }: { readonly file?: string }, region: string) => {
          const privateKey = isPrinting ? 'THE PRIVATE KEY AS PEM' : await readPem(io, file);
          const adopted = await toData(api.POST('/v1/admin/keys/adopt', { body: { region, privateKey } }));
          answer(adopted, ({ id, state }) => output.line(`${id} is ${state}: playgate keys activate ${id}`));
        },
      ),
    );
}

async function readPem(io: Io, file: string | undefined): Promise<string> {
  if (file === undefined) return io.readInput();
  return readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file} cannot be read`);
  });
}

function createActivate(io: Io): Command {
  return describeCommand({
    usage: 'activate <id>',
    description: 'Have a key pair sign in its region; the one before retires',
    examples: ['playgate keys activate key_019aa25b6c80d1e2f3a4b5c6'],
  }).action(
    onService(io, async ({ api, answer, output }, _: unknown, id: string) => {
      const pair = await toData(api.POST('/v1/admin/keys/{id}/activate', { params: { path: { id } } }));
      answer(pair, ({ region }) => output.line(`${id} signs in ${region}.`));
    }),
  );
}

function createDelete(io: Io): Command {
  return describeCommand({
    usage: 'delete <id>',
    description: 'Delete a key pair, in IVS too; refused where viewers would be',
    examples: ['playgate keys delete key_019aa25b6c80d1e2f3a4b5c6'],
  })
    .option('--force', 'whatever speaks against it: tokens of it are refused at once')
    .action(
      onService(io, async ({ api, answer, output }, { force }: { readonly force?: true }, id: string) => {
        const query = force && { query: { force: 'true' as const } };
        await api.DELETE('/v1/admin/keys/{id}', { params: { path: { id }, ...query } });
        answer({ id }, () => output.line(`${id} is gone.`));
      }),
    );
}
