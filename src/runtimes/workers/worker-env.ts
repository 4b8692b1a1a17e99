/** What a Worker gets from its environment: variables and secrets, and the Durable Objects. */
import { type AnalyticsMetrics, createAnalyticsMetrics } from '../../adapters/analytics-metrics.ts';
import { createJsonLog } from '../../adapters/json-log.ts';
import { createTracing, type Tracing } from '../../adapters/opentelemetry/tracing.ts';
import { systemClock } from '../../adapters/system.ts';
import { type Config, ConfigError, parseConfig, type StoreConfig, type VaultConfig } from '../../config.ts';
import type { Log } from '../../system.ts';
import { version } from '../../version.ts';
import type { StoreAnswer } from './store-answer.ts';

/** Why deliveries are looked after: something was just revoked, or it is time to look. */
export type WakeReason = 'revocation' | 'schedule';

/** What the Durable Object that holds Redis answers to. */
export interface StoreRpc extends Rpc.DurableObjectBranded {
  /** One use of the store. The types of arguments and value are those of the Store; see `createStoreClient`. Rejects names that are not its own. */
  call(concern: string, method: string, args: unknown[]): Promise<StoreAnswer>;
  /** Sees to it that deliveries are sent soon. */
  wake(reason: WakeReason): Promise<void>;
}

/** The bindings of `wrangler.toml`. */
export interface WorkerEnv {
  /** The Durable Objects that hold Redis. */
  readonly STORE: DurableObjectNamespace<StoreRpc>;
  /** The pages, as \`npm run build\` left them. */
  readonly ASSETS: Fetcher;
  /** Where numbers go; absent: nowhere. */
  readonly METRICS?: AnalyticsEngineDataset;
  /** Variables and secrets: the settings, as texts. */
  readonly [variable: string]: unknown;
}

/** A Worker has no disk: its state is in Redis, its private keys in Secrets Manager. */
export type WorkerConfig = Config & {
  readonly store: Extract<StoreConfig, { kind: 'redis' }>;
  readonly vault: Extract<VaultConfig, { kind: 'secrets_manager' }>;
};

/** Reads the settings as in production: nothing is made up. Throws a ConfigError that names every problem. */
export function parseWorkerConfig(env: WorkerEnv): WorkerConfig {
  const variables = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const config = parseConfig(Object.fromEntries(variables));
  const { store, vault, aws } = config;
  if (store.kind === 'redis' && vault.kind === 'secrets_manager' && aws.credentials !== undefined)
    return { ...config, store, vault };
  const needs: readonly (readonly [met: boolean, path: string, message: string])[] = [
    [store.kind === 'redis', 'REDIS_URL', 'must be set: a Worker keeps its state in Redis'],
    [vault.kind === 'secrets_manager', 'SECRETS_MANAGER_REGION', 'must be set: a Worker keeps its private keys there'],
    [aws.credentials !== undefined, 'AWS_ACCESS_KEY_ID', 'must be set: a Worker has no role of its own'],
  ];
  throw new ConfigError(needs.filter(([met]) => !met).map(([, path, message]) => ({ path, message })));
}

/** The log of a Worker: JSON lines on the console. */
export function createWorkerLog({ logLevel }: Pick<Config, 'logLevel'>): Log {
  return createJsonLog(logLevel, (level, line) => console[level](line));
}

/** The tracing of an isolate, its object or its Worker; undefined where no collector is set. `waitUntil` keeps the sending of spans going. */
export function createWorkerTracing(
  { tracing }: Pick<Config, 'tracing'>,
  log: Log,
  waitUntil: (work: Promise<unknown>) => void,
): Tracing | undefined {
  return tracing && createTracing(tracing, { log, version, inBackground: waitUntil });
}

/** The numbers of an isolate; undefined where no dataset is bound. */
export function createWorkerMetrics({ METRICS }: WorkerEnv, config: Config): AnalyticsMetrics | undefined {
  return METRICS && createAnalyticsMetrics(METRICS, { clock: systemClock, channels: config.metricsChannels });
}
