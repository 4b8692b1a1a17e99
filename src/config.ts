/** What the service runs with: made of the settings, of which all problems are told at once. Nothing else reads the environment. */
import type { z } from 'zod';
import type { OperatorJwtConfig } from './access/operator-jwt.ts';
import type { ViewerIdentityConfig } from './access/viewer-identity.ts';
import type { ViewerJwtConfig } from './access/viewer-jwt.ts';
import type { AuditRetention } from './audit/ports.ts';
import type { EntitlementRules } from './entitlements/ask.ts';
import type { InputProblem } from './errors.ts';
import {
  type JwksConfig,
  type SignInConfig,
  toOperatorJwtConfig,
  toSignInConfig,
  toViewerJwtConfig,
} from './identity-config.ts';
import type { ChannelArn, Region } from './ids.ts';
import type { LimitConfig } from './limits/select.ts';
import {
  type Environment,
  findConflicts,
  findMissing,
  findMisspelt,
  findRedisProblems,
  findUnfitTimes,
} from './setting-rules.ts';
import { environmentSchema, type Settings } from './settings.ts';
import type { AuditedTokens } from './tokens/audited.ts';
import { type TracingConfig, toTracingConfig } from './tracing-config.ts';

export type { JwksConfig } from './identity-config.ts';
export type { Environment } from './setting-rules.ts';

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
  | {
      readonly kind: 'secrets_manager';
      readonly region: Region;
      /** Begins every secret's name, default `playgate/`. */
      readonly prefix: string;
      /** The customer's KMS key that encrypts new secrets. Absent: AWS's own `aws/secretsmanager`. */
      readonly kmsKeyId?: string;
      /** Tags of new secrets. Absent: none. */
      readonly tags?: Readonly<Record<string, string>>;
      /** Absent: AWS's own of the region. */
      readonly endpoint?: string;
    };

/** How long tokens and their keys live. */
interface KeysConfig {
  /** Longest life of a token, 1 to 570 seconds, default 570. */
  readonly maxTokenTtlSeconds: number;
  /** Between the import of a key pair and its first signature, 0 to 3600 seconds, default 60. */
  readonly edgeDelaySeconds: number;
  /** After how many days a pair that signs is replaced, 1 to 3650. Absent: never. */
  readonly rotationDays?: number;
}

/** The Durable Objects that serve requests on Workers. */
export interface StoreObjectsConfig {
  /** How many, 1 to 256, default 8. */
  readonly count: number;
  /** Where they are made: Cloudflare's location hint. Absent: near the first request. */
  readonly location?: NonNullable<Settings['STORE_OBJECTS_LOCATION']>;
}

/** A role that is assumed. */
export interface RoleConfig {
  /** Which one. */
  readonly roleArn: string;
  /** What its trust policy asks for. Absent: nothing. */
  readonly externalId?: string | undefined;
}

