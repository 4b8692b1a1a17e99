/** `playgate block`, `unblock`, `blocks` and `import`: who may get no tokens, and until when. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { ApiError, toData } from '../../api-client/api-client.ts';
import type { BlocksRequest, ImportCounts } from '../../api-client/openapi.ts';
import { type Context, type Io, listAll, toId } from '../context.ts';
import { describeCommand, onService } from '../describe-command.ts';
import { toDistance, toMoment } from '../duration.ts';
import { count } from '../output.ts';
import { createProgress } from '../progress.ts';
import { UnwellError } from '../unwell-error.ts';
import { UsageError } from '../usage-error.ts';

interface BlockOptions {
  readonly channel?: string;
  readonly for?: string;
  readonly reason?: string;
}

interface BlocksOptions {
  readonly channel?: string;
  readonly export?: true;
}

/** So many lines go with one request: at most 4 MiB of them. */
const linesAtOnce = 1000;

/** Creates the commands. */
export function createBlockCommands(io: Io): readonly Command[] {
  return [createBlock(io), createUnblock(io), createBlocks(io), createImport(io)];
}

function createBlock(io: Io): Command {
  return describeCommand({
    usage: 'block <viewer>',
    description: 'End the sessions of a viewer, and issue no tokens for a time, or until unblocked',
    examples: [
      'playgate block ann@example.com --for 2h --reason "shared account"',
      'playgate block v-7f3a --channel demo',
    ],
  })
    .option('-c, --channel <name>', 'there alone; ARN, id or name')
    .option('--for <time>', '30m, 2h, 7d; without it until unblocked')
    .option('--reason <text>', 'for whoever asks why')
    .action(
      onService(io, async ({ api, answer, findChannel, output }, options: BlockOptions, viewer: string) => {
        const body = {
          viewerId: viewer,
          ...(options.channel && { channelArn: await findChannel(options.channel) }),
          ...(options.reason && { reason: options.reason }),
          block: options.for ? { until: toMoment(io.nowMs(), options.for) } : {},
        };
        const revoked = await toData(api.POST('/v1/admin/revocations', { body }));
        answer(revoked, () => {
          if (!('block' in revoked)) return;
          const until = revoked.block?.until ?? null;
          output.line(`${viewer} is blocked ${until === null ? 'until unblocked' : `until ${until}`} (${revoked.id}).`);
          const { pending, delivered } = revoked.delivery;
          output.line(
            `IVS is being told to end ${count(pending + delivered, 'session')}: playgate revocations show ${revoked.id}`,
          );
          output.line(`Take it back: playgate unblock ${revoked.id}`);
        });
      }),
    );
}

function createUnblock(io: Io): Command {
  return describeCommand({
    usage: 'unblock <viewer>',
    description: 'Lift every block of a viewer, or one block by its revocation',
    examples: ['playgate unblock ann@example.com', 'playgate unblock rev_019aa25b6c80d1e2f3a4b5c6'],
  }).action(
    onService(io, async ({ api, answer, output }, _: unknown, viewer: string) => {
      if (viewer.startsWith('rev_')) {
        await api.DELETE('/v1/admin/revocations/{id}', { params: { path: { id: viewer } } });
        return answer({ id: viewer }, () => output.line(`The block of ${viewer} is lifted.`));
      }
      const path = { viewerId: viewer };
      const lifted = await toData(api.DELETE('/v1/admin/viewers/{viewerId}/blocks', { params: { path } }));
      answer(lifted, () => output.line(`${viewer}: ${count(lifted.lifted, 'block')} lifted.`));
    }),
  );
}

