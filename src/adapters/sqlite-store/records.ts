/** Records in SQLite: each kept as JSON under its kind and id. */
import type { Page, PageQuery } from '../../page.ts';
import { toPage } from '../page.ts';
import { parseStored } from '../stored-json.ts';
import type { Sql } from './database.ts';

/** Each method runs inside whatever transaction is open. */
export interface Records<T> {
  find(id: string): T | undefined;
  put(id: string, record: T): void;
  /** Whether what is there is what the writer has seen: `null` nothing, undefined whatever there is. */
  isExpected(id: string, before: T | null | undefined): boolean;
  /** False when there was none. */
  delete(id: string): boolean;
  /** In the order of their ids. */
  list(page: PageQuery): Page<T>;
}

/** Binds the records of one kind. */
export function createRecords<T>(
  { all, first, change }: Sql,
  kind: 'channel' | 'policy' | 'client' | 'client_use' | 'place_keys',
): Records<T> {
  const write = 'INSERT OR REPLACE INTO records (kind, id, json) VALUES (?, ?, ?)';
  const findText = (id: string) => first('SELECT json FROM records WHERE kind = ? AND id = ?', kind, id)?.json;
  return {
    find: (id) => parseStored<T>(findText(id)),
    isExpected(id, before) {
      if (before === undefined) return true;
      return before === null ? findText(id) === undefined : findText(id) === JSON.stringify(before);
    },
    put: (id, record) => void change(write, kind, id, JSON.stringify(record)),
    delete: (id) => change('DELETE FROM records WHERE kind = ? AND id = ?', kind, id) > 0,
    list({ cursor = '', limit }) {
      const sql = 'SELECT id, json FROM records WHERE kind = ? AND id > ? ORDER BY id LIMIT ?';
      const rows = all(sql, kind, cursor, limit + 1).map((row) => ({ id: String(row.id), json: row.json }));
      return toPage(rows, limit, ({ json }) => parseStored<T>(json));
    },
  };
}
