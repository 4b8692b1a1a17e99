/** The file of the SQLite store: how it is opened, read and changed. */
import { closeSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { OutageError } from '../../errors.ts';
import { makeDirectory } from '../make-directory.ts';
import { connectionSettings, schema, schemaVersion } from './schema.ts';

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
  /** Whether the file that was opened is still the one at its path. */
  isInPlace(): boolean;
  close(): void;
}

/**
 * Opens a database. `file` is a path, made with its folder when it is not there, or `:memory:`. Throws when it cannot be opened,
 * or was made by a version of Playgate with other tables.
 */
export function openDatabase(file: string): Database {
  const db = openFile(file);
  const prepare = createStatementCache(db);
  const inode = findInode(file);
  const inTurn = createTurns();
  return {
    all: (sql, ...values) => prepare(sql).all(...values),
    first: (sql, ...values) => prepare(sql).get(...values),
    change: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    atomically: (work) => inTurn(() => withOutages(() => runTransaction(db, work))),
    read: (work) => inTurn(() => withOutages(work)),
    isInPlace: () => findInode(file) === inode,
    close: () => db.close(),
  };
}

function openFile(file: string): DatabaseSync {
  if (file !== ':memory:') {
    makeDirectory(dirname(file));
    // Made before SQLite opens it, which gives its write-ahead log the permissions that the database has.
    closeSync(openSync(file, 'a', 0o600));
  }
  const db = new DatabaseSync(file);
  try {
    db.exec(connectionSettings);
    runTransaction(db, () => makeTables(db, file));
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** Two processes may open a new file at once: inside a transaction one of them makes the tables, and the other finds them. */
function makeTables(db: DatabaseSync, file: string): void {
  const version = db.prepare('PRAGMA user_version').get()?.user_version;
  if (version === schemaVersion) return;
  if (db.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined)
    throw new Error(
      `${file} has tables of version ${version}, and this Playgate needs version ${schemaVersion}: move the file away, or name another`,
    );
  db.exec(schema);
}

/** Parsing a statement takes longer than running most of them. There are as many as the code has. */
function createStatementCache(db: DatabaseSync): (sql: string) => StatementSync {
  const statements = new Map<string, StatementSync>();
  return function prepare(sql) {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
}

/** After so much work in SQLite the event loop has its turn, in milliseconds. */
const workInTurnMs = 10;

/**
 * Every call here is synchronous, and what follows it runs before the event loop goes on: many that are asked for at once would
 * hold everybody else up as if they were one.
 */
function createTurns() {
  let workedMs = 0;
  let turn: Promise<void> | undefined;
  return async function inTurn<T>(work: () => T): Promise<T> {
    while (workedMs >= workInTurnMs) await turn;
    turn ??= setImmediate().then(() => {
      workedMs = 0;
      turn = undefined;
    });
    const begunAtMs = performance.now();
    try {
      return work();
    } finally {
      workedMs += performance.now() - begunAtMs;
    }
  };
}

function findInode(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

function runTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    db.exec('COMMIT');
    return value;
  } catch (error) {
    // SQLite has rolled back by itself after a full disk, say.
    if (db.isTransaction) db.exec('ROLLBACK');
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
