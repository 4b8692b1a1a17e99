/** Services by name, each with its URL and key: a file that only its owner reads. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from './usage-error.ts';

/** Whom to ask, and as whom. */
export interface Profile {
  /** Where the service is. */
  readonly url: string;
  /** An API key, or an operator's JWT. */
  readonly apiKey: string;
}

type Profiles = Readonly<Record<string, Profile>>;

/** `$XDG_CONFIG_HOME/playgate/profiles.json`, below `~/.config` where that is not set. */
export function toProfilesFile(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'playgate', 'profiles.json');
}

/** Those that were written. Throws a UsageError where others could read them. */
export function loadProfiles(file: string): Profiles {
  if (!existsSync(file)) return {};
  if ((statSync(file).mode & 0o077) !== 0)
    throw new UsageError(`${file} can be read by others than its owner: chmod 600 it`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Profiles;
  } catch {
    throw new UsageError(`${file} is no JSON: mend it, or delete it and log in again`);
  }
}

/** Writes all of them: whole or not at all. */
export function writeProfiles(file: string, profiles: Profiles): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
