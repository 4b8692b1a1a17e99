/** What was spent of rate limits in SQLite: a row for each, with the time until when it is spent. Each function runs inside whatever transaction is open. */
import type { ViewerId } from '../../ids.ts';
import { spend } from '../../limits/gcra.ts';
import { toTerms } from '../../limits/rate.ts';
import type { LimitCharge, LimitQuery, LimitReadings } from '../../limits/record.ts';
import type { Sql } from './database.ts';

/** Until when the viewer's limit, under this key, and those that belong to all are spent. */
export function readLimits(
  sql: Sql,
  viewer: { readonly viewerId: ViewerId; readonly key: string },
  { sharedKeys, nowMs }: LimitQuery,
): LimitReadings {
  return {
    nowMicros: nowMs * 1000,
    viewer: findSpentUntil(sql, viewer.viewerId, viewer.key),
    shared: sharedKeys.map((key) => findSpentUntil(sql, '', key)),
  };
}

/** Counts one token against each of the limits, or against none when one of them is exceeded. Whether it did. */
export function chargeLimits(sql: Sql, viewerId: ViewerId, { viewer, shared, nowMs }: LimitCharge): boolean {
  const limits = [
    ...(viewer === undefined ? [] : [{ ...viewer, of: viewerId as ViewerId | '' }]),
    ...shared.map((each) => ({ ...each, of: '' as const })),
  ];
  const spent = limits.map(({ of, key, rate }) => ({
    ...{ of, key },
    ...spend(findSpentUntil(sql, of, key), nowMs * 1000, toTerms(rate)),
  }));
  if (spent.some(({ isAllowed }) => !isAllowed)) return false;
  const write = 'INSERT OR REPLACE INTO limits (viewer_id, key, spent_until_micros) VALUES (?, ?, ?)';
  for (const { of, key, spentUntil } of spent) sql.change(write, of, key, spentUntil);
  return true;
}

function findSpentUntil({ first }: Sql, viewerId: ViewerId | '', key: string): number {
  const row = first('SELECT spent_until_micros FROM limits WHERE viewer_id = ? AND key = ?', viewerId, key);
  return Number(row?.spent_until_micros ?? 0);
}
