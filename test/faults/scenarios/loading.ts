/** Redis takes connections while it loads its data, and answers LOADING: refused, unready, and back when it has loaded. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { runOnOneRedis } from '../support/one-redis.ts';

const loadMs = 3000;
/** Each command in the append-only file is delayed by so many microseconds, which Redis has for its own tests. */
const slowly = (commands: number) => [
  '--key-load-delay',
  String(Math.round((loadMs * 1000) / commands)),
  '--loading-process-events-interval-bytes',
  '1024',
];

export const loading: Scenario = {
  name: 'loading',
  title: `kill -9 of Redis, which then answers LOADING for ${loadMs / 1000} s`,
  run: (run) =>
    runOnOneRedis(run, async ({ redis, expectUnready, expectBack }) => {
      for (let round = 1; round <= run.choose(5, 1); round++) {
        await sleep(1000);
        const keys = Number(await redis.command('DBSIZE'));
        await redis.kill();
        await redis.start(slowly(Math.max(keys, 1)), false);
        await expectUnready(`loading ${round}`);
        await waitUntilLoaded(() => redis.command('PING'));
        await expectBack(`loaded ${round}`);
      }
    }),
};

async function waitUntilLoaded(ping: () => Promise<unknown>): Promise<void> {
  while ((await ping().catch(() => undefined)) !== 'PONG') await sleep(50);
}
