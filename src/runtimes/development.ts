/** What a run on a laptop makes up: secrets on the first run, and places for its files. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DevelopmentDefaults } from '../config.ts';

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
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    // `wx`: of two copies that start together, the second takes what the first wrote.
    writeFileSync(file, Buffer.from(bytes).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(file, 'utf8').trim();
}