/** How AWS is called: as whom, where, and for how long. */
export interface AwsConfig {
  /** The role that is assumed with these credentials. Absent: none. */
  readonly role?: RoleConfig;
  /** Other accounts that have channels and key pairs, each with its own credentials or a role. Absent: none. */
  readonly accounts?: Readonly<
    Record<string, RoleConfig | { readonly accessKeyId: string; readonly secretAccessKey: string }>
  >;
  /** Absent: AWS's own endpoint of STS, which gives the credentials of roles. */
  readonly stsEndpoint?: string;
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

/** How the operator's own services are asked. */
export interface EntitlementConfig extends EntitlementRules {
  /** One or two that sign, as `whsec_` and base64. Empty: none is asked. */
  readonly secrets: readonly string[];
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
  /** Another one, while it takes the place of the first. Absent: there is none. */
  readonly nextAdminKey?: string;
  /** How long an API client's record is believed, 0 to 5 seconds, default 5. */
  readonly clientCacheSeconds: number;
  /** IP addresses and networks of proxies whose `X-Request-Id` is taken over. */
  readonly trustedProxies: readonly string[];
  /** The header in which a trusted proxy says the viewer's country. Absent: the country is unknown. */
  readonly countryHeader?: string;
  /** The port of `/metrics` for whoever asks, 1 to 65535. Absent: none. */
  readonly metricsPort?: number;
  /** Channels whose tokens are counted apart, at most 20. */
  readonly metricsChannels: readonly ChannelArn[];
  /** Where spans go. Absent: nothing is traced. */
  readonly tracing?: TracingConfig;
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
  /** How long tokens and their keys live. */
  readonly keys: KeysConfig;
  /** How AWS is called, for IVS and Secrets Manager alike. */
  readonly aws: AwsConfig;
  /** Absent: only clients may ask for tokens. */
  readonly viewerJwt?: ViewerJwtConfig & JwksConfig;
  /** Absent: operators use API keys. */
  readonly operatorJwt?: OperatorJwtConfig & JwksConfig;
  /** Where the console signs operators in. Absent: there they use API keys. */
  readonly operatorSignIn?: SignInConfig;
  /** Which viewer ids become keyed hashes, default `when_needed`, and under which key. */
  readonly viewerIdentity: ViewerIdentityConfig;
  /** How many tokens are issued in how much time. */
  readonly limits: LimitConfig;
  /** What is audited, how much of it is kept, and for how long. */
  readonly audit: AuditRetention & { readonly tokens: AuditedTokens };
  /** How the operator's own services are asked whether a viewer may watch. */
  readonly entitlements: EntitlementConfig;
}

/** Settings that cannot be used: each problem names its variable. Values are never quoted. */
export class ConfigError extends Error {
  /** All of them; `path` is the variable. */
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    const lines = problems.map(({ path, message }) => `${path} ${message}`);
    super(lines.length === 1 ? lines.join() : ['the configuration cannot be used:', ...lines].join('\n  '));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const settingNames = Object.keys(environmentSchema.shape);

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
    ...[...findConflicts(set), ...findRedisProblems(set), ...findMisspelt(set, settingNames), ...alsoWrong],
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(parsed.data);
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
    ...(env.PLAYGATE_ADMIN_KEY_NEXT !== undefined && { nextAdminKey: env.PLAYGATE_ADMIN_KEY_NEXT }),
    clientCacheSeconds: env.CLIENT_CACHE_SECONDS,
    trustedProxies: env.TRUSTED_PROXIES ?? [],
    ...(env.COUNTRY_HEADER !== undefined && { countryHeader: env.COUNTRY_HEADER }),
    ...(env.METRICS_PORT !== undefined && { metricsPort: env.METRICS_PORT }),
    metricsChannels: env.METRICS_CHANNELS ?? [],
    ...toTracingConfig(env),
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
    keys: {
      maxTokenTtlSeconds: env.MAX_TOKEN_TTL_SECONDS,
      edgeDelaySeconds: env.KEY_EDGE_DELAY_SECONDS,
      ...(env.KEY_ROTATION_DAYS !== undefined && { rotationDays: env.KEY_ROTATION_DAYS }),
    },
    aws: toAwsConfig(env),
    ...toViewerJwtConfig(env),
    ...toOperatorJwtConfig(env),
    ...toSignInConfig(env),
    viewerIdentity: { mode: env.VIEWER_ID_PSEUDONYMS, hashKey: env.VIEWER_ID_HASH_KEY },
    limits: toLimitConfig(env),
    audit: {
      maxEntries: env.AUDIT_MAX_ENTRIES,
      keepSeconds: env.AUDIT_DAYS * 86_400,
      tokens: env.AUDIT_TOKENS,
    },
    entitlements: {
      secrets: env.ENTITLEMENT_SECRETS ?? [],
      allowedHosts: env.ENTITLEMENT_ALLOWED_HOSTS ?? [],
      timeoutMs: env.ENTITLEMENT_TIMEOUT_MS,
    },
  };
}

function toLimitConfig({
  LIMIT_VIEWER: viewer,
  LIMIT_CLIENT: client,
  LIMIT_ANONYMOUS: anonymous,
  LIMIT_ALL: all,
}: Settings): LimitConfig {
  return {
    ...(viewer !== 'off' && { viewer }),
    ...(client !== 'off' && { client }),
    ...(anonymous !== 'off' && { anonymous }),
    ...(all !== 'off' && { all }),
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
    ...(env.SECRETS_MANAGER_TAGS !== undefined && { tags: Object.fromEntries(env.SECRETS_MANAGER_TAGS) }),
    ...(env.SECRETS_MANAGER_KMS_KEY_ID !== undefined && { kmsKeyId: env.SECRETS_MANAGER_KMS_KEY_ID }),
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
    ...(env.AWS_ASSUME_ROLE_ARN !== undefined && { role: { roleArn: env.AWS_ASSUME_ROLE_ARN } }),
    ...(env.IVS_ACCOUNTS !== undefined && { accounts: env.IVS_ACCOUNTS }),
    ...(env.AWS_ENDPOINT_URL_STS !== undefined && { stsEndpoint: env.AWS_ENDPOINT_URL_STS }),
    ...(env.AWS_ENDPOINT_URL_IVS !== undefined && { ivsEndpoint: env.AWS_ENDPOINT_URL_IVS }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
  };
}
