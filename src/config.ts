/** What the service runs with: made of the settings, of which all problems are told at once. Nothing else reads the environment. */
import type { z } from 'zod';
import type { ViewerIdentityConfig } from './access/viewer-identity.ts';
import type { ViewerJwtConfig } from './access/viewer-jwt.ts';
import type { InputProblem } from './errors.ts';
import type { Region } from './ids.ts';
import { environmentSchema, type Settings } from './settings.ts';

/** Variables by name, as a process or a Worker has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How a process holds its connections; times in milliseconds. On Workers nobody asks for them. */
export interface HttpConfig {
  /** How long a connection stays open on which nothing is asked, 1000 to 3600000, default 65000. */
  readonly keepAliveTimeoutMs: number;
  /** For a request to come in whole, above `keepAliveTimeoutMs`, default 75000. */
  readonly requestTimeoutMs: number;
  /** How long a connection may stand still with an answer in hand, 1000 to 3600000, default 120000. */
  readonly stallTimeoutMs: number;
  /** How many connections may be open, 1 to 1000000, default 10000. */
  readonly maxConnections: number;
  /** How many requests a connection carries, 0 to 100000000, default 10000; 0 sets no bound. */
  readonly maxRequestsPerSocket: number;
}

/** How a process ends; times in milliseconds, 0 to 600000. */
export interface ShutdownConfig {
  /** How long it takes new requests after SIGTERM, default 5000. */
  readonly delayMs: number;
  /** How long those in hand may take after that, default 10000. */
  readonly timeoutMs: number;
}

/** How Redis is run: as one server, with Sentinels that name the master, or as a Cluster of which more `nodes` are known. */
type RedisTopologyConfig =
  | { readonly kind: 'single' }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: NonNullable<Settings['REDIS_SENTINELS']>;
      readonly masterName: string;
      /** Absent: the Sentinels ask for none. */
      readonly sentinelPassword?: string;
    }
  | { readonly kind: 'cluster'; readonly nodes: NonNullable<Settings['REDIS_CLUSTER_NODES']> };

/** Where state is kept. */
export type StoreConfig =
  | {
      readonly kind: 'redis';
      /** With Sentinels its host and port say nothing. */
      readonly url: string;
      /** Default: one server. */
      readonly topology: RedisTopologyConfig;
      /** For connecting and for each command, 10 to 10000 milliseconds, default 500. */
      readonly timeoutMs: number;
      /** How many replicas must have taken a decision before it is acknowledged, 0 to 5, default 0. */
      readonly waitReplicas: number;
    }
  /** `file` is a path, made when it is not there. */
  | { readonly kind: 'sqlite'; readonly file: string };

/** Where private keys are kept. */
export type VaultConfig =
  /** A path, made when it is not there. */
  | { readonly kind: 'directory'; readonly directory: string }
  /** `prefix` begins every secret's name, default `playgate/`. Without `endpoint` it is AWS's own of the region. */
  | { readonly kind: 'secrets_manager'; readonly region: Region; readonly prefix: string; readonly endpoint?: string };

/** The Durable Objects that serve requests on Workers. */
export interface StoreObjectsConfig {
  /** How many, 1 to 256, default 8. */
  readonly count: number;
  /** Where they are made: Cloudflare's location hint. Absent: near the first request. */
  readonly location?: NonNullable<Settings['STORE_OBJECTS_LOCATION']>;
}

/** How AWS is called: as whom, where, and for how long. */
export interface AwsConfig {
  /** Absent: the AWS client looks for credentials by itself, as on EC2 or ECS. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    /** With temporary credentials only. */
    readonly sessionToken?: string;
  };
  /** Absent: AWS's own endpoint of the region. */
  readonly ivsEndpoint?: string;
  /** For each call, its connection, its one retry and its answer: 100 to 25000 milliseconds, default 5000. */
  readonly timeoutMs: number;
}

