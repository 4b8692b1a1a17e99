/** Every setting, with unit, bounds and default. All problems are reported at once; nothing else reads the environment. */
import { z } from 'zod';
import { pseudonymModes } from './access/viewer-identity.ts';
import { type ViewerJwtConfig, viewerJwtAlgorithms } from './access/viewer-jwt.ts';
import type { InputProblem } from './errors.ts';
import { type Region, regionSchema } from './ids.ts';

/** Shortest secret that an operator may set, in characters. */
const minSecretLength = 32;

const secret = z.string().min(minSecretLength, `must be at least ${minSecretLength} characters`);
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));
const url = (protocol: RegExp, example: string) => z.url({ protocol, error: `must be a URL such as ${example}` });
const text = z.string().min(1);

/** The settings by their names in the environment. An empty value counts as not set. */
const environmentSchema = z.object({
  HOST: text.default('127.0.0.1'),
  PORT: wholeNumber(0, 65535).default(8787),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  PLAYGATE_ADMIN_KEY: secret
    .regex(/^\S(.*\S)?$/, 'must not begin or end with a space or hold a line break: no header could carry it')
    .optional(),
  CLIENT_CACHE_SECONDS: wholeNumber(0, 5).default(5),
  COUNTRY_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header')
    .optional(),
  REDIS_URL: url(/^rediss?$/, 'redis://127.0.0.1:6379').optional(),
  REDIS_TIMEOUT_MS: wholeNumber(10, 10_000).default(500),
  DATABASE_FILE: text.optional(),
  KEYS_DIRECTORY: text.optional(),
  SECRETS_MANAGER_REGION: regionSchema.optional(),
  SECRETS_MANAGER_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9/_+=.@-]{1,128}$/, 'must be 1 to 128 letters, digits or /_+=.@-')
    .default('playgate/'),
  AWS_ENDPOINT_URL_IVS: url(/^https?$/, 'http://127.0.0.1:8788').optional(),
  AWS_ENDPOINT_URL_SECRETS_MANAGER: url(/^https?$/, 'http://127.0.0.1:4566').optional(),
  AWS_ACCESS_KEY_ID: text.optional(),
  AWS_SECRET_ACCESS_KEY: text.optional(),
  AWS_SESSION_TOKEN: text.optional(),
  AWS_TIMEOUT_MS: wholeNumber(100, 25_000).default(5000),
  OIDC_ISSUER: text.optional(),
  OIDC_AUDIENCE: text.optional(),
  OIDC_JWKS_URL: url(/^https?$/, 'https://id.example/.well-known/jwks.json').optional(),
  OIDC_ALGORITHMS: text
    .default('RS256,ES256')
    .transform((list) => list.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(viewerJwtAlgorithms)).min(1)),
  OIDC_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 300).default(5),
  OIDC_TIMEOUT_MS: wholeNumber(100, 60_000).default(2000),
  OIDC_VIEWER_ID_CLAIM: text.default('sub'),
  OIDC_CHANNELS_CLAIM: text.default('channels'),
  VIEWER_ID_PSEUDONYMS: z.enum(pseudonymModes).default('when_needed'),
  VIEWER_ID_HASH_KEY: secret.optional(),
  // The last guard before strangers: a run that wants a local IVS inside is none that should serve them.
  LOCAL_IVS: z.literal('off', 'must not be on in production').optional(),
});
type Settings = z.output<typeof environmentSchema>;

/** Variables by name, as a process or a Worker has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type StoreConfig =
  | { readonly kind: 'redis'; readonly url: string; readonly timeoutMs: number }
  | { readonly kind: 'sqlite'; readonly file: string };

export type VaultConfig =
  | { readonly kind: 'directory'; readonly directory: string }
  | { readonly kind: 'secrets_manager'; readonly region: Region; readonly prefix: string; readonly endpoint?: string };

export interface AwsConfig {
  /** Absent: the AWS client looks for credentials by itself, as on EC2 or ECS. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Absent: AWS's own endpoint of the region. */
  readonly ivsEndpoint?: string;
  /** For each call, its connection and its answer. */
  readonly timeoutMs: number;
}

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: Settings['LOG_LEVEL'];
  readonly adminKey: string;
  readonly clientCacheSeconds: number;
  /** The header in which a trusted proxy says the viewer's country. */
  readonly countryHeader?: string;
  readonly store: StoreConfig;
  readonly vault: VaultConfig;
  readonly aws: AwsConfig;
  readonly viewerJwt?: ViewerJwtConfig & { readonly jwksUrl: string; readonly timeoutMs: number };
  readonly viewerIdentity: { readonly mode: (typeof pseudonymModes)[number]; readonly hashKey: string | undefined };
}

