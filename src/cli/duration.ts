/** Times as people type them. */
import { UsageError } from './usage-error.ts';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `30m`, `2h` or `7d`, in milliseconds. Throws a UsageError. */
export function parseDuration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? Number.NaN);
  if (Number.isNaN(ms) || ms === 0) throw new UsageError(`${text} is no time: write 90s, 30m, 2h or 7d`);
  return ms;
}

/** A moment so long from now, to the second, as the API takes it. */
export function toMoment(nowMs: number, duration: string): string {
  return new Date(nowMs + parseDuration(duration)).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** How long it is until a time, or since: `in 2 h`, `3 d ago`. */
export function toDistance(time: string | null | undefined, nowMs: number): string {
  if (time === null || time === undefined) return '';
  const ms = Date.parse(time) - nowMs;
  const [unit, size] =
    Object.entries(unitMs)
      .toReversed()
      .find(([, each]) => Math.abs(ms) >= each) ?? (['s', 1_000] as const);
  const count = `${Math.round(Math.abs(ms) / size)} ${unit}`;
  return ms >= 0 ? `in ${count}` : `${count} ago`;
}
