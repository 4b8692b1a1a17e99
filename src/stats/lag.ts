/** How long IVS was told after the decision: counted in a few fixed ranges, so that it adds up and half or nearly all can still be told. Pure. */
import { type Counts, highestLag } from './record.ts';

/** The ranges, each up to so many milliseconds; what took longer is `more`. */
export const lagBoundsMs = [100, 250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 3_600_000] as const;

const sumName = 'lag:ms';
const ranges = [...lagBoundsMs.map((bound) => ({ name: `lag:${bound}`, bound })), { name: 'lag:more', bound: null }];

/** What is told of the lag of deliveries. All but the count is null where there were none. */
export interface Lag {
  readonly count: number;
  readonly meanMs: number | null;
  /** Half of them took so long at most: the end of a range, or the longest. */
  readonly p50Ms: number | null;
  /** The same of 99 in 100. */
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

/** What one delivery adds. Whole milliseconds; a clock that is behind makes none below 0. */
export function toLagCounts(lagSeconds: number): Counts {
  const ms = Math.max(0, Math.round(lagSeconds * 1000));
  const range = ranges.find(({ bound }) => bound === null || ms <= bound);
  return { [range?.name ?? 'lag:more']: 1, ...(ms > 0 && { [sumName]: ms, [highestLag]: ms }) };
}

/** Whether the name is one of these. */
export function isOfLag(name: string): boolean {
  return name.startsWith('lag:');
}

/** What the counts tell. */
export function toLag(counts: Counts): Lag {
  const count = ranges.reduce((sum, { name }) => sum + (counts[name] ?? 0), 0);
  if (count === 0) return { count, meanMs: null, p50Ms: null, p99Ms: null, maxMs: null };
  const maxMs = counts[highestLag] ?? 0;
  const toShareMs = (share: number) => Math.min(findBound(counts, Math.ceil(count * share)) ?? maxMs, maxMs);
  return {
    count,
    meanMs: Math.round((counts[sumName] ?? 0) / count),
    p50Ms: toShareMs(0.5),
    p99Ms: toShareMs(0.99),
    maxMs,
  };
}

/** The end of the range in which the delivery of this rank lies; null in the last one. */
function findBound(counts: Counts, rank: number): number | null {
  let seen = 0;
  for (const { name, bound } of ranges) {
    seen += counts[name] ?? 0;
    if (seen >= rank) return bound;
  }
  return null;
}