/** The identity provider whose JWTs viewers come with. */
export interface OidcConfig extends ViewerJwtConfig {
  /** Where its keys are. */
  readonly jwksUrl: string;
  /** For fetching them, 100 to 60000 milliseconds, default 2000. */
  readonly timeoutMs: number;
  /** How long they are used after they were last fetched, 1 to 168 hours, default 6. */
  readonly staleHours: number;
}

/** Everything that a runtime starts the service with, checked and with its defaults filled in. */
export interface Config {
  /** The address to listen on, default `127.0.0.1`. */
  readonly host: string;
  /** The TCP port to listen on, 0 to 65535, default 8787; 0 takes a free one. */
  readonly port: number;
  /** From which level on is logged, default `info`. */
  readonly logLevel: Settings['LOG_LEVEL'];
  /** The bearer key of the bootstrap admin, at least 32 characters. */
  readonly adminKey: string;
  /** How long an API client's record is believed, 0 to 5 seconds, default 5. */
  readonly clientCacheSeconds: number;
  /** The header in which a trusted proxy says the viewer's country. Absent: the country is unknown. */
  readonly countryHeader?: string;
  /** How a process holds its connections. */
  readonly http: HttpConfig;
  /** How many requests a process works on at a time, 1 to 100000, default 1000. */
  readonly maxConcurrentRequests: number;
  /** How a process ends. */
  readonly shutdown: ShutdownConfig;
  /** Where state is kept. */
  readonly store: StoreConfig;
  /** What serves the store on Workers; nothing elsewhere. */
  readonly storeObjects: StoreObjectsConfig;
  /** Where private keys are kept. */
  readonly vault: VaultConfig;
  /** How AWS is called, for IVS and Secrets Manager alike. */
  readonly aws: AwsConfig;
  /** Absent: only clients may ask for tokens. */
  readonly viewerJwt?: OidcConfig;
  /** Which viewer ids become keyed hashes, default `when_needed`, and under which key. */
  readonly viewerIdentity: ViewerIdentityConfig;
}

