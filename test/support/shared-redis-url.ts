/** Where the shared Redis server of a test file is. */
import { inject } from 'vitest';

/**
 * `redis://127.0.0.1:<port>`.
 * Throws a TypeError in a project that starts no such server, since a client without a URL would wait for one elsewhere.
 */
export function sharedRedisUrl(): string {
  const url = inject('redisUrl');
  if (url === undefined) throw new TypeError('This project has no Redis: see the projects in CONTRIBUTING.md');
  return url;
}
