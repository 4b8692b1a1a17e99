/** The vault in a directory: one PEM file for each private half, readable by its owner alone. */
import { access, constants, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { OutageError } from '../errors.ts';
import type { Vault } from '../keys/ports.ts';

/** A vault over a directory, which is made when it is not there. */
export function createDirectoryVault(directory: string): Vault {
  const fileOf = (id: string) => join(directory, `${id}.pem`);

  return {
    putPrivateKey: (id, privateKey) =>
      withOutages(async () => {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFileAtomic(fileOf(id), privateKey, { mode: 0o600 });
      }),
    getPrivateKey: (id) => withOutages(() => readPrivateFile(fileOf(id))),
    deletePrivateKey: (id) => withOutages(() => rm(fileOf(id), { force: true })),
    ping: () =>
      withOutages(async () => {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
      }),
  };
}

/** Reads a file that nobody but its owner may read; one that others can read is refused, since it may be known already. */
async function readPrivateFile(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { mode } = await handle.stat();
    if ((mode & 0o077) !== 0) throw new Error(`${file} can be read by others than its owner: chmod 600 it`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function withOutages<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new OutageError('vault_unavailable', { cause: error });
  }
}
