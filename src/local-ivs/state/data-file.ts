/** How the state is kept in one SQLite file, which belongs to this process for as long as it is open. */
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Data } from './data.ts';
import { makeDirectory } from './make-directory.ts';
import { createTables, loadData, writeChanges } from './record-rows.ts';

/** The data file cannot be used; the message says what helps. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';
}

/** A data file that this process has. */
export interface DataFile {
  /** What was in it when it was opened. */
  readonly data: Data;
  /** Writes what differs, all of it or nothing. Throws when it cannot be written. */
  write(before: Data, after: Data): void;
  /** Lets go of the file, for another process to take it. May be called again. */
  close(): void;
}

/** Tells a data file from every other SQLite file: "LIVS" in ASCII. */
const applicationId = 0x4c495653;

/** Rises when a record changes in a way that older versions cannot read. */
const format = 1;

/** How long a process that was told to end, or killed, may take to let go of the file. */
const lockTimeoutMs = 500;

/** SQLite's result codes (sqlite.org/rescode.html); the low byte of one that is extended. */
const primaryCodeMask = 0xff;
const sqliteBusy = 5;
const sqliteNotADatabase = 26;

/**
 * Opens the data file, whatever its name. One that is not there is made, with its folder, readable by its owner only.
 * Throws an Error that names the file and the problem when it is in use, also by this process, or when it cannot be
 * read or is not what was written; a file that is there stays as it is then.
 */
export function loadDataFile(path: string): DataFile {
  const db = openDatabase(path);
  try {
    // SQLite takes a file of one byte for a new one, and would write over it.
    if (statSync(path).size === 1) throw new Error('it holds a single byte');
    lock(db);
    const data = loadData(db);
    return {
      data,
      write: (before, after) => writeChanges(db, before, after),
      close: () => {
        if (db.isOpen) db.close();
      },
    };
  } catch (error) {
    db.close();
    throw toOpenError(path, error);
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    makeDirectory(dirname(path));
    // Closing a file takes the locks of every connection of this process from it, so one that is there is left to SQLite
    // (sqlite.org/howtocorrupt.html, section 2.2).
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    // A path that begins with a slash is never one of those that SQLite reads otherwise, such as `:memory:` and `file:…`.
    return new DatabaseSync(resolve(path), { timeout: lockTimeoutMs });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new DataFileError(`${path} cannot be opened (${problem}). Name a file in a directory where you may write.`);
  }
}

/** Takes the lock, which the system gives back when the file is closed or the process is dead; makes the tables of a new file. */
function lock(db: DatabaseSync): void {
  db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  if (isNew(db)) db.exec(`${createTables} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${format};`);
  if (readPragma(db, 'application_id') !== applicationId) throw new Error('it belongs to another program');
  const found = readPragma(db, 'user_version');
  if (found !== format) throw new Error(`its format is ${found}, and this version reads ${format}`);
  db.exec('COMMIT; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
}

function isNew(db: DatabaseSync): boolean {
  return readPragma(db, 'application_id') === 0 && db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
}

function readPragma(db: DatabaseSync, name: 'application_id' | 'user_version'): unknown {
  return db.prepare(`PRAGMA ${name}`).get()?.[name];
}

function toOpenError(path: string, cause: unknown): DataFileError {
  const problem = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & primaryCodeMask : undefined;
  if (code === undefined) return new DataFileError(`${path} is not a data file of the local IVS: ${problem}`);
  if (code === sqliteBusy)
    return new DataFileError(`${path} is in use. End the local IVS that has it, or name another file.`);
  if (code === sqliteNotADatabase)
    return new DataFileError(`${path} ${describeContent(path)} Move it away, and start again.`);
  return new DataFileError(`${path} cannot be read (${problem}). Name another file.`);
}

/** What stands in a file that is no database. Nobody in this process has such a file open, so it may be read. */
function describeContent(path: string): string {
  if (readFileSync(path, 'utf8').startsWith('{"format":')) return 'is of an older version of the local IVS.';
  return 'is not a data file of the local IVS.';
}
