/** How often an operation may be called: a bucket of tokens for each account, region and operation. */

interface Bucket {
  readonly tokens: number;
  readonly filledAtMs: number;
}

/** So many buckets are kept before those that have refilled are forgotten. */
const maxBuckets = 10_000;

/** The calls that may still be made. */
export interface Rates {
  /** Takes one call from a bucket that holds and refills `perSecond`. False when it is empty. */
  take(bucket: string, perSecond: number): boolean;
}

/** Rates by a clock that only goes forward, in milliseconds; it is not the one that `/_local/clock` sets. */
export function createRates(monotonicNow: () => number = () => performance.now()): Rates {
  const buckets = new Map<string, Bucket>();
  return {
    take: (name, perSecond) => {
      const now = monotonicNow();
      const { tokens, filledAtMs } = buckets.get(name) ?? { tokens: perSecond, filledAtMs: now };
      const filled = Math.min(perSecond, tokens + ((now - filledAtMs) / 1000) * perSecond);
      if (buckets.size >= maxBuckets) forgetFull(buckets, now);
      buckets.set(name, { tokens: filled >= 1 ? filled - 1 : filled, filledAtMs: now });
      return filled >= 1;
    },
  };
}

/** A bucket fills within a second, whatever its rate. */
function forgetFull(buckets: Map<string, Bucket>, now: number): void {
  for (const [name, { filledAtMs }] of buckets) if (now - filledAtMs >= 1000) buckets.delete(name);
}
