/** The file of the SQLite store: how it is opened, read and changed. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { OutageError } from '../../errors.ts';
import { schema } from './schema.ts';

/** A row by the names of its columns; what type a column has is the schema's promise. */
export type Row = Record<string, SQLOutputValue>;

/** Statements, run inside whatever transaction is open. */
export interface Sql {
  all(sql: string, ...values: SQLInputValue[]): Row[];
  /** The first row, if there is one. */
  first(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** How many rows were written or deleted. */
  change(sql: string, ...values: SQLInputValue[]): number;
}

/** An open database. Its statements throw what SQLite throws; `atomically` and `read` make an outage of that. */
export interface Database extends Sql {
  /** Runs the work as one transaction, taking the write lock at its start. Rejects with `store_unavailable` when it fails. */
  atomically<T>(work: () => T): Promise<T>;
  /** Runs work that only reads. Rejects with `store_unavailable` when it fails. */
  read<T>(work: () => T): Promise<T>;
  close(): void;
}

/** Opens a database. `file` is a path, made with its folder when it is not there, or `:memory:`. */
export function openDatabase(file: string): Database {
  const db = openFile(file);
  return {
    all: (sql, ...values) => db.prepare(sql).all(...values),
    first: (sql, ...values) => db.prepare(sql).get(...values),
    change: (sql, ...values) => Number(db.prepare(sql).run(...values).changes),
    atomically: async (work) => withOutages(() => runTransaction(db, work)),
    read: async (work) => withOutages(work),
    close: () => db.close(),
  };
}

function openFile(file: string): DatabaseSync {
  if (file !== ':memory:') {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Made before SQLite opens it, which gives its write-ahead log the permissions that the database has.
    closeSync(openSync(file, 'a', 0o600));
  }
  const db = new DatabaseSync(file);
  db.exec(schema);
  return db;
}

function runTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    db.exec('COMMIT');
    return value;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

function withOutages<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new OutageError('store_unavailable', { cause: error });
  }
}
