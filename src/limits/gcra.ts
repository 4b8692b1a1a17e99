/**
 * The generic cell rate algorithm: all that is kept of a limit is one time, until when its tokens are spent. A token moves it
 * on by what one takes, and is let through as long as that is no further ahead of now than a burst. Pure; times in unix
 * microseconds. `limits.lua` does the same in Redis.
 */
import type { Terms } from './rate.ts';

/**
 * A time further ahead of now than a burst and this was written before the clock was set back, or under other terms. Less than
 * this is how far the clocks of two processes may be apart.
 */
export const clockSetBackMicros = 10_000_000;

/** What one more token comes to. */
export interface Spending {
  readonly isAllowed: boolean;
  /** Until when tokens are spent, with this one if it is allowed. */
  readonly spentUntil: number;
  /** How many more may come at once after it. */
  readonly remaining: number;
  /** How long until there is one more than these. */
  readonly untilMoreMicros: number;
}

/**
 * Spends one token, or says how long until there is one. In no time of any length are more let through than a burst and as many
 * as the rate has in it. `spentUntil` is 0 when nothing is known.
 */
export function spend(spentUntil: number, now: number, { intervalMicros, spanMicros }: Terms): Spending {
  const most = now + spanMicros;
  const isAbsurd = spentUntil > most + clockSetBackMicros;
  const before = isAbsurd ? most - intervalMicros : Math.max(spentUntil, now);
  const isAllowed = before + intervalMicros <= most;
  const after = isAllowed ? before + intervalMicros : before;
  const remaining = Math.max(0, Math.floor((most - after) / intervalMicros));
  return {
    isAllowed,
    spentUntil: after,
    remaining,
    untilMoreMicros: after + (remaining + 1) * intervalMicros - most,
  };
}
