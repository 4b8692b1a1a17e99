/** Deletes from SQLite what time has made useless, a bounded piece at a time. */
import type { RevocationId } from '../../ids.ts';
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import { clockAllowanceSeconds } from '../../revocations/scopes.ts';
import { floorLifetimeSeconds } from '../retention.ts';
import type { Sql } from './database.ts';
import { toHour } from './ledger.ts';

/** Between the end of a sweep and the next. */
const sweepEverySeconds = 60;

/** Rows that are deleted in one piece. */
const rowsInPiece = 100;

/** Deletes a piece. Whether there may be more. */
type SweepPiece = (sql: Sql, nowSeconds: number) => boolean;

const pieces: readonly SweepPiece[] = [
  sweepSessions,
  sweepFloors,
  sweepBlocks,
  sweepLimits,
  sweepDevices,
  sweepKeys,
  sweepRevocations,
];

/**
 * A sweep that takes one piece each time it is called, and rests for a minute when nothing is left. It runs inside whatever
 * transaction is open, so that each call of the store's is a little longer and none is long.
 */
export function createSweep(sql: Sql): (nowSeconds: number) => void {
  let restsUntil = 0;
  let next = 0;
  return function sweep(nowSeconds) {
    if (nowSeconds < restsUntil) return;
    if (pieces[next]?.(sql, nowSeconds)) return;
    next = (next + 1) % pieces.length;
    if (next === 0) restsUntil = nowSeconds + sweepEverySeconds;
  };
}

function sweepSessions({ change }: Sql, nowSeconds: number): boolean {
  const some = 'SELECT viewer_id, channel_arn FROM sessions WHERE hour < ? LIMIT ?';
  const sweep = `DELETE FROM sessions WHERE (viewer_id, channel_arn) IN (${some})`;
  return change(sweep, toHour(nowSeconds - sessionLifetimeSeconds), rowsInPiece) === rowsInPiece;
}

/** A channel's floor is kept as long as sessions that saw it, and while its ledger is walked: what a session saw is compared with it. */
function sweepFloors({ change }: Sql, nowSeconds: number): boolean {
  const over = nowSeconds - floorLifetimeSeconds;
  const isWalked = "SELECT 1 FROM jobs WHERE jobs.scope = 'channel' AND jobs.channel_arn = floors.channel_arn";
  const isOver = `floor < ? AND (viewer_id <> '' OR (floor < ? AND NOT EXISTS (${isWalked})))`;
  const sweep = `DELETE FROM floors WHERE (viewer_id, channel_arn) IN (SELECT viewer_id, channel_arn FROM floors WHERE ${isOver} LIMIT ?)`;
  return change(sweep, over, over - sessionLifetimeSeconds, rowsInPiece) === rowsInPiece;
}

/** Whose clock is behind asks for a block that has ended by this one. */
function sweepBlocks({ change }: Sql, nowSeconds: number): boolean {
  const some = 'SELECT viewer_id, channel_arn, revocation_id FROM blocks WHERE blocked_until < ? LIMIT ?';
  const sweep = `DELETE FROM blocks WHERE (viewer_id, channel_arn, revocation_id) IN (${some})`;
  return change(sweep, nowSeconds - clockAllowanceSeconds, rowsInPiece) === rowsInPiece;
}

/** What is spent no longer says nothing. Whose clock is behind is told a little later. */
function sweepLimits({ change }: Sql, nowSeconds: number): boolean {
  const some = 'SELECT viewer_id, key FROM limits WHERE spent_until_micros < ? LIMIT ?';
  const over = (nowSeconds - clockAllowanceSeconds) * 1_000_000;
  return change(`DELETE FROM limits WHERE (viewer_id, key) IN (${some})`, over, rowsInPiece) === rowsInPiece;
}

/** A version is a time, or a little ahead of it. */
function sweepDevices({ change }: Sql, nowSeconds: number): boolean {
  const some = 'SELECT viewer_id, channel_arn, version FROM devices WHERE version < ? LIMIT ?';
  const sweep = `DELETE FROM devices WHERE (viewer_id, channel_arn, version) IN (${some})`;
  return change(sweep, nowSeconds - sessionLifetimeSeconds, rowsInPiece) === rowsInPiece;
}

function sweepKeys({ change }: Sql, nowSeconds: number): boolean {
  const some = 'SELECT key FROM idempotency_keys WHERE expires_at < ? LIMIT ?';
  return change(`DELETE FROM idempotency_keys WHERE key IN (${some})`, nowSeconds, rowsInPiece) === rowsInPiece;
}

/** One revocation: first what lies beside its record, in as many pieces as that takes, then the record. */
function sweepRevocations({ first, change }: Sql, nowSeconds: number): boolean {
  const row = first('SELECT id FROM revocations WHERE expires_at < ? ORDER BY expires_at LIMIT 1', nowSeconds);
  if (row === undefined) return false;
  const id = String(row.id) as RevocationId;
  for (const [table, key] of Object.entries(beside)) {
    const some = `SELECT ${key} FROM ${table} WHERE revocation_id = ? LIMIT ?`;
    const sweep = `DELETE FROM ${table} WHERE revocation_id = ? AND (${key}) IN (${some})`;
    if (change(sweep, id, id, rowsInPiece) === rowsInPiece) return true;
  }
  change('DELETE FROM revocations WHERE id = ?', id);
  return true;
}

/** The tables with rows of a revocation, and what tells these apart. */
const beside = {
  deliveries: 'channel_arn, viewer_id',
  failed_deliveries: 'channel_arn, viewer_id',
  listed_viewers: 'viewer_id',
  blocks: 'viewer_id, channel_arn',
  jobs: 'revocation_id',
  intents: 'revocation_id',
};
