/** Times: unix seconds inside, RFC 3339 in UTC on the wire. */
import { z } from 'zod';

/** 9999-12-31T23:59:59Z: RFC 3339 writes no later year. */
export const latestTimeSeconds = 253_402_300_799;

/** The time as `2026-11-20T17:00:00Z`. Throws a RangeError beyond `latestTimeSeconds` or before 1970. */
export function toIsoTime(unixSeconds: number): string {
  if (unixSeconds < 0 || unixSeconds > latestTimeSeconds) throw new RangeError('the time cannot be written');
  return new Date(unixSeconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** The same, and null where there is none. */
export function toIsoOrNull(unixSeconds: number | null | undefined): string | null {
  return unixSeconds === null || unixSeconds === undefined ? null : toIsoTime(unixSeconds);
}

/** A point in time with its offset, turned into whole unix seconds (rounded down). */
export const timeSchema = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-20T17:00:00Z' })
  .transform((text) => Math.floor(Date.parse(text) / 1000))
  .refine((seconds) => seconds >= 0 && seconds <= latestTimeSeconds, {
    message: 'must lie between 1970 and 9999, in UTC',
    abort: true,
  });

/** A point in time after this second. */
export function futureTimeSchema(nowSeconds: number) {
  return timeSchema.refine((seconds) => seconds > nowSeconds, 'must be in the future');
}