/** Settings that cannot be used: each problem names its variable. Values are never quoted. */
export class ConfigError extends Error {
  /** All of them; `path` is the variable. */
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
  const unfit = parsed.success ? findUnfitTimes(parsed.data) : [];
  const problems = [
    ...[...malformed, ...unfit, ...findMissing(set)],
    ...[...findConflicts(set), ...findRedisProblems(set), ...alsoWrong],
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(parsed.data);
}

/** A connection that a load balancer opened in advance must not be closed for want of a request before it is for want of use. */
function findUnfitTimes(env: Settings): InputProblem[] {
  if (env.HTTP_REQUEST_TIMEOUT_MS > env.HTTP_KEEP_ALIVE_TIMEOUT_MS) return [];
  return [{ path: 'HTTP_REQUEST_TIMEOUT_MS', message: 'must be above HTTP_KEEP_ALIVE_TIMEOUT_MS' }];
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
  // The last guard before strangers: a run that wants a local IVS inside is none that should serve them.
  refuse(env.LOCAL_IVS !== undefined && env.LOCAL_IVS !== 'off', 'LOCAL_IVS', 'must not be on in production');
  return conflicts;
}

/** Settings of Redis that say nothing without each other, or say two things. */
function findRedisProblems(env: Environment): InputProblem[] {
  const { REDIS_URL: url, REDIS_SENTINELS, REDIS_SENTINEL_NAME, REDIS_SENTINEL_PASSWORD, REDIS_CLUSTER_NODES } = env;
  const hasSentinels = REDIS_SENTINELS !== undefined;
  const isCluster = env.REDIS_CLUSTER === 'true';
  // Where nothing is kept yet, REDIS_URL is missing already.
  const isElsewhere = url === undefined && env.DATABASE_FILE !== undefined;
  const refusals: readonly (readonly [wrong: boolean, path: string, message: string])[] = [
    [hasSentinels && isElsewhere, 'REDIS_SENTINELS', 'must not be set without REDIS_URL'],
    [isCluster && isElsewhere, 'REDIS_CLUSTER', 'must not be true without REDIS_URL'],
    [hasSentinels && isCluster, 'REDIS_CLUSTER', 'must not be true beside REDIS_SENTINELS'],
    [
      hasSentinels !== (REDIS_SENTINEL_NAME !== undefined),
      hasSentinels ? 'REDIS_SENTINEL_NAME' : 'REDIS_SENTINELS',
      `must be set together with ${hasSentinels ? 'REDIS_SENTINELS' : 'REDIS_SENTINEL_NAME'}`,
    ],
    [
      REDIS_SENTINEL_PASSWORD !== undefined && !hasSentinels,
      'REDIS_SENTINEL_PASSWORD',
      'must not be set without REDIS_SENTINELS',
    ],
    [
      REDIS_CLUSTER_NODES !== undefined && !isCluster,
      'REDIS_CLUSTER_NODES',
      'must not be set unless REDIS_CLUSTER is true',
    ],
    [isCluster && namesDatabase(url), 'REDIS_URL', 'must not name a database of a Cluster, which has but one'],
  ];
  return refusals.filter(([wrong]) => wrong).map(([, path, message]) => ({ path, message }));
}

function namesDatabase(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && !/^\/?0?$/.test(new URL(url).pathname);
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
    http: {
      keepAliveTimeoutMs: env.HTTP_KEEP_ALIVE_TIMEOUT_MS,
      requestTimeoutMs: env.HTTP_REQUEST_TIMEOUT_MS,
      stallTimeoutMs: env.HTTP_STALL_TIMEOUT_MS,
      maxConnections: env.HTTP_MAX_CONNECTIONS,
      maxRequestsPerSocket: env.HTTP_MAX_REQUESTS_PER_SOCKET,
    },
    maxConcurrentRequests: env.MAX_CONCURRENT_REQUESTS,
    shutdown: { delayMs: env.SHUTDOWN_DELAY_MS, timeoutMs: env.SHUTDOWN_TIMEOUT_MS },
    store: toStoreConfig(env),
    storeObjects: toStoreObjectsConfig(env),
    vault: toVaultConfig(env),
    aws: toAwsConfig(env),
    ...toViewerJwtConfig(env),
    viewerIdentity: { mode: env.VIEWER_ID_PSEUDONYMS, hashKey: env.VIEWER_ID_HASH_KEY },
  };
}

function toStoreConfig(env: Settings): StoreConfig {
  if (env.REDIS_URL === undefined) return { kind: 'sqlite', file: sure(env.DATABASE_FILE) };
  return {
    kind: 'redis',
    url: env.REDIS_URL,
    topology: toRedisTopology(env),
    timeoutMs: env.REDIS_TIMEOUT_MS,
    waitReplicas: env.REDIS_WAIT_REPLICAS,
  };
}

function toRedisTopology(env: Settings): RedisTopologyConfig {
  const { REDIS_SENTINELS: sentinels, REDIS_SENTINEL_PASSWORD: sentinelPassword } = env;
  if (sentinels !== undefined)
    return {
      kind: 'sentinel',
      sentinels,
      masterName: sure(env.REDIS_SENTINEL_NAME),
      ...(sentinelPassword !== undefined && { sentinelPassword }),
    };
  return env.REDIS_CLUSTER === 'true' ? { kind: 'cluster', nodes: env.REDIS_CLUSTER_NODES ?? [] } : { kind: 'single' };
}

function toStoreObjectsConfig({
  STORE_OBJECTS: count,
  STORE_OBJECTS_LOCATION: location,
}: Settings): StoreObjectsConfig {
  return { count, ...(location !== undefined && { location }) };
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
      staleHours: env.OIDC_STALE_HOURS,
      algorithms: env.OIDC_ALGORITHMS,
      clockToleranceSeconds: env.OIDC_CLOCK_TOLERANCE_SECONDS,
      viewerIdClaim: env.OIDC_VIEWER_ID_CLAIM,
      channelsClaim: env.OIDC_CHANNELS_CLAIM,
    },
  };
}
