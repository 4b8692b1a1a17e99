/** The Store on Redis, gathered by concern: at home what belongs to all, in cells what belongs to one viewer. */
import { type AuditRetention, usualRetention } from '../../audit/ports.ts';
import type { Store } from '../../ports.ts';
import { createAuditStore } from './audit.ts';
import { createChannelStore } from './channels.ts';
import { createClientStore } from './clients.ts';
import { createRedisConnection, type RedisConnectionOptions } from './connection.ts';
import { createDeliveryStore } from './deliveries.ts';
import { createHealth } from './health.ts';
import { createIssuanceStore } from './issuance.ts';
import { createKeyPairStore } from './key-pairs.ts';
import { createKeyspace } from './keyspace.ts';
import { createPolicyStore } from './policies.ts';
import { createRevocationStore } from './revocations.ts';
import { createStatsStore } from './stats.ts';
import { createViewerStore } from './viewers.ts';

/** The connection to Redis, and where in it the state of this Playgate lies. */
export interface RedisStoreOptions extends RedisConnectionOptions {
  /** The name of this Playgate in Redis, default `playgate`: keys begin with `{playgate}:`, or `{playgate:17}:` in cell 17. */
  readonly prefix?: string;
  /** How much of the audit is kept; default `usualRetention`. */
  readonly audit?: AuditRetention;
}

/** A Store on Redis; `close` drops its connection at once, without waiting for commands on their way. */
export type RedisStore = Store & { close(): Promise<void> };

/** A Store over the Redis at a URL. It connects at first use. */
export function createRedisStore({
  prefix = 'playgate',
  audit = usualRetention,
  ...options
}: RedisStoreOptions): RedisStore {
  const connection = createRedisConnection(options);
  const keyspace = createKeyspace(connection, prefix, audit);
  const health = createHealth({ connection, name: prefix, log: options.log });
  return {
    issuance: createIssuanceStore(keyspace, (mark) => health.checkGeneration(mark)),
    channels: createChannelStore(keyspace),
    policies: createPolicyStore(keyspace),
    clients: createClientStore(keyspace),
    keyPairs: createKeyPairStore(keyspace),
    revocations: createRevocationStore(keyspace),
    deliveries: createDeliveryStore(keyspace),
    viewers: createViewerStore(keyspace),
    audit: createAuditStore(keyspace, audit),
    stats: createStatsStore(keyspace),
    health: { ping: () => health.ping() },
    close: () => connection.close(),
  };
}