function createBlocks(io: Io): Command {
  return describeCommand({
    usage: 'blocks',
    description: 'List the blocks that hold now; with --export as lines to keep, and to import elsewhere',
    examples: ['playgate blocks', 'playgate blocks --channel demo', 'playgate blocks --export > blocks.ndjson'],
  })
    .option('-c, --channel <name>', 'of this channel alone')
    .option('--export', 'all of them, a line of JSON for each viewer or channel')
    .action(
      onService(io, async (context, { channel, export: exports }: BlocksOptions) => {
        if (exports) return exportBlocks(context, io);
        const { api, answer, findChannel, output } = context;
        const query = { active: 'true' as const, ...(channel && { channelArn: await findChannel(channel) }) };
        const found = await listAll((cursor) =>
          toData(api.GET('/v1/admin/revocations', { params: { query: { ...query, ...cursor, limit: 100 } } })),
        );
        answer(found, () =>
          output.table(
            ['Revocation', 'Viewer', 'Channel', 'Until', 'Reason'],
            found.map(({ id, viewerId, viewerCount, channelArn, block, reason }) => [
              ...[id, viewerId ?? (viewerCount === null ? 'everyone' : `${viewerCount} viewers`), toId(channelArn)],
              ...[block?.until ? toDistance(block.until, io.nowMs()) : 'for good', reason],
            ]),
            'Nobody is blocked.',
          ),
        );
      }),
    );
}

async function exportBlocks({ api }: Context, io: Io): Promise<void> {
  const { data } = await api.GET('/v1/admin/blocks', { parseAs: 'stream' });
  const decoder = new TextDecoder();
  for await (const chunk of data ?? []) io.write(decoder.decode(chunk, { stream: true }));
}

function createImport(io: Io): Command {
  return describeCommand({
    usage: 'import <file>',
    description: 'Bring blocks in, one a line of JSON, as blocks --export gives them; again is harmless',
    examples: ['playgate import blocks.ndjson'],
  }).action(
    onService(io, async (context, _: unknown, file: string) => {
      const counts = await importFile(context, io, file);
      context.answer(counts, () =>
        context.output.line(
          `${counts.imported} imported, ${counts.repeated} there already, ${counts.ended} over, ${counts.refused} refused.`,
        ),
      );
    }),
  );
}

async function importFile({ api }: Context, io: Io, file: string): Promise<ImportCounts> {
  const { size } = await stat(file).catch(() => {
    throw new UsageError(`${file} is not there`);
  });
  const progress = createProgress(io, 'Importing', size);
  const sum = { imported: 0, repeated: 0, ended: 0, refused: 0 };
  let linesBefore = 0;
  try {
    for await (const lines of readParts(file)) {
      if (lines.every((line) => line.trim() === '')) continue;
      const body = `${lines.join('\n')}\n`;
      const counts = await sendLines(api, body).catch((error: unknown) => throwLines(error, linesBefore, sum.imported));
      for (const name of ['imported', 'repeated', 'ended', 'refused'] as const) sum[name] += counts[name];
      progress.add(Buffer.byteLength(body));
      linesBefore += lines.length;
    }
  } finally {
    progress.end();
  }
  return sum;
}

async function* readParts(file: string): AsyncGenerator<readonly string[]> {
  let lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    lines.push(line);
    if (lines.length < linesAtOnce) continue;
    yield lines;
    lines = [];
  }
  if (lines.length > 0) yield lines;
}

function sendLines(api: Context['api'], body: string): Promise<ImportCounts> {
  return toData(
    api.POST('/v1/admin/blocks', {
      body: [] satisfies BlocksRequest,
      bodySerializer: () => body,
      headers: { 'content-type': 'application/x-ndjson' },
    }),
  );
}

/** The service counts the lines of what it was sent, and a person those of the file. */
function throwLines(error: unknown, before: number, imported: number): never {
  const { errors = [], code } = error instanceof ApiError ? (error.problem ?? { code: '' }) : { code: '' };
  const told = errors.flatMap(({ path, message }) => {
    const [, number, field = ''] = /^(\d+)\.?(.*)$/.exec(path) ?? [];
    return number === undefined ? [] : [`line ${before + Number(number)}: ${field} ${message}`.replace(':  ', ': ')];
  });
  if (told.length === 0) throw error;
  const done = imported === 0 ? 'nothing was imported' : `of the lines before, ${imported} were imported`;
  throw new UnwellError(`${told.join('; ')} (${code}; ${done})`);
}
