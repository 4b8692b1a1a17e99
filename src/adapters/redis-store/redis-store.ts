/** The Store on Redis, gathered by concern: every method is one script or one command, so one round trip and one atomic change. */
import type { Store } from '../../ports.ts';
import { createChannelStore } from './channels.ts';
import { createClientStore } from './clients.ts';
import { createRedisConnection, type RedisConnectionOptions } from './connection.ts';
import { createDeliveryStore } from './deliveries.ts';
import { createIssuanceStore } from './issuance.ts';
import { createKeyPairStore } from './key-pairs.ts';
import { createKeyspace } from './keyspace.ts';
import { createPolicyStore } from './policies.ts';
import { createRevocationStore } from './revocations.ts';

/** The connection to Redis, and where in it the state of this Playgate lies. */
export interface RedisStoreOptions extends RedisConnectionOptions {
  /** Begins every key, default `{playgate}:`. Its hash tag keeps all keys in one slot of a cluster, since a revocation spans viewers and channels. */
  readonly prefix?: string;
}

/** A Store on Redis; `close` drops its connection at once, without waiting for commands on their way. */
export type RedisStore = Store & { close(): Promise<void> };

/** A Store over the Redis at a URL. It connects at first use. */
export function createRedisStore({ prefix = '{playgate}:', ...options }: RedisStoreOptions): RedisStore {
  const connection = createRedisConnection(options);
  const keyspace = createKeyspace(connection, prefix);
  return {
    issuance: createIssuanceStore(keyspace),
    channels: createChannelStore(keyspace),
    policies: createPolicyStore(keyspace),
    clients: createClientStore(keyspace),
    keyPairs: createKeyPairStore(keyspace),
    revocations: createRevocationStore(keyspace),
    deliveries: createDeliveryStore(keyspace),
    health: { ping: async () => void (await connection.run((client) => client.ping())) },
    close: () => connection.close(),
  };
}
