/** What the service asks of the outside, as a Node process has it: which store and which vault the settings choose. */
import { createDirectoryVault } from '../../adapters/directory-vault.ts';
import { createEntitlementService } from '../../adapters/entitlements/entitlement-service.ts';
import { createGuardedPost } from '../../adapters/entitlements/guarded-post.ts';
import { createIvsControl } from '../../adapters/ivs/ivs-control.ts';
import { createNoteFetch, measurePorts } from '../../adapters/measured-ports.ts';
import { createOidcKeys } from '../../adapters/oidc-keys.ts';
import { createPrometheusMetrics, type PrometheusMetrics } from '../../adapters/prometheus-metrics.ts';
import { loadScripts } from '../../adapters/redis-store/load-scripts.ts';
import { createRedisStore } from '../../adapters/redis-store/redis-store.ts';
import { createSecretsManagerVault } from '../../adapters/secrets-manager-vault.ts';
import { createSqliteStore } from '../../adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemHashing, systemRandom } from '../../adapters/system.ts';
import type { AwsConfig, Config, VaultConfig } from '../../config.ts';
import type { Vault } from '../../keys/ports.ts';
import type { Store } from '../../ports.ts';
import type { Ports } from '../../services.ts';
import type { Log } from '../../system.ts';
import { version } from '../../version.ts';

/** The ports of a process, which closes its store when it ends. Their calls are counted. */
export type NodePorts = Ports & { readonly store: ClosableStore; readonly metrics: PrometheusMetrics };

type ClosableStore = Store & { close(): Promise<void> };

/** Makes them; `ivsAws` is how IVS is called. Nothing is asked of the network yet. Throws when the file of the store cannot be opened. */
export function createNodePorts(config: Config, log: Log, ivsAws = config.aws): NodePorts {
  const metrics = createPrometheusMetrics({ version, clock: systemClock, channels: config.metricsChannels });
  const system = { clock: systemClock, random: systemRandom };
  const outside = {
    store: createStore(config, log),
    vault: createVault(config.vault, config.aws),
    ivs: createIvsControl(ivsAws),
  };
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
    viewerKeys:
      config.viewerJwt && createOidcKeys(config.viewerJwt, { noteFetch: createNoteFetch(metrics, 'viewers') }),
    operatorKeys:
      config.operatorJwt && createOidcKeys(config.operatorJwt, { noteFetch: createNoteFetch(metrics, 'operators') }),
  };
}

function createStore({ store, audit }: Pick<Config, 'store' | 'audit'>, log: Log): ClosableStore {
  return store.kind === 'redis'
    ? createRedisStore({ ...store, audit, log, scripts: loadScripts() })
    : createSqliteStore(store.file, audit);
}

function createVault(config: VaultConfig, aws: AwsConfig): Vault {
  return config.kind === 'directory' ? createDirectoryVault(config.directory) : createSecretsManagerVault(config, aws);
}
