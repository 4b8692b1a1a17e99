/** Revocations in SQLite: the decision with its floor, its block and its deliveries. */
import type { RevocationId } from '../../ids.ts';
import type { RevocationDraft, RevocationStore } from '../../revocations/ports.ts';
import type { Revocation } from '../../revocations/record.ts';
import { neverLifts, toFloor } from '../../revocations/scopes.ts';
import { toPage } from '../page.ts';
import { recordLifetimeSeconds } from '../retention.ts';
import { parseStored } from '../stored-json.ts';
import type { Database, Row, Sql } from './database.ts';
import { countDeliveries, queueDeliveries } from './deliveries.ts';
import { loadHighestOverlappingFloor, toScopeKey } from './scopes.ts';

/** Binds the revocations to the database. */
export function createRevocationStore(database: Database): RevocationStore {
  const { atomically, read, all, change } = database;
  return {
    record: (draft) =>
      atomically(() => {
        const floor = toFloor(draft.createdAt, loadHighestOverlappingFloor(database, draft.target));
        writeScope(database, draft, floor);
        writeRecord(database, draft, floor);
        queueDeliveries(database, draft, floor);
        return { ...draft, floor, delivery: countDeliveries(database, draft.id) };
      }),
    get: (id) => read(() => findRevocation(database, id)),
    list: ({ cursor, limit }) =>
      read(() => {
        const sql = 'SELECT id, draft, floor, lifted FROM revocations WHERE id < ? ORDER BY id DESC LIMIT ?';
        const rows = all(sql, cursor ?? '~', limit + 1).map((row) => ({ id: String(row.id), row }));
        return toPage(rows, limit, ({ row }) => toRevocation(database, row));
      }),
    liftBlock: (id, nowSeconds) =>
      atomically(() => {
        change('DELETE FROM blocks WHERE revocation_id = ?', id);
        const expiresAt = nowSeconds + recordLifetimeSeconds;
        return change('UPDATE revocations SET lifted = 1, expires_at = ? WHERE id = ?', expiresAt, id) > 0;
      }),
  };
}

function writeScope({ change }: Sql, { id, target, block }: RevocationDraft, floor: number): void {
  const key = toScopeKey(target);
  change('INSERT OR REPLACE INTO floors (scope, viewer_id, channel_arn, floor) VALUES (?, ?, ?, ?)', ...key, floor);
  if (block === null) return;
  const insert =
    'INSERT INTO blocks (revocation_id, scope, viewer_id, channel_arn, blocked_until) VALUES (?, ?, ?, ?, ?)';
  change(insert, id, ...key, block.until ?? neverLifts);
}

function writeRecord({ change }: Sql, draft: RevocationDraft, floor: number): void {
  const { id, block, createdAt } = draft;
  const until = block === null ? 0 : (block.until ?? neverLifts);
  const expiresAt = until === neverLifts ? neverLifts : Math.max(createdAt, until) + recordLifetimeSeconds;
  const insert = 'INSERT INTO revocations (id, draft, floor, expires_at) VALUES (?, ?, ?, ?)';
  change(insert, id, JSON.stringify(draft), floor, expiresAt);
}

function findRevocation(sql: Sql, id: RevocationId): Revocation | undefined {
  const row = sql.first('SELECT draft, floor, lifted FROM revocations WHERE id = ?', id);
  return row && toRevocation(sql, row);
}

function toRevocation(sql: Sql, row: Row): Revocation | undefined {
  const draft = parseStored<RevocationDraft>(row.draft);
  if (draft === undefined) return undefined;
  const block = row.lifted === 0 ? draft.block : null;
  return { ...draft, block, floor: Number(row.floor), delivery: countDeliveries(sql, draft.id) };
}
