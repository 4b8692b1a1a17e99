/** When a token is asked for anew, and how long to wait after a failure. Pure: times come in. */

/** A moment by two clocks: one that may stand still while a device sleeps, and one that somebody may set. */
export interface Moment {
  /** `performance.now()`, in milliseconds. */
  readonly monotonicMs: number;
  /** `Date.now()`, in milliseconds. */
  readonly wallMs: number;
}

/** What the service said of a token's life, in seconds from when it came. */
export interface Life {
  /** Playback may start for so long. */
  readonly expiresIn: number;
  /** After so long another one is due. */
  readonly renewAfter: number;
}

/** So long before its end a token is given to nobody, in milliseconds: a player has to get to the edge with it. */
const marginMs = 5_000;

const firstRetryMs = 500;
const longestRetryMs = 30_000;

/** How old something is by the clock that says more. The wrong time of a device makes no difference, its sleep does. */
export function toAgeMs(from: Moment, now: Moment): number {
  return Math.max(now.monotonicMs - from.monotonicMs, now.wallMs - from.wallMs, 0);
}

/** Whether a token is as good as new, still good for a start, or neither. */
export function toCondition(life: Life, ageMs: number): 'fresh' | 'usable' | 'over' {
  if (ageMs >= life.expiresIn * 1000 - marginMs) return 'over';
  return ageMs < life.renewAfter * 1000 ? 'fresh' : 'usable';
}

/**
 * How long to wait after the failure number `failures`, from 1, in milliseconds: at least what the service asked for, `retryAfter` seconds; else twice as long
 * each time, at most 30 s. `random`, 0 to 1, spreads those who failed together.
 */
export function toRetryMs(failures: number, retryAfter: number | undefined, random: number): number {
  const backoff = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10));
  if (retryAfter === undefined) return backoff * (0.5 + random / 2);
  return Math.max(retryAfter * 1000, firstRetryMs) * (1 + random / 4);
}
