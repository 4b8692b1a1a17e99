/** Whom a command asks, and as whom: what the environment says, else a profile, else the laptop run of this folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProfiles, type Profile, toProfilesFile } from './profiles.ts';
import { UsageError } from './usage-error.ts';

const laptopUrl = 'http://127.0.0.1:8787';

/** Where a process looks. */
export interface Surroundings {
  /** Of the process. */
  readonly env: NodeJS.ProcessEnv;
  /** The working directory. */
  readonly folder: string;
}

/** Finds the target; `profile` is the one that was asked for. Throws a UsageError that says what to do where there is none. */
export function findTarget({ env, folder }: Surroundings, profile: string | undefined): Profile {
  const name = profile ?? env.PLAYGATE_PROFILE;
  if (name === undefined && env.PLAYGATE_API_KEY)
    return { url: toUrl(env.PLAYGATE_URL ?? laptopUrl), apiKey: env.PLAYGATE_API_KEY };
  const file = toProfilesFile(env);
  const profiles = loadProfiles(file);
  if (name !== undefined) {
    const found = profiles[name];
    if (found === undefined) throw new UsageError(`There is no profile ${name}: playgate login ${name} --url <url>`);
    return found;
  }
  const laptop = findLaptop(folder, env.PLAYGATE_URL);
  const target = laptop ?? profiles.default;
  if (target !== undefined) return target;
  throw new UsageError(
    'Whom shall I ask? Start one here with `npx playgate dev`, or log in: playgate login --url https://playgate.example',
  );
}

/** A laptop run that keeps its files in this folder. */
function findLaptop(folder: string, url: string | undefined): Profile | undefined {
  const read = (name: string) => {
    const file = join(folder, '.playgate', name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  };
  const apiKey = read('admin-key');
  return apiKey === undefined ? undefined : { url: toUrl(url ?? read('service-url') ?? laptopUrl), apiKey };
}

/** A URL without a slash at its end. */
export function toUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new UsageError(`${text} is no URL of a service: it begins with https:// or http://`);
  return text.replace(/\/+$/, '');
}
