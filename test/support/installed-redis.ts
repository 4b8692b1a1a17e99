/** Sees to it that Redis is there before the first file that starts servers of its own. */
import { ensureRedis } from './redis-server.ts';

export default async function setUp(): Promise<void> {
  await ensureRedis();
}
