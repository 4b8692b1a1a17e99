/** What time it is in the local IVS, which tests may shift or stop. */

/** How the clock differs from the real one: shifted by milliseconds, or standing at a unix time in milliseconds. */
export type ClockSetting = { readonly offsetMs: number } | { readonly frozenAtMs: number };

const dayMs = 86_400_000;

/** The times that are remembered: the years 1970 to 9999, unix milliseconds. Beyond them ISO 8601 has no plain form. */
export const timeBounds = { earliestMs: 0, latestMs: Date.UTC(10_000, 0, 1) - 1 } as const;

/** Whether the clock may be set to a time: a day of room is left at both ends, for what takes a while to be in effect. */
export function isSettableTime(unixMs: number): boolean {
  return unixMs >= timeBounds.earliestMs + dayMs && unixMs <= timeBounds.latestMs - dayMs;
}

/** The time by which the local IVS judges keys, tokens and revocations. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** What time it would be now by another setting, unix milliseconds. */
  nowBy(setting: ClockSetting): number;
  set(setting: ClockSetting): void;
  setting(): ClockSetting;
}

/** A clock that begins as the real one. */
export function createClock(realNow: () => number = Date.now): Clock {
  let setting: ClockSetting = { offsetMs: 0 };
  const nowBy = (given: ClockSetting): number =>
    'frozenAtMs' in given ? given.frozenAtMs : realNow() + given.offsetMs;
  return {
    now: () => nowBy(setting),
    nowBy,
    set: (next) => {
      setting = next;
    },
    setting: () => setting,
  };
}
