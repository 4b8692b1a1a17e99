/** Times as people say them: how long ago or how soon, with the whole time for who wants it. */
import { useInterval } from '@mantine/hooks';
import { useState } from 'react';

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' });
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** The time of now in milliseconds, anew every so often. */
function useNow(everyMs = 10_000): number {
  const [now, setNow] = useState(Date.now);
  useInterval(() => setNow(Date.now()), everyMs, { autoInvoke: true });
  return now;
}

/** `3 minutes ago`, `in 2 hours`. */
export function Time({ at }: { readonly at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={absolute.format(new Date(at))}>
      {toRelative((Date.parse(at) - now) / 1000)}
    </time>
  );
}

/** `1 min 20 s`, to the second; `done` when it has passed. */
export function Countdown({ to, done = 'now' }: { readonly to: string; readonly done?: string }) {
  const now = useNow(1000);
  const seconds = Math.ceil((Date.parse(to) - now) / 1000);
  return <span>{seconds <= 0 ? done : toDuration(seconds)}</span>;
}

/** How long it is in words: the largest two units. */
export function toDuration(seconds: number): string {
  const short = { day: 'd', hour: 'h', minute: 'min', second: 's' } as const;
  const parts: string[] = [];
  let rest = Math.round(seconds);
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${short[unit]}`);
  }
  return parts.slice(0, 2).join(' ') || '0 s';
}

/** The time as it is said in a sentence: `27 Nov 2026, 15:04:05`. */
export function toAbsolute(at: string): string {
  return absolute.format(new Date(at));
}

function toRelative(seconds: number): string {
  const [unit, size] = units.find(([, each]) => Math.abs(seconds) >= each) ?? (['second', 1] as const);
  return relative.format(Math.trunc(seconds / size), unit);
}
