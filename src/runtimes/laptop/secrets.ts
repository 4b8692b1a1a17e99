/** The secrets that a laptop run makes up the first time, and finds again afterwards. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adminKeyFile, laptopDirectory } from './files.ts';

/** What is made up. */
export interface Secrets {
  /** The key of the bootstrap admin: 43 characters of base64url, or what an operator wrote into its file. */
  readonly adminKey: string;
  /** The key under which viewer ids are hashed, of the same form. */
  readonly viewerIdHashKey: string;
}

/** Reads what earlier runs made up, and makes up what is missing. Throws the system's error when a file cannot be read. */
export function prepareSecrets(): Secrets {
  mkdirSync(laptopDirectory, { recursive: true, mode: 0o700 });
  // Whoever's folder it is: nothing of it is for a repository.
  writeFileSync(join(laptopDirectory, '.gitignore'), '*\n');
  return {
    adminKey: prepareSecret(adminKeyFile),
    viewerIdHashKey: prepareSecret(join(laptopDirectory, 'viewer-id-hash-key')),
  };
}

function prepareSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  // Written whole and then linked: a crash leaves no half of it, and of two copies that start together one wins.
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, Buffer.from(bytes).toString('base64url'), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, 'utf8').trim();
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
