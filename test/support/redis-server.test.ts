/** The Redis servers that other tests rely on. */
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { startRedis } from './redis-server.ts';
import { sharedRedisUrl } from './shared-redis-url.ts';

async function ask<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { commandTimeout: 1000, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

describe('a Redis server for tests', () => {
  it('is shared by all test files', async () => {
    expect(await ask(sharedRedisUrl(), (client) => client.ping())).toBe('PONG');
  });

  it('hangs while paused, forgets everything when restarted, and is gone when stopped', async () => {
    const redis = await startRedis({ password: 'p@ss word' });
    expect(await ask(redis.url, (client) => client.set('name', 'value'))).toBe('OK');
    redis.pause();
    await expect(ask(redis.url, (client) => client.ping())).rejects.toThrow();
    redis.resume();
    expect(await ask(redis.url, (client) => client.get('name'))).toBe('value');
    await redis.restart();
    expect(await ask(redis.url, (client) => client.get('name'))).toBeNull();
    await redis.stop();
    await expect(ask(redis.url, (client) => client.ping())).rejects.toThrow();
  });
});
