/** Decisions on lists of viewers in SQLite: steps of bounded size, each of which whoever finds the intent can take. */
import type { AuditDraft } from '../../audit/record.ts';
import type { RevocationId, ViewerId } from '../../ids.ts';
import type { RevocationDraft } from '../../revocations/ports.ts';
import type { WriteAudit } from './audit.ts';
import type { Database, Sql } from './database.ts';
import { applyToViewer } from './decisions.ts';
import { forgetKeys } from './idempotency.ts';
import { beginIntent, endIntent, findIntent, moveIntent } from './intents.ts';
import { startJob } from './jobs.ts';
import { inPieces } from './pieces.ts';
import { findDraft, insertRevocation, isBlocking, markLifted, renewLife } from './revocation-records.ts';
import { removeBlocks } from './scopes.ts';

/** Rows that are written or deleted in one transaction. */
const rowsInPiece = 150;

/** Viewers to whom a decision is applied in one transaction: several rows are read and written for each. */
const viewersInPiece = 50;

/** Begins a decision on a list; its entry is written when it is whole. It runs inside whatever transaction is open. */
export function beginList(sql: Sql, draft: RevocationDraft, entry: AuditDraft | undefined): void {
  insertRevocation(sql, draft, { floor: 0, seen: null, acknowledged: false });
  beginIntent(sql, draft.id, 'listing', entry);
}

/** Writes the list itself. False when someone took the decision back meanwhile, as it did not go on. */
export async function writeList(
  database: Database,
  id: RevocationId,
  viewerIds: readonly ViewerId[],
): Promise<boolean> {
  let written = 0;
  return inPieces(database.atomically, () => {
    const intent = findIntent(database, id);
    if (intent?.step !== 'listing') return intent?.step !== 'undoing';
    const piece = viewerIds.slice(written, written + rowsInPiece);
    const insert = 'INSERT OR IGNORE INTO listed_viewers (revocation_id, viewer_id) SELECT ?, value FROM json_each(?)';
    database.change(insert, id, JSON.stringify(piece));
    written += piece.length;
    if (written < viewerIds.length) return 'going';
    moveIntent(database, id, { step: 'applying', viewerId: '' });
    return true;
  });
}

/** How an intent ended: `gone` when it was no more when it was looked for. */
export type Ending = 'finished' | 'undone' | 'gone';

/** Begins to take a revocation's block away, with its first step, which is the last unless many viewers are listed. It runs inside whatever transaction is open. */
export function beginLifting(
  { sql, writeAudit }: AuditedSql,
  id: RevocationId,
  nowSeconds: number,
  entry: AuditDraft | undefined,
): Ending | 'going' {
  if (!renewLife(sql, id, nowSeconds)) return 'gone';
  // Of a block that is gone nothing changes.
  beginIntent(sql, id, 'lifting', isBlocking(sql, id) ? entry : undefined);
  return takeStep({ sql, writeAudit }, id);
}

/** Goes on with what was begun until it is at its end, whoever began it. */
export function finishIntent(database: Database, writeAudit: WriteAudit, id: RevocationId): Promise<Ending> {
  return inPieces(database.atomically, () => takeStep({ sql: database, writeAudit }, id));
}

/** Statements, and what writes the entry of what they did. */
interface AuditedSql {
  readonly sql: Sql;
  readonly writeAudit: WriteAudit;
}

function takeStep({ sql, writeAudit }: AuditedSql, id: RevocationId): Ending | 'going' {
  const intent = findIntent(sql, id);
  switch (intent?.step) {
    case 'applying':
      return applyPiece({ sql, writeAudit }, id, intent.viewerId);
    case 'undoing':
      return undoPiece(sql, id);
    case 'lifting':
      return liftPiece({ sql, writeAudit }, id);
    case 'listing':
      // Nobody but who asked for it has the whole list, and they were not told that it was decided.
      moveIntent(sql, id, { step: 'undoing', viewerId: '' });
      return 'going';
    case undefined:
      return 'gone';
  }
}

function applyPiece({ sql, writeAudit }: AuditedSql, id: RevocationId, after: string): Ending | 'going' {
  const draft = findDraft(sql, id);
  if (draft === undefined) return 'gone';
  const page = 'revocation_id = ? AND viewer_id > ? ORDER BY viewer_id LIMIT ?';
  const rows = sql.all(`SELECT viewer_id FROM listed_viewers WHERE ${page}`, id, after, viewersInPiece);
  const viewerIds = rows.map((row) => String(row.viewer_id) as ViewerId);
  let highest = 0;
  for (const viewerId of viewerIds) {
    const floor = applyToViewer(sql, draft, viewerId);
    if (floor === undefined) {
      moveIntent(sql, id, { step: 'undoing', viewerId: '' });
      return 'going';
    }
    const note = 'UPDATE listed_viewers SET floor = ? WHERE revocation_id = ? AND viewer_id = ?';
    sql.change(note, floor, id, viewerId);
    highest = Math.max(highest, floor);
  }
  sql.change('UPDATE revocations SET floor = MAX(floor, ?) WHERE id = ?', highest, id);
  if (viewerIds.length === viewersInPiece) {
    moveIntent(sql, id, { step: 'applying', viewerId: viewerIds.at(-1) ?? '' });
    return 'going';
  }
  return acknowledge({ sql, writeAudit }, draft);
}

function acknowledge({ sql, writeAudit }: AuditedSql, draft: RevocationDraft): 'finished' {
  const row = sql.first('UPDATE revocations SET acknowledged = 1 WHERE id = ? RETURNING floor', draft.id);
  startJob(sql, draft, Number(row?.floor));
  writeAudit(endIntent(sql, draft.id));
  return 'finished';
}

/** Floors that were raised stay: they end sessions whom nobody tells IVS of, which harms nobody. */
function undoPiece(sql: Sql, id: RevocationId): Ending | 'going' {
  if (removeBlocks(sql, id, rowsInPiece) === rowsInPiece) return 'going';
  const some = 'SELECT revocation_id, viewer_id FROM listed_viewers WHERE revocation_id = ? LIMIT ?';
  const removed = sql.change(
    `DELETE FROM listed_viewers WHERE (revocation_id, viewer_id) IN (${some})`,
    id,
    rowsInPiece,
  );
  if (removed === rowsInPiece) return 'going';
  sql.change('DELETE FROM revocations WHERE id = ?', id);
  forgetKeys(sql, id);
  endIntent(sql, id);
  return 'undone';
}

function liftPiece({ sql, writeAudit }: AuditedSql, id: RevocationId): Ending | 'going' {
  if (removeBlocks(sql, id, rowsInPiece) === rowsInPiece) return 'going';
  markLifted(sql, id);
  writeAudit(endIntent(sql, id));
  return 'finished';
}
