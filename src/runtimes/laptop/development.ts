/** What a run on a laptop makes up: secrets on the first run, and places for its files. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DevelopmentDefaults } from '../../config.ts';

/** Where a laptop's state lives, relative to the working directory; git ignores it. */
const developmentDirectory = '.playgate';

/** The file that holds the admin key. */
export const adminKeyFile = join(developmentDirectory, 'admin-key');

/** Where the first of the printed commands leaves its answer for the second. */
export const answerFile = join(developmentDirectory, 'answer.json');

/** Reads what earlier runs made up, and makes up what is missing. */
export function loadDevelopmentDefaults(): DevelopmentDefaults {
  mkdirSync(developmentDirectory, { recursive: true, mode: 0o700 });
  return {
    adminKey: loadSecret(adminKeyFile),
    viewerIdHashKey: loadSecret(join(developmentDirectory, 'viewer-id-hash-key')),
    databaseFile: join(developmentDirectory, 'playgate.db'),
    keysDirectory: 'keys',
  };
}

function loadSecret(file: string): string {
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
