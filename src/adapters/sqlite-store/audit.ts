/** The audit in SQLite: a row for each entry, of changes and of tokens. */
import { type AuditKind, type AuditRetention, type AuditStore, usualRetention } from '../../audit/ports.ts';
import type { AuditDraft } from '../../audit/record.ts';
import { toAuditEntry, toParts } from '../audit-rows.ts';
import { toPage } from '../page.ts';
import type { Database, Row, Sql } from './database.ts';

/** Writes an entry, and deletes what is too old or too much of its kind. It runs inside whatever transaction is open. Nothing when there is none. */
export type WriteAudit = (entry: AuditDraft | undefined, kind?: AuditKind) => void;

/** Rows that are deleted with each that is written: more than one, so that a smaller bound is come to. */
const sweptRows = 20;

/** Binds the writing to how much is kept, and for how long. */
export function createWriteAudit(sql: Sql, { maxEntries, keepSeconds }: AuditRetention = usualRetention): WriteAudit {
  return function writeAudit(entry, kind = 'change') {
    if (entry === undefined) return;
    const { ms, number } = toNext(
      sql.first('SELECT at_ms, number FROM audit ORDER BY at_ms DESC, number DESC LIMIT 1'),
    );
    const insert = 'INSERT INTO audit (at_ms, number, kind, json) VALUES (?, ?, ?, ?)';
    sql.change(insert, ms, number, kind, JSON.stringify(entry));
    const oldest = 'SELECT at_ms, number FROM audit WHERE kind = ? AND at_ms < ? ORDER BY at_ms, number LIMIT ?';
    const forget = (some: string, ...values: (string | number)[]) =>
      sql.change(`DELETE FROM audit WHERE (at_ms, number) IN (${some})`, ...values);
    forget(oldest, kind, ms - keepSeconds * 1000, sweptRows);
    const beyond = 'SELECT at_ms, number FROM audit WHERE kind = ? ORDER BY at_ms DESC, number DESC LIMIT ? OFFSET ?';
    forget(beyond, kind, sweptRows, maxEntries);
  };
}

/** Later than every one before, also where the clock was set back. */
function toNext(last: Row | undefined): { readonly ms: number; readonly number: number } {
  const now = Date.now();
  const lastMs = Number(last?.at_ms ?? 0);
  return lastMs >= now ? { ms: lastMs, number: Number(last?.number) + 1 } : { ms: now, number: 0 };
}

/** Binds the audit to the database. What is older than it is kept is not told. */
export function createAuditStore(
  database: Database,
  writeAudit: WriteAudit,
  { keepSeconds }: AuditRetention,
): AuditStore {
  return {
    append: (kind, entry) => database.atomically(() => writeAudit(entry, kind)),
    list: ({ cursor, limit, since = 0 }) =>
      database.read(() => {
        const before = cursor === undefined ? { ms: Number.MAX_SAFE_INTEGER, number: 0 } : toParts(cursor);
        const sinceMs = Math.max(since * 1000, Date.now() - keepSeconds * 1000);
        const page = '(at_ms, number) < (?, ?) AND at_ms >= ? ORDER BY at_ms DESC, number DESC LIMIT ?';
        const rows = database.all(`SELECT * FROM audit WHERE ${page}`, before.ms, before.number, sinceMs, limit + 1);
        const found = rows.map((row) => ({ id: `${row.at_ms}-${row.number}`, json: row.json }));
        return toPage(found, limit, ({ id, json }) => toAuditEntry(id, json));
      }),
  };
}
