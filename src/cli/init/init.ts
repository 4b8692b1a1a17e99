/** Setting a production up: its file of settings first, then what it begins with. What is there already is left alone, so that it can be run again. */
import { resolve } from 'node:path';
import { type Config, ConfigError, type Environment, parseConfig } from '../../config.ts';
import { OutageError, toReason } from '../../errors.ts';
import type { Io } from '../context.ts';
import { loadProfiles, toProfilesFile, writeProfiles } from '../profiles.ts';
import { UnwellError } from '../unwell-error.ts';
import { UsageError } from '../usage-error.ts';
import { type BeginOptions, begin } from './begin.ts';
import { addToEnvFile, readEnvFile } from './env-file.ts';
import type { Questions } from './questions.ts';
import { askSettings } from './settings.ts';

/** What was said beforehand. */
export interface InitOptions extends Omit<BeginOptions, 'regions'> {
  /** Of the settings, below the working directory. */
  readonly envFile: string;
  /** Undefined: it is asked for. */
  readonly regions: readonly string[] | undefined;
  /** Where the service will be reached; undefined: at the address of its settings. */
  readonly url: string | undefined;
  /** Where the key of the client is kept. */
  readonly profile: string;
}

/** Does it. Throws a UsageError where something has to be said otherwise, an UnwellError where something does not answer. */
export async function initProduction(options: InitOptions, io: Io, questions: Questions): Promise<void> {
  const say = (text: string) => io.write(`${text}\n`);
  const file = resolve(io.folder, options.envFile);
  const said = { ...readEnvFile(file), ...io.env };
  const profiles = toProfilesFile(io.env);
  const profile = loadProfiles(profiles)[options.profile];
  const settings = await askSettings(said, questions);
  const config = parse({ ...said, ...settings });
  const url = options.url ?? `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${config.port}`;
  if (profile !== undefined && profile.url !== url)
    throw new UsageError(
      `The profile ${options.profile} is that of ${profile.url}: give another name, --profile <name>`,
    );
  if (!(await questions.confirm(`Write ${Object.keys(settings).join(', ')} into ${file}, which only you can read?`)))
    throw new UnwellError('Nothing was done');
  addToEnvFile(file, settings);
  say(`${file} has the settings. Keep VIEWER_ID_HASH_KEY for good: with another one, blocks meet nobody.`);

  const byDefault = said.SECRETS_MANAGER_REGION ?? settings.SECRETS_MANAGER_REGION ?? said.AWS_REGION ?? 'us-west-2';
  const regions = options.regions ?? [await questions.text('In which region are your channels?', byDefault)];
  const output = {
    line: say,
    keepKey(apiKey: string) {
      writeProfiles(profiles, { ...loadProfiles(profiles), [options.profile]: { url, apiKey } });
      say(`Its key is in ${profiles}, as the profile ${options.profile} of ${url}.`);
    },
  };
  await begin(config, { ...options, regions }, { questions, output }).catch(throwKnown);
  say(`\nLook whether all is well: playgate doctor --env-file ${options.envFile}\nStart the service: playgate serve`);
}

function parse(env: Environment): Config {
  try {
    return parseConfig(env);
  } catch (error) {
    return throwKnown(error);
  }
}

/** In a line each: what has to be set otherwise, and what does not answer. */
function throwKnown(error: unknown): never {
  if (error instanceof ConfigError)
    throw new UsageError(error.problems.map(({ path, message }) => `${path} ${message}`).join('; '));
  if (!(error instanceof OutageError)) throw error;
  throw new UnwellError(
    `${toReason(error)}. playgate doctor says more; then run this again: it goes on where it stopped`,
  );
}
