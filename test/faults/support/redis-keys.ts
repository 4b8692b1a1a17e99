/** Finds and deletes keys of a Redis server as a restore of an old backup would: behind the back of the service. */
import { Redis } from 'ioredis';
import { redisPassword } from './redis-process.ts';

/** Deletes every key but those that one of the patterns matches. How many it deleted. */
export async function deleteKeysBut(port: number, kept: readonly RegExp[]): Promise<number> {
  const client = new Redis({ host: '127.0.0.1', port, password: redisPassword });
  try {
    const keys = await client.keys('*');
    const lost = keys.filter((key) => !kept.some((pattern) => pattern.test(key)));
    for (let at = 0; at < lost.length; at += 500) await client.del(...lost.slice(at, at + 500));
    return lost.length;
  } finally {
    client.disconnect();
  }
}
