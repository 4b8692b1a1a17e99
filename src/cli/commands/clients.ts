/** `playgate clients`: who has an API key. */
import type { Command } from 'commander';
import { toData } from '../../api-client/api-client.ts';
import type { ClientRequest, CreatedClient } from '../../api-client/openapi.ts';
import { type Context, type Io, listAll } from '../context.ts';
import { describeCommand, onService } from '../describe-command.ts';
import { parseDuration, toDistance, toMoment } from '../duration.ts';

interface CreateOptions {
  readonly role: ClientRequest['role'];
  readonly channels?: string;
  readonly expiresIn?: string;
}

/** Creates the command, with those below it. */
export function createClientCommands(io: Io): Command {
  return describeCommand({
    usage: 'clients',
    description: 'List, make and take away API clients, and give them new keys',
    examples: ['playgate clients list', 'playgate clients create "web backend" --role issuer --channels "*"'],
  })
    .addCommand(createList(io), { isDefault: true })
    .addCommand(createShow(io))
    .addCommand(createCreate(io))
    .addCommand(createRotate(io))
    .addCommand(createDelete(io));
}

function createList(io: Io): Command {
  return describeCommand({
    usage: 'list',
    description: 'List the clients',
    examples: ['playgate clients list'],
  }).action(
    onService(io, async ({ api, answer, output }) => {
      const found = await listAll((cursor) =>
        toData(api.GET('/v1/admin/clients', { params: { query: { ...cursor, limit: 100 } } })),
      );
      answer(found, () =>
        output.table(
          ['Id', 'Name', 'Role', 'Channels', 'Last used', 'Expires'],
          found.map(({ id, name, role, channels, lastUsedAt, expiresAt }) => [
            ...[id, name, role, channels.length > 1 ? channels.length : channels.join()],
            ...[lastUsedAt && toDistance(lastUsedAt, io.nowMs()), expiresAt && toDistance(expiresAt, io.nowMs())],
          ]),
          'There is no client yet: playgate clients create <name> --role issuer',
        ),
      );
    }),
  );
}

function createShow(io: Io): Command {
  return describeCommand({
    usage: 'show <id>',
    description: 'Show a client; its key is shown once alone, when it is made',
    examples: ['playgate clients show client_019aa25b6c80d1e2f3a4b5c6'],
  }).action(
    onService(io, async ({ api, answer, output }, _: unknown, id: string) => {
      const found = await toData(api.GET('/v1/admin/clients/{id}', { params: { path: { id } } }));
      const toText = (value: unknown) => (value !== null && typeof value === 'object' ? JSON.stringify(value) : value);
      answer(found, () =>
        output.table(
          ['Of', id],
          Object.entries(found).map(([name, value]) => [name, toText(value)]),
          '',
        ),
      );
    }),
  );
}

function createCreate(io: Io): Command {
  return describeCommand({
    usage: 'create <name>',
    description: 'Make a client, and print its key, which is shown this once',
    examples: [
      'playgate clients create "web backend" --role issuer --channels "*"',
      'playgate clients create ci --role issuer --channels demo,news --expires-in 90d',
    ],
  })
    .requiredOption('--role <role>', 'issuer, viewer-support, auditor, operator or admin')
    .option('--channels <names>', 'ARNs, ids or names with commas between, or *')
    .option('--expires-in <time>', 'such as 90d; without it never')
    .action(
      onService(io, async ({ api, answer, findChannel, output }, options: CreateOptions, name: string) => {
        const { role, channels, expiresIn } = options;
        const body = {
          ...{ name, role },
          ...(channels && {
            channels: await Promise.all(channels.split(',').map((each) => (each === '*' ? each : findChannel(each)))),
          }),
          ...(expiresIn && { expiresAt: toMoment(io.nowMs(), expiresIn) }),
        };
        tellKey({ answer, output }, await toData(api.POST('/v1/admin/clients', { body })));
      }),
    );
}

function createRotate(io: Io): Command {
  return describeCommand({
    usage: 'rotate <id>',
    description: 'Give a client a new key; the old one holds on for a while',
    examples: ['playgate clients rotate client_019aa25b6c80d1e2f3a4b5c6 --overlap 1h'],
  })
    .option('--overlap <time>', 'how long the old key holds on', '1h')
    .action(
      onService(io, async ({ api, answer, output }, { overlap }: { overlap: string }, id: string) => {
        const body = { overlapSeconds: parseDuration(overlap) / 1000 };
        const params = { path: { id } };
        tellKey({ answer, output }, await toData(api.POST('/v1/admin/clients/{id}/rotate-key', { params, body })));
      }),
    );
}

function tellKey({ answer, output }: Pick<Context, 'answer' | 'output'>, created: CreatedClient): void {
  answer(created, ({ id, key }) => {
    output.line(`${id} has the key below, which nobody can show again. Keep it where secrets are kept.\n`);
    output.line(key);
  });
}

function createDelete(io: Io): Command {
  return describeCommand({
    usage: 'delete <id>',
    description: 'Take a client away: its key holds no more after five seconds at most',
    examples: ['playgate clients delete client_019aa25b6c80d1e2f3a4b5c6'],
  }).action(
    onService(io, async ({ api, answer, output }, _: unknown, id: string) => {
      await api.DELETE('/v1/admin/clients/{id}', { params: { path: { id } } });
      answer({ id }, () => output.line(`${id} is gone.`));
    }),
  );
}
