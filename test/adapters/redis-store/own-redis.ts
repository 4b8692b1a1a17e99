/** A Redis server of a test file's own, which may look into it, and stores over it that share nothing. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { createRedisConnection } from '../../../src/adapters/redis-store/connection.ts';
import { createKeyspace, type Keyspace } from '../../../src/adapters/redis-store/keyspace.ts';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRedisStore, type RedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { startRedis } from '../../support/redis-server.ts';

const scripts = loadScripts();

/** A store, and its keys for whoever takes a part of it. */
export interface OpenedStore {
  /** What its keys begin with. */
  readonly name: string;
  readonly store: RedisStore;
  readonly keyspace: Keyspace;
  close(): Promise<void>;
}

/** The server, and a client that is not the store's. */
export interface OwnRedis {
  readonly redis: Redis;
  openStore(): OpenedStore;
  stop(): Promise<void>;
}

/** Starts it. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const server = await startRedis();
  const redis = new Redis(server.url);
  return {
    redis,
    openStore() {
      const name = `test-${randomUUID()}`;
      const options = { scripts, url: server.url, timeoutMs: 10_000, log: createRecordingLog() };
      const store = createRedisStore({ ...options, prefix: name });
      const connection = createRedisConnection(options);
      const close = async () => void (await Promise.all([store.close(), connection.close()]));
      return { name, store, keyspace: createKeyspace(connection, name), close };
    },
    async stop() {
      redis.disconnect();
      await server.stop();
    },
  };
}
