/** `playgate policies`: who may start to watch, from where and when. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { toData } from '../../api-client/api-client.ts';
import type { PolicyRequest } from '../../api-client/openapi.ts';
import { findOrNone, type Io, listAll } from '../context.ts';
import { describeCommand, onService } from '../describe-command.ts';
import { UsageError } from '../usage-error.ts';

interface SetOptions {
  readonly file?: string;
  readonly allowCountries?: string;
  readonly blockCountries?: string;
  readonly allowOrigins?: string;
}

/** Creates the command, with those below it. */
export function createPolicyCommands(io: Io): Command {
  return describeCommand({
    usage: 'policies',
    description: 'List, show, write, import and take away restriction policies',
    examples: ['playgate policies list', 'playgate policies set eu --allow-countries DE,FR'],
  })
    .addCommand(createList(io), { isDefault: true })
    .addCommand(createShow(io))
    .addCommand(createSet(io))
    .addCommand(createImport(io))
    .addCommand(createDelete(io));
}

function createList(io: Io): Command {
  return describeCommand({
    usage: 'list',
    description: 'List the policies',
    examples: ['playgate policies list'],
  }).action(
    onService(io, async ({ api, answer, output }) => {
      const found = await listAll((cursor) =>
        toData(api.GET('/v1/admin/policies', { params: { query: { ...cursor, limit: 100 } } })),
      );
      answer(found, () =>
        output.table(
          ['Id', 'Only from', 'Not from', 'Origins', 'Token, s'],
          found.map(({ id, allowedCountries, blockedCountries, allowedOrigins, tokenTtlSeconds }) => [
            ...[id, ...[allowedCountries, blockedCountries, allowedOrigins].map((list) => list.join(' ') || null)],
            tokenTtlSeconds,
          ]),
          'There is no policy yet: playgate policies set <id>',
        ),
      );
    }),
  );
}

function createShow(io: Io): Command {
  return describeCommand({
    usage: 'show <id>',
    description: 'Show a policy; with --json as `set --file` takes it, but for its id',
    examples: ['playgate policies show eu'],
  }).action(
    onService(io, async ({ api, answer, output }, _: unknown, id: string) => {
      const found = await toData(api.GET('/v1/admin/policies/{id}', { params: { path: { id } } }));
      const toText = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : value);
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

function createSet(io: Io): Command {
  return describeCommand({
    usage: 'set <id>',
    description: 'Write a policy: all of it from a file, or the lists that are given',
    examples: ['playgate policies set eu --allow-countries DE,FR', 'playgate policies set eu --file policy.json'],
  })
    .option('--file <path>', 'the policy as JSON, as PUT /v1/admin/policies/{id} takes it')
    .option('--allow-countries <codes>', 'with commas between; none for no restriction')
    .option('--block-countries <codes>', 'with commas between')
    .option('--allow-origins <origins>', 'with commas between, such as https://*.tv.example')
    .action(
      onService(io, async ({ api, lookUp, answer, output }, options: SetOptions, id: string) => {
        const params = { path: { id } };
        const before = await findOrNone(toData(lookUp.GET('/v1/admin/policies/{id}', { params })));
        const body = await toPolicy(options);
        const change = options.file === undefined && before !== undefined ? api.PATCH : api.PUT;
        const written = await toData(change('/v1/admin/policies/{id}', { params, body }));
        answer(written, () => output.line(`${id} is written.`));
      }),
    );
}

async function toPolicy({ file, allowCountries, blockCountries, allowOrigins }: SetOptions): Promise<PolicyRequest> {
  if (file !== undefined) {
    const text = await readFile(file, 'utf8').catch(() => {
      throw new UsageError(`${file} cannot be read`);
    });
    try {
      return JSON.parse(text) as PolicyRequest;
    } catch {
      throw new UsageError(`${file} is no JSON`);
    }
  }
  return {
    ...(allowCountries !== undefined && { allowedCountries: toList(allowCountries) }),
    ...(blockCountries !== undefined && { blockedCountries: toList(blockCountries) }),
    ...(allowOrigins !== undefined && { allowedOrigins: toList(allowOrigins) }),
  };
}

function toList(text: string): string[] {
  return text === 'none' ? [] : text.split(',').filter((item) => item !== '');
}

function createImport(io: Io): Command {
  return describeCommand({
    usage: 'import <arn>',
    description: 'Make a policy of a PlaybackRestrictionPolicy of IVS, which IVS ignores on private channels',
    examples: ['playgate policies import arn:aws:ivs:us-west-2:123456789012:playback-restriction-policy/abcd'],
  }).action(
    onService(io, async ({ api, answer, output }, _: unknown, arn: string) => {
      const made = await toData(api.POST('/v1/admin/policies/import', { body: { arn } }));
      answer(made, () => output.line(`${made.id} is written: playgate channels set <channel> --policy ${made.id}`));
    }),
  );
}

function createDelete(io: Io): Command {
  return describeCommand({
    usage: 'delete <id>',
    description: 'Take a policy away that no channel uses',
    examples: ['playgate policies delete eu'],
  }).action(
    onService(io, async ({ api, answer, output }, _: unknown, id: string) => {
      await api.DELETE('/v1/admin/policies/{id}', { params: { path: { id } } });
      answer({ id }, () => output.line(`${id} is gone.`));
    }),
  );
}
