/** The settings of a laptop run: what nobody set is filled in, and what is wrong anywhere is told at once. */
import { ZodError, z } from 'zod';
import { type Config, type Environment, parseConfig, toSettingProblems, toSetVariables } from '../../config.ts';
import type { InputProblem } from '../../errors.ts';
import { type ListenOptions, type LocalIvsOptions, parseEnvironment } from '../../local-ivs/settings.ts';
import { adminKeyFile, databaseFile, keysDirectory, localIvsFile } from './files.ts';
import { prepareSecrets } from './secrets.ts';

/** What only `npm start` reads. */
export const laptopEnvironmentSchema = z.object({
  NODE_ENV: z.string().optional(),
  LOCAL_IVS: z.enum(['on', 'off']).optional(),
});

/** The settings of the local IVS inside. */
export type LocalIvsSettings = LocalIvsOptions & ListenOptions;

export interface LaptopSettings {
  /** The settings of the service. Nothing in it knows yet where the local IVS and the service will listen. */
  readonly config: Config;
  /** Undefined: no local IVS inside, and no demo. */
  readonly localIvs: LocalIvsSettings | undefined;
  /** The file that holds the admin key; undefined when the key is in the environment. */
  readonly adminKeyFile: string | undefined;
}

/**
 * Reads the settings, and makes the secrets that are missing.
 * Throws a ConfigError that names every problem of the service's and the local IVS's, or the system's error when a file of secrets cannot be read.
 */
export function loadLaptopSettings(env: Environment): LaptopSettings {
  // LOCAL_IVS is nothing of the service's, which takes it for a mistake.
  const { LOCAL_IVS, ...set } = toSetVariables(env);
  const localIvs = parseLocalIvsSettings({ LOCAL_IVS, ...set });
  const config = parseConfig(fillIn(set), localIvs.problems);
  // Whoever names another IVS does not want this one.
  const isOn = LOCAL_IVS === undefined ? set.AWS_ENDPOINT_URL_IVS === undefined : LOCAL_IVS === 'on';
  return {
    config,
    localIvs: isOn ? localIvs.options : undefined,
    adminKeyFile: set.PLAYGATE_ADMIN_KEY === undefined ? adminKeyFile : undefined,
  };
}

function fillIn(set: Environment): Environment {
  const { adminKey, viewerIdHashKey } = prepareSecrets();
  return {
    PLAYGATE_ADMIN_KEY: adminKey,
    VIEWER_ID_HASH_KEY: viewerIdHashKey,
    ...(set.REDIS_URL === undefined && { DATABASE_FILE: databaseFile }),
    ...(set.SECRETS_MANAGER_REGION === undefined && { KEYS_DIRECTORY: keysDirectory }),
    ...set,
  };
}

function parseLocalIvsSettings(set: Environment): {
  readonly options: LocalIvsSettings;
  readonly problems: readonly InputProblem[];
} {
  const ofLaptop = laptopEnvironmentSchema.safeParse(set);
  const problems = ofLaptop.success ? [] : toSettingProblems(ofLaptop.error);
  try {
    const options = parseEnvironment({ LOCAL_IVS_HOST: set.HOST, LOCAL_IVS_DATA: localIvsFile, ...set });
    return { options, problems };
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    return { options: {}, problems: [...problems, ...toSettingProblems(error)] };
  }
}
