/** How the state stands in the tables of its SQLite file: one row for each record, in the order in which they were put. */
import type { DatabaseSync } from 'node:sqlite';
import { prettifyError, z } from 'zod';
import { toChanges } from './changes.ts';
import type { Data, Table } from './data.ts';
import { type RecordOf, recordSchemas, type TableName } from './records.ts';

/** The tables of a new file. `member_of` and `key` are the two keys of a record in its `Table`, `name` is that table's. */
export const createTables = `
CREATE TABLE records (
  place INTEGER PRIMARY KEY, name TEXT NOT NULL, member_of TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL,
  UNIQUE (name, member_of, key)
);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('nextSequence', 1);
`;

const sequence = z.int().min(1);

/** Reads everything. Throws an Error that names the table and the problem of a row that is not what was written. */
export function loadData(db: DatabaseSync): Data {
  return {
    nextSequence: loadSequence(db),
    resources: loadTable(db, 'resources'),
    streamSessions: loadTable(db, 'streamSessions'),
    revocations: loadTable(db, 'revocations'),
    deletedKeys: loadTable(db, 'deletedKeys'),
    usedIds: loadTable(db, 'usedIds'),
  };
}

function loadSequence(db: DatabaseSync): number {
  const row = db.prepare("SELECT value FROM counters WHERE name = 'nextSequence'").get();
  const parsed = sequence.safeParse(row?.value);
  if (!parsed.success) throw new Error(`nextSequence of counters is wrong:\n${prettifyError(parsed.error)}`);
  return parsed.data;
}

function loadTable<N extends TableName>(db: DatabaseSync, name: N): Table<RecordOf<N>> {
  const table = new Map<string, Map<string, RecordOf<N>>>();
  const rows = db.prepare('SELECT member_of, key, json FROM records WHERE name = ? ORDER BY place').iterate(name);
  for (const { member_of: group, key, json } of rows) {
    const parsed = recordSchemas[name].safeParse(parseJson(String(json)));
    if (!parsed.success) throw new Error(`a record of ${name} is wrong:\n${prettifyError(parsed.error)}`);
    const records = table.get(String(group)) ?? new Map<string, RecordOf<N>>();
    table.set(String(group), records.set(String(key), parsed.data));
  }
  return table;
}

/** Undefined for what is no JSON, which fits no record. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes what differs between two moments, all of it or nothing. Throws when it cannot be written. */
export function writeChanges(db: DatabaseSync, before: Data, after: Data): void {
  db.exec('BEGIN');
  try {
    writeRecords(db, before, after);
    if (after.nextSequence !== before.nextSequence)
      db.prepare("UPDATE counters SET value = ? WHERE name = 'nextSequence'").run(after.nextSequence);
    db.exec('COMMIT');
  } catch (error) {
    // Some errors, such as that of a full disk, end the transaction by themselves.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** A record that is replaced keeps its place, as it does in a Map. */
function writeRecords(db: DatabaseSync, before: Data, after: Data): void {
  const put = db.prepare(
    `INSERT INTO records (name, member_of, key, json) VALUES (?, ?, ?, ?)
     ON CONFLICT (name, member_of, key) DO UPDATE SET json = excluded.json`,
  );
  const remove = db.prepare('DELETE FROM records WHERE name = ? AND member_of = ? AND key = ?');
  for (const { table, group, key, record } of toChanges(before, after)) {
    if (record === undefined) remove.run(table, group, key);
    else put.run(table, group, key, JSON.stringify(record));
  }
}
