/** Times: unix seconds inside, RFC 3339 in UTC on the wire. */
import { z } from 'zod';

/** The time as `2026-11-20T17:00:00Z`. */
export function toIsoTime(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** A point in time with its offset, turned into whole unix seconds (rounded down). */
export const timeSchema = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-20T17:00:00Z' })
  .transform((text) => Math.floor(Date.parse(text) / 1000));
