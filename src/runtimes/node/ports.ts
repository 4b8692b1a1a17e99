/** What the service asks of the outside, as a Node process has it: which store and which vault the settings choose. */
import type { AwsAccess } from '../../adapters/aws-access.ts';
import { createDirectoryVault, prepareDirectory } from '../../adapters/directory-vault.ts';
import { createEntitlementService } from '../../adapters/entitlements/entitlement-service.ts';
import { createGuardedPost } from '../../adapters/entitlements/guarded-post.ts';
import { createIvsControl } from '../../adapters/ivs/ivs-control.ts';
import { createNoteFetch, measurePorts } from '../../adapters/measured-ports.ts';
import { createOidcKeys } from '../../adapters/oidc-keys.ts';
import type { Tracing } from '../../adapters/opentelemetry/tracing.ts';
import { createPrometheusMetrics, type PrometheusMetrics } from '../../adapters/prometheus-metrics.ts';
import { loadScripts } from '../../adapters/redis-store/load-scripts.ts';
import { createRedisStore } from '../../adapters/redis-store/redis-store.ts';
import { createSecretsManagerVault } from '../../adapters/secrets-manager-vault.ts';
import { createSqliteStore } from '../../adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemHashing, systemRandom } from '../../adapters/system.ts';
import type { Config, VaultConfig } from '../../config.ts';
import type { Vault } from '../../keys/ports.ts';
import type { Store } from '../../ports.ts';
import type { Ports } from '../../services.ts';
import type { Log } from '../../system.ts';
import { version } from '../../version.ts';
import { toPathError } from './start-errors.ts';

/** The ports of a process, which closes its store when it ends. Their calls are counted. */
export type NodePorts = Ports & { readonly store: ClosableStore; readonly metrics: PrometheusMetrics };

type ClosableStore = Store & { close(): Promise<void> };

/** How the ports are made beside what the settings say. */
interface NodePortOptions {
  /** How IVS is called. Default: as all of AWS. */
  readonly ivsAws?: AwsAccess;
  /** Traces their calls. Default: nobody does. */
  readonly tracing?: Tracing | undefined;
}

/** Makes them. Nothing is asked of the network yet. Throws a ConfigError when the file of the store or the directory of keys cannot be used. */
export function createNodePorts(
  config: Config,
  log: Log,
  { ivsAws = config.aws, tracing }: NodePortOptions = {},
): NodePorts {
  const metrics = createPrometheusMetrics({ version, clock: systemClock, channels: config.metricsChannels });
  const system = { clock: systemClock, random: systemRandom };
  const outside = {
    store: createStore(config, log, tracing),
    vault: createVault(config.vault, config.aws, tracing),
    ivs: createIvsControl(tracing?.toTracedAws(ivsAws) ?? ivsAws),
  };
  const toFetchPorts = (owners: 'viewers' | 'operators') => ({
    noteFetch: createNoteFetch(metrics, owners),
    fetch: tracing?.fetch,
  });
  return {
    ...measurePorts(outside, metrics),
    metrics,
    ...system,
    hashing: systemHashing,
    log,
    entitlementService: createEntitlementService(config.entitlements, {
      ...system,
      post: createGuardedPost(config.entitlements),
    }),
    viewerKeys: config.viewerJwt && createOidcKeys(config.viewerJwt, toFetchPorts('viewers')),
    operatorKeys: config.operatorJwt && createOidcKeys(config.operatorJwt, toFetchPorts('operators')),
    beginSignature: tracing?.toBeginSignature(metrics.beginSignature),
    runWork: tracing?.runWork,
  };
}

function createStore(
  { store: where, audit }: Pick<Config, 'store' | 'audit'>,
  log: Log,
  tracing: Tracing | undefined,
): ClosableStore {
  const store: ClosableStore =
    where.kind === 'redis'
      ? createRedisStore({ ...where, audit, log, scripts: loadScripts() })
      : openStore(where.file, audit);
  return tracing?.toTracedStore(store, where.kind) ?? store;
}

function openStore(file: string, audit: Config['audit']): ClosableStore {
  try {
    return createSqliteStore(file, audit);
  } catch (error) {
    throw toPathError(error, 'DATABASE_FILE', file);
  }
}

function createVault(config: VaultConfig, aws: AwsAccess, tracing: Tracing | undefined): Vault {
  if (config.kind === 'secrets_manager') return createSecretsManagerVault(config, tracing?.toTracedAws(aws) ?? aws);
  try {
    prepareDirectory(config.directory);
  } catch (error) {
    throw toPathError(error, 'KEYS_DIRECTORY', config.directory);
  }
  const vault = createDirectoryVault(config.directory);
  return tracing?.toTracedVault(vault) ?? vault;
}
