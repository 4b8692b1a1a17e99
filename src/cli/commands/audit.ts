/** `playgate audit`: who changed what. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { toData } from '../../api-client/api-client.ts';
import type { AuditEntry } from '../../api-client/openapi.ts';
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
        const load = (count: number) =>
          toData(api.GET('/v1/admin/audit', { params: { query: { ...query, limit: count } } })).then(({ items }) =>
            items.toReversed(),
          );
        const tell = (items: readonly AuditEntry[]) => {
          for (const entry of items) output.line(toLine(entry));
        };
        let seen = await load(Number(limit));
        answer(seen, tell);
        while (follow) {
          await sleep(lookEveryMs);
          const known = new Set(seen.map(({ id }) => id));
          seen = await load(100);
          const fresh = seen.filter(({ id }) => !known.has(id));
          if (fresh.length > 0) answer(fresh, tell);
        }
      }),
    );
  return [audit];
}

function toSince(since: string, nowMs: number): string {
  if (!/^\d+[smhd]$/.test(since)) return since;
  return toMoment(2 * nowMs - Date.parse(toMoment(nowMs, since)), '1s');
}

function toLine({ at, actor, action, target, about, result }: AuditEntry): string {
  const words = [at, actor, action, target, ...(about.length > 0 ? [`(${about.join(' ')})`] : [])];
  return [...words, ...(result === 'done' ? [] : [result])].join(' ');
}
