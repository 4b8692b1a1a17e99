/** The one Redis server that the files of a project share. Each keeps its records apart by a key prefix of its own. */
import type { TestProject } from 'vitest/node';
import { startRedis } from './redis-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `redis://127.0.0.1:<port>` of the shared server; absent in projects that start none. See `sharedRedisUrl`. */
    readonly redisUrl?: string;
  }
}

/** Starts the server before the first test file, and answers what stops it after the last. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const redis = await startRedis();
  project.provide('redisUrl', redis.url);
  return redis.stop;
}
