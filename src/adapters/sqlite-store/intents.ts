/** Intents in SQLite: decisions on lists that take several transactions, each with the step that is next. Each function runs inside whatever transaction is open. */
import type { AuditDraft } from '../../audit/record.ts';
import type { RevocationId } from '../../ids.ts';
import { parseStored } from '../stored-json.ts';
import type { Sql } from './database.ts';

/** Writing the list; blocking its viewers one after another; taking all of that back; taking its blocks away. */
export type Step = 'listing' | 'applying' | 'undoing' | 'lifting';

/** A decision or a lifting that was begun. */
export interface Intent {
  readonly step: Step;
  /** The viewer who was done last; empty at the start. */
  readonly viewerId: string;
}

/** Notes that it was begun. One that was begun before goes on as it is. */
export function beginIntent({ change }: Sql, id: RevocationId, step: Step, entry: AuditDraft | undefined): void {
  const insert = 'INSERT OR IGNORE INTO intents (revocation_id, step, begun_at_ms, audit) VALUES (?, ?, ?, ?)';
  change(insert, id, step, Date.now(), entry === undefined ? null : JSON.stringify(entry));
}

/** What is under way with a revocation, if anything. */
export function findIntent({ first }: Sql, id: RevocationId): Intent | undefined {
  const row = first('SELECT step, viewer_id FROM intents WHERE revocation_id = ?', id);
  return row && { step: String(row.step) as Step, viewerId: String(row.viewer_id) };
}

/** Notes how far it is. */
export function moveIntent({ change }: Sql, id: RevocationId, { step, viewerId }: Intent): void {
  change('UPDATE intents SET step = ?, viewer_id = ? WHERE revocation_id = ?', step, viewerId, id);
}

/** Notes that it was tried now. */
export function touchIntent({ change }: Sql, id: RevocationId): void {
  change('UPDATE intents SET begun_at_ms = ? WHERE revocation_id = ?', Date.now(), id);
}

/** Notes that nothing is left to do. The entry of the audit that was begun with it. */
export function endIntent({ first }: Sql, id: RevocationId): AuditDraft | undefined {
  const row = first('DELETE FROM intents WHERE revocation_id = ? RETURNING audit', id);
  return parseStored<AuditDraft>(row?.audit);
}

/** Those that were begun, or tried last, by then, the earliest first. */
export function listIntents({ all }: Sql, begunByMs: number, most: number): RevocationId[] {
  const by = 'SELECT revocation_id FROM intents WHERE begun_at_ms <= ? ORDER BY begun_at_ms LIMIT ?';
  return all(by, begunByMs, most).map((row) => String(row.revocation_id) as RevocationId);
}
