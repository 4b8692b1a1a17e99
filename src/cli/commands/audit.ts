/** `playgate audit`: who changed what. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { ApiError, toData } from '../../api-client/api-client.ts';
import type { AuditEntry, AuditEntryPage } from '../../api-client/openapi.ts';
import type { Io } from '../context.ts';
import { describeCommand, onService } from '../describe-command.ts';
import { toMoment } from '../duration.ts';

interface AuditOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly since?: string;
  readonly follow?: true;
  readonly limit: string;
}

const lookEveryMs = 1000;

/** The API gives so many at a time; and more than so many are not written in a second. */
const [pageLength, followAtMost] = [100, 10_000];

/** Creates the command. */
export function createAuditCommands(io: Io): readonly Command[] {
  const audit = describeCommand({
    usage: 'audit',
    description: 'Say who changed what, the newest last; with --follow as it happens',
    examples: [
      'playgate audit --since 24h --action revocation',
      'playgate audit --follow',
      'playgate audit --target demo --json',
    ],
  })
    .option('--actor <id>', "a client's id, person:<subject>, service:<name>")
    .option('--action <name>', 'such as channel.put, or all that begins so: channel')
    .option('--target <id>', 'what was changed, or what it was about')
    .option('--since <time>', 'a time, or how long ago: 24h')
    .option('--limit <count>', 'how many at most', '50')
    .option('--follow', 'go on as entries come')
    .action(
      onService(io, async ({ api, answer, output }, options: AuditOptions) => {
        const { follow, limit, since, ...filters } = options;
        const query = { ...filters, ...(since && { since: toSince(since, io.nowMs()) }) };
        const read: ReadEntries = (place) =>
          toData(api.GET('/v1/admin/audit', { params: { query: { ...query, ...place } } }));
        const found = await readNewest(read, Number(limit));
        const tell = (items: readonly AuditEntry[]) => {
          for (const entry of items) output.line(toLine(entry));
        };
        if (!follow) return answer(found, tell);
        // A program gets a line of JSON for each, as there is no end of them.
        const tellEach = (items: readonly AuditEntry[]) => {
          for (const entry of items) answer(entry, () => tell([entry]), 'line');
        };
        tellEach(found);
        for (let last = found.at(-1)?.id; ; ) {
          await sleep(lookEveryMs);
          const fresh = await readNewest(read, followAtMost, last).catch(waitOut);
          tellEach(fresh);
          last = fresh.at(-1)?.id ?? last;
        }
      }),
    );
  return [audit];
}

type ReadEntries = (place: { readonly limit: number; readonly cursor?: string }) => Promise<AuditEntryPage>;

/** The newest, of which the last is the newest: so many, and none that is as old as `last`. */
async function readNewest(read: ReadEntries, count: number, last?: string): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = [];
  for (let cursor: string | null = ''; cursor !== null && found.length < count; ) {
    const limit = Math.min(count - found.length, pageLength);
    const page: AuditEntryPage = await read({ limit, ...(cursor !== '' && { cursor }) });
    const fresh = page.items.filter(({ id }) => last === undefined || isAfter(id, last));
    found.push(...fresh);
    cursor = fresh.length < page.items.length ? null : page.nextCursor;
  }
  return found.toReversed();
}

/** An id is the millisecond of its writing, and a number within that. */
function isAfter(id: string, other: string): boolean {
  const [ms = 0, number = 0] = id.split('-').map(Number);
  const [otherMs = 0, otherNumber = 0] = other.split('-').map(Number);
  return ms === otherMs ? number > otherNumber : ms > otherMs;
}

/** A service that is away for a while is asked again; what it refuses is told. */
function waitOut(error: unknown): readonly AuditEntry[] {
  if (error instanceof ApiError ? error.status < 500 : !(error instanceof TypeError)) throw error;
  return [];
}

function toSince(since: string, nowMs: number): string {
  if (!/^\d+[smhd]$/.test(since)) return since;
  return toMoment(2 * nowMs - Date.parse(toMoment(nowMs, since)), '1s');
}

function toLine({ at, actor, action, target, about, result }: AuditEntry): string {
  const words = [at, actor, action, target, ...(about.length > 0 ? [`(${about.join(' ')})`] : [])];
  return [...words, ...(result === 'done' ? [] : [result])].join(' ');
}
