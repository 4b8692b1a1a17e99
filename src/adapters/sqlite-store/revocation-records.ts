/** The records of revocations in SQLite: how they are written, counted and read. Each function runs inside whatever transaction is open. */
import type { RevocationId } from '../../ids.ts';
import type { RevocationDraft } from '../../revocations/ports.ts';
import type { DeliveryCounts, Revocation, RevocationTarget } from '../../revocations/record.ts';
import { neverLifts } from '../../revocations/scopes.ts';
import { recordLifetimeSeconds } from '../retention.ts';
import { parseStored } from '../stored-json.ts';
import type { Row, Sql } from './database.ts';

/** What is known of a decision when its record is written. */
export interface Decision {
  readonly floor: number;
  readonly seen: boolean | null;
  /** False while it is an intent: nobody is shown it. */
  readonly acknowledged: boolean;
}

/** Writes the record of a new decision. */
export function insertRevocation({ change }: Sql, draft: RevocationDraft, decision: Decision): void {
  const { id, target, block, createdAt } = draft;
  const until = block === null ? 0 : (block.until ?? neverLifts);
  const columns =
    'id, draft, scope, viewer_id, channel_arn, created_at, floor, seen, blocked_until, acknowledged, expires_at, walk_done';
  change(
    `INSERT INTO revocations (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    JSON.stringify(draft),
    target.scope,
    'viewerId' in target ? target.viewerId : '',
    'channelArn' in target ? target.channelArn : '',
    createdAt,
    decision.floor,
    decision.seen === null ? null : Number(decision.seen),
    until,
    Number(decision.acknowledged),
    until === neverLifts ? neverLifts : Math.max(createdAt, until) + recordLifetimeSeconds,
    Number(!isWalked(target.scope)),
  );
}

/** The revocation; undefined too while it is an intent. */
export function findRevocation({ first }: Sql, id: RevocationId): Revocation | undefined {
  const row = first('SELECT * FROM revocations WHERE id = ? AND acknowledged = 1', id);
  return row && toRevocation(row);
}

/** What was to be decided, also of an intent. */
export function findDraft({ first }: Sql, id: RevocationId): RevocationDraft | undefined {
  return parseStored<RevocationDraft>(first('SELECT draft FROM revocations WHERE id = ?', id)?.draft);
}

/** Adds to the counts of a revocation; each may be below 0. Nothing happens when its record is gone. */
export function addToCounts({ change }: Sql, id: RevocationId, counts: Partial<DeliveryCounts>): void {
  const { pending = 0, delivered = 0, failed = 0 } = counts;
  const sums = 'pending = pending + ?, delivered = delivered + ?, failed = failed + ?';
  change(`UPDATE revocations SET ${sums} WHERE id = ?`, pending, delivered, failed, id);
}

/** Counts the life of a record from now on. False when there is no such revocation. */
export function renewLife({ change }: Sql, id: RevocationId, nowSeconds: number): boolean {
  const renew = 'UPDATE revocations SET expires_at = ? WHERE id = ? AND acknowledged = 1';
  return change(renew, nowSeconds + recordLifetimeSeconds, id) > 0;
}

/** Whether it came with a block that was not lifted. */
export function isBlocking({ first }: Sql, id: RevocationId): boolean {
  return first('SELECT 1 FROM revocations WHERE id = ? AND blocked_until > 0', id) !== undefined;
}

/** Notes that the block is gone. */
export function markLifted({ change }: Sql, id: RevocationId): void {
  change('UPDATE revocations SET blocked_until = 0 WHERE id = ?', id);
}

/** The revocation of a whole row of `revocations`. */
export function toRevocation(row: Row): Revocation | undefined {
  const draft = parseStored<RevocationDraft>(row.draft);
  return (
    draft && {
      ...draft,
      block: row.blocked_until === 0 ? null : draft.block,
      floor: Number(row.floor),
      seen: row.seen === null ? null : row.seen === 1,
      delivery: { pending: Number(row.pending), delivered: Number(row.delivered), failed: Number(row.failed) },
      progress: isWalked(draft.target.scope) ? { done: row.walk_done === 1, walked: Number(row.walked) } : null,
    }
  );
}

/** Whether those whom it ends are found by walking a list or a ledger. */
function isWalked(scope: RevocationTarget['scope']): boolean {
  return scope !== 'viewer_on_channel' && scope !== 'viewer';
}