/** Settings that cannot be used: each problem names its variable. Values are never quoted. */
export class ConfigError extends Error {
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    super(
      `the configuration cannot be used:\n${problems.map(({ path, message }) => `  ${path} ${message}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** The variables that are set: an empty value counts as not set. */
export function toSetVariables(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

/** The problems of a failed parse, each under the name of its variable. Messages quote no value. */
export function toSettingProblems({ issues }: z.ZodError): InputProblem[] {
  return issues.map(({ path, message }) => ({ path: String(path[0]), message }));
}

/**
 * Reads the settings; nothing is made up.
 * Throws a ConfigError that names every problem, `alsoWrong` among them: what a runtime asks for beyond the service.
 */
export function parseConfig(env: Environment, alsoWrong: readonly InputProblem[] = []): Config {
  const set = toSetVariables(env);
  const parsed = environmentSchema.safeParse(set);
  const malformed = parsed.success ? [] : toSettingProblems(parsed.error);
  const problems = [...malformed, ...findMissing(set), ...findConflicts(set), ...alsoWrong];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(parsed.data);
}

function findMissing(env: Environment): InputProblem[] {
  const missing: InputProblem[] = [];
  const need = (present: boolean, path: string, message: string) => {
    if (!present) missing.push({ path, message });
  };
  const oidc = ['OIDC_ISSUER', 'OIDC_AUDIENCE', 'OIDC_JWKS_URL'];
  if (oidc.some((name) => env[name] !== undefined))
    for (const name of oidc)
      need(env[name] !== undefined, name, 'must be set: OIDC needs its issuer, audience and JWKS URL');
  need(env.PLAYGATE_ADMIN_KEY !== undefined, 'PLAYGATE_ADMIN_KEY', 'must be set');
  need(
    env.REDIS_URL !== undefined || env.DATABASE_FILE !== undefined,
    'REDIS_URL',
    'or DATABASE_FILE must be set: where state is kept',
  );
  need(
    env.SECRETS_MANAGER_REGION !== undefined || env.KEYS_DIRECTORY !== undefined,
    'SECRETS_MANAGER_REGION',
    'or KEYS_DIRECTORY must be set: where private keys are kept',
  );
  if (env.OIDC_ISSUER !== undefined || env.VIEWER_ID_PSEUDONYMS === 'always')
    need(env.VIEWER_ID_HASH_KEY !== undefined, 'VIEWER_ID_HASH_KEY', 'must be set: it hashes viewer ids');
  return missing;
}

function findConflicts(env: Environment): InputProblem[] {
  const conflicts: InputProblem[] = [];
  const refuse = (both: boolean, path: string, message: string) => {
    if (both) conflicts.push({ path, message });
  };
  const { REDIS_URL, DATABASE_FILE, SECRETS_MANAGER_REGION, KEYS_DIRECTORY } = env;
  refuse(REDIS_URL !== undefined && DATABASE_FILE !== undefined, 'DATABASE_FILE', 'must not be set beside REDIS_URL');
  refuse(
    SECRETS_MANAGER_REGION !== undefined && KEYS_DIRECTORY !== undefined,
    'KEYS_DIRECTORY',
    'must not be set beside SECRETS_MANAGER_REGION',
  );
  refuse(
    (env.AWS_ACCESS_KEY_ID === undefined) !== (env.AWS_SECRET_ACCESS_KEY === undefined),
    'AWS_SECRET_ACCESS_KEY',
    'must be set together with AWS_ACCESS_KEY_ID',
  );
  return conflicts;
}

/** What `findMissing` lets nobody come here without. */
function sure(value: string | undefined): string {
  if (value === undefined) throw new TypeError('a setting that must be set was not asked for');
  return value;
}

function toConfig(env: Settings): Config {
  return {
    host: env.HOST,
    port: env.PORT,
    logLevel: env.LOG_LEVEL,
    adminKey: sure(env.PLAYGATE_ADMIN_KEY),
    clientCacheSeconds: env.CLIENT_CACHE_SECONDS,
    ...(env.COUNTRY_HEADER !== undefined && { countryHeader: env.COUNTRY_HEADER }),
    store: toStoreConfig(env),
    vault: toVaultConfig(env),
    aws: toAwsConfig(env),
    ...toViewerJwtConfig(env),
    viewerIdentity: { mode: env.VIEWER_ID_PSEUDONYMS, hashKey: env.VIEWER_ID_HASH_KEY },
  };
}

function toStoreConfig(env: Settings): StoreConfig {
  if (env.REDIS_URL !== undefined) return { kind: 'redis', url: env.REDIS_URL, timeoutMs: env.REDIS_TIMEOUT_MS };
  return { kind: 'sqlite', file: sure(env.DATABASE_FILE) };
}

function toVaultConfig(env: Settings): VaultConfig {
  if (env.SECRETS_MANAGER_REGION === undefined) return { kind: 'directory', directory: sure(env.KEYS_DIRECTORY) };
  return {
    kind: 'secrets_manager',
    region: env.SECRETS_MANAGER_REGION,
    prefix: env.SECRETS_MANAGER_PREFIX,
    ...(env.AWS_ENDPOINT_URL_SECRETS_MANAGER !== undefined && { endpoint: env.AWS_ENDPOINT_URL_SECRETS_MANAGER }),
  };
}

function toAwsConfig(env: Settings): AwsConfig {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  return {
    timeoutMs: env.AWS_TIMEOUT_MS,
    ...(env.AWS_ENDPOINT_URL_IVS !== undefined && { ivsEndpoint: env.AWS_ENDPOINT_URL_IVS }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
  };
}

function toViewerJwtConfig(env: Settings): Pick<Config, 'viewerJwt'> {
  if (env.OIDC_ISSUER === undefined || env.OIDC_AUDIENCE === undefined || env.OIDC_JWKS_URL === undefined) return {};
  return {
    viewerJwt: {
      issuer: env.OIDC_ISSUER,
      audience: env.OIDC_AUDIENCE,
      jwksUrl: env.OIDC_JWKS_URL,
      timeoutMs: env.OIDC_TIMEOUT_MS,
      algorithms: env.OIDC_ALGORITHMS,
      clockToleranceSeconds: env.OIDC_CLOCK_TOLERANCE_SECONDS,
      viewerIdClaim: env.OIDC_VIEWER_ID_CLAIM,
      channelsClaim: env.OIDC_CHANNELS_CLAIM,
    },
  };
}
