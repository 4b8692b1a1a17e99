/** The vault in a directory: one PEM file for each private half, readable by its owner alone. */
import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OutageError } from '../errors.ts';
import type { Vault } from '../keys/ports.ts';
import { makeDirectory } from './make-directory.ts';

/** A vault over a directory, which is made when it is not there. */
export function createDirectoryVault(directory: string): Vault {
  const fileOf = (id: string) => join(directory, `${id}.pem`);

  return {
    putPrivateKey: (id, privateKey) =>
      withOutages(async () => {
        makeDirectory(directory);
        await writePrivateFile(fileOf(id), privateKey);
      }),
    getPrivateKey: (id) => withOutages(() => readPrivateFile(fileOf(id))),
    deletePrivateKey: (id) => withOutages(() => rm(fileOf(id), { force: true })),
    ping: () => withOutages(async () => prepareDirectory(directory)),
  };
}

/** Makes the directory when it is not there. Throws the system's error when it cannot be made, read and written. */
export function prepareDirectory(directory: string): void {
  makeDirectory(directory);
  accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
}

/**
 * Writes a file whole and durably, in place of what was there: a crash leaves the old one, the new one or none, never a half,
 * and perhaps a draft beside it (`*.draft`), as private as the key, which may be deleted.
 */
async function writePrivateFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}.draft`;
  try {
    await writeFile(draft, text, { flag: 'wx', mode: 0o600, flush: true });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await flushDirectory(dirname(file));
}

/** Until then a power cut may take back a file's new name. */
async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Reads a file that nobody but its owner may read; one that others can read is refused, since it may be known already. */
async function readPrivateFile(file: string): Promise<string | undefined> {
  const handle = await openIfThere(file);
  if (handle === undefined) return undefined;
  try {
    const { mode } = await handle.stat();
    if ((mode & 0o077) !== 0) throw new Error(`${file} can be read by others than its owner: chmod 600 it`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function withOutages<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new OutageError('vault_unavailable', { cause: error });
  }
}
