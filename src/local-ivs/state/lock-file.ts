/** A file beside the data file that keeps a second process from it: the changes of one would overwrite those of the other. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** How often each lock is held by this process, which may open a data file again. */
const held = new Map<string, number>();

// A process that is killed leaves its locks; they are taken over because its pid is dead.
process.on('exit', () => {
  for (const path of held.keys()) removeOwn(path);
});

/**
 * Takes the lock of a data file, `<file>.lock`, and makes its folder. A lock of this process or of one that is dead is taken over.
 * Returns what gives it back. Throws an Error that names the file and the pid when another process holds it.
 */
export function lockDataFile(dataFile: string): () => void {
  const path = resolve(`${dataFile}.lock`);
  mkdirSync(dirname(path), { recursive: true });
  take(path, dataFile);
  held.set(path, (held.get(path) ?? 0) + 1);
  let isHeld = true;
  return () => {
    if (isHeld) giveBack(path);
    isHeld = false;
  };
}

function take(path: string, dataFile: string): void {
  if (tryCreate(path)) return;
  const holder = readPid(path);
  if (holder === process.pid) return;
  if (holder !== undefined && isAlive(holder)) throw inUse(path, dataFile, holder);
  rmSync(path, { force: true });
  // Another process may have been quicker to take it over.
  if (!tryCreate(path)) throw inUse(path, dataFile, readPid(path));
}

const inUse = (path: string, dataFile: string, holder: number | undefined): Error =>
  new Error(
    `${dataFile} is in use by the process ${holder ?? 'that just took it'}. End it, or remove ${path} if it is no local IVS.`,
  );

function giveBack(path: string): void {
  const count = (held.get(path) ?? 1) - 1;
  if (count > 0) {
    held.set(path, count);
    return;
  }
  held.delete(path);
  removeOwn(path);
}

function removeOwn(path: string): void {
  if (readPid(path) === process.pid) rmSync(path, { force: true });
}

/** False when the file is there already. */
function tryCreate(path: string): boolean {
  try {
    writeFileSync(path, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw new Error(`The lock of the data file of the local IVS cannot be made: ${path}`, { cause: error });
  }
}

/** The pid that holds a lock; undefined when there is no such file, or what is in it is no pid. */
function readPid(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user may not be signalled, but it is there.
    return hasCode(error, 'EPERM');
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
