/** The Redis store against the contract of every Store, on a real Redis Cluster of three masters. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import { describeStoreContract } from '../../contracts/store-contract.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { type RedisCluster, startRedisCluster } from '../../support/redis-cluster.ts';

const scripts = loadScripts();
const topology = { kind: 'cluster', nodes: [] } as const;

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster.stop());

describeStoreContract('the Redis store over a Cluster', () =>
  createRedisStore({
    ...{ scripts, topology, url: cluster.url, timeoutMs: 2000, log: createRecordingLog() },
    prefix: `test-${randomUUID()}`,
  }),
);
