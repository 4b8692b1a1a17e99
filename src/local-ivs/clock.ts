/** What time it is in the local IVS, which tests may shift or stop. */

/** How the clock differs from the real one: shifted by milliseconds, or standing at a unix time in milliseconds. */
export type ClockSetting = { readonly offsetMs: number } | { readonly frozenAtMs: number };

export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  set(setting: ClockSetting): void;
  setting(): ClockSetting;
}

/** A clock that begins as the real one. */
export function createClock(realNow: () => number = Date.now): Clock {
  let setting: ClockSetting = { offsetMs: 0 };
  return {
    now: () => ('frozenAtMs' in setting ? setting.frozenAtMs : realNow() + setting.offsetMs),
    set: (next) => {
      setting = next;
    },
    setting: () => setting,
  };
}
