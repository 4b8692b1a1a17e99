/** Statistics as charts take them. Pure. */
import type { Wire } from '../../shell/wire.ts';

type Stats = Wire['Stats'];

/** One step of time. */
export interface Point {
  /** As it stands below the chart. */
  readonly at: string;
  readonly issued: number;
  /** Requests above a limit. */
  readonly limits: number;
  /** Seconds from decision to delivery at most; null where nothing was delivered. */
  readonly lag: number | null;
  /** How many were refused, by code. */
  readonly [code: string]: string | number | null;
}

const limitCodes = ['rate_limited', 'too_many_channels'];
const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** A point for each step. */
export function toPoints({ items }: Stats): Point[] {
  return items.map(({ at, issued, refused, lag }) => ({
    ...refused,
    at: hour.format(new Date(at)),
    issued,
    limits: limitCodes.reduce((sum, code) => sum + (refused[code] ?? 0), 0),
    lag: lag.maxMs === null ? null : lag.maxMs / 1000,
  }));
}

/** The codes of refusals, the most frequent first. */
export function listCodes({ total }: Stats): { readonly code: string; readonly count: number }[] {
  return Object.entries(total.refused)
    .map(([code, count]) => ({ code, count }))
    .toSorted((a, b) => b.count - a.count);
}

/** How many of them were above a limit. */
export function toLimitHits(codes: readonly { readonly code: string; readonly count: number }[]): number {
  return codes.filter(({ code }) => limitCodes.includes(code)).reduce((sum, { count }) => sum + count, 0);
}
