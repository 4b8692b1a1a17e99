/** The settings of a laptop run: what nobody set is filled in, and what is wrong anywhere is told at once. */
import { ZodError, z } from 'zod';
import { type Config, type Environment, parseConfig, toSettingProblems, toSetVariables } from '../../config.ts';
import type { InputProblem } from '../../errors.ts';
import {
  type ListenOptions,
  type LocalIvsOptions,
  localIvsEnvironmentSchema,
  parseEnvironment,
} from '../../local-ivs/settings.ts';
import { findMisspelt } from '../../setting-rules.ts';
import { type SettingNotes, withNotes } from '../../setting-schemas.ts';
import { adminKeyFile, databaseFile, localIvsFile } from './files.ts';
import type { Secrets } from './secrets.ts';

/** What a laptop run makes up. */
interface MadeUp extends Secrets {
  /** A path. */
  readonly keysDirectory: string;
}

/** What only `npm start` reads. */
export const laptopEnvironmentSchema = z.object({
  NODE_ENV: withNotes(z.string().optional(), {
    description: '`production`, or anything else for a laptop run; only `npm start` reads it',
    consequence:
      'A laptop run makes up the admin key, the hash key and the places of state, in `.playgate` (private keys, with `npm start`, in `keys`), and has a local IVS and a demo inside. Production makes nothing up.',
  }),
  LOCAL_IVS: withNotes(z.enum(['on', 'off']).optional(), {
    description: 'Whether a laptop run has a local IVS inside',
    defaultText: '`on`, unless `AWS_ENDPOINT_URL_IVS` is set',
    consequence: 'Without it there is no demo either. Must not be `on` in production.',
  }),
});

/** What is otherwise of the settings of the local IVS when it is inside a laptop run. */
export const localIvsNotes: Readonly<Record<string, Partial<SettingNotes>>> = {
  LOCAL_IVS_HOST: { defaultText: 'that of `HOST`' },
  LOCAL_IVS_DATA: {
    defaultText: `\`${localIvsFile}\``,
    consequence: 'Without the file the local IVS begins anew, and the demo with it.',
  },
  LOCAL_IVS_PUBLIC_URL: { consequence: 'For a proxy before it. The demo page plays from there.' },
  LOCAL_IVS_CREDENTIALS: { consequence: 'The service inside calls with the first of them.' },
};

/** The settings of the local IVS inside. */
export type LocalIvsSettings = LocalIvsOptions & ListenOptions;

/** What a laptop run starts with. */
export interface LaptopSettings {
  /** The settings of the service. It does not know yet where the local IVS and the service will listen. */
  readonly config: Config;
  /** Undefined: no local IVS inside, and no demo. */
  readonly localIvs: LocalIvsSettings | undefined;
  /** The ports that nobody chose: where they are taken, others do. */
  readonly movablePorts: readonly ('service' | 'localIvs')[];
  /** The file that holds the admin key; undefined when the key is in the environment. */
  readonly adminKeyFile: string | undefined;
}

/** Reads the settings. Throws a ConfigError that names every problem of the service's and of the local IVS's. */
export function parseLaptopSettings(env: Environment, madeUp: MadeUp): LaptopSettings {
  const set = toSetVariables(env);
  const localIvs = parseLocalIvsSettings(set);
  // The service alone takes LOCAL_IVS for a mistake.
  const { LOCAL_IVS, ...ofService } = set;
  const misspelt = findMisspelt(set, Object.keys(localIvsEnvironmentSchema.shape));
  const config = parseConfig(fillIn(ofService, madeUp), [...localIvs.problems, ...misspelt]);
  // Whoever names another IVS does not want this one.
  const isOn = LOCAL_IVS === undefined ? set.AWS_ENDPOINT_URL_IVS === undefined : LOCAL_IVS === 'on';
  return {
    config,
    localIvs: isOn ? localIvs.options : undefined,
    movablePorts: [
      ...(set.PORT === undefined ? (['service'] as const) : []),
      ...(set.LOCAL_IVS_PORT === undefined ? (['localIvs'] as const) : []),
    ],
    adminKeyFile: set.PLAYGATE_ADMIN_KEY === undefined ? adminKeyFile : undefined,
  };
}

function fillIn(set: Environment, { adminKey, viewerIdHashKey, keysDirectory }: MadeUp): Environment {
  return {
    PLAYGATE_ADMIN_KEY: adminKey,
    VIEWER_ID_HASH_KEY: viewerIdHashKey,
    // No load balancer has to learn of it, and somebody waits for the prompt.
    SHUTDOWN_DELAY_MS: '0',
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
    const options = parseEnvironment(set, {
      dataFile: localIvsFile,
      ...(set.HOST !== undefined && { host: set.HOST }),
    });
    return { options, problems };
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    return { options: {}, problems: [...problems, ...toSettingProblems(error)] };
  }
}
