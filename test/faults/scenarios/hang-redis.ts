/** Redis hangs (SIGSTOP): its connections stay open and nothing is answered. Refused in time, unready, and back when it goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { runOnOneRedis } from '../support/one-redis.ts';

export const hangRedis: Scenario = {
  name: 'hang-redis',
  title: 'SIGSTOP of Redis, short and long',
  run: (run) =>
    runOnOneRedis(run, async ({ redis, expectUnready, expectBack }) => {
      for (let round = 1; round <= run.choose(5, 1); round++) {
        // Shorter than the timeout of a command: nobody needs to notice.
        redis.pause();
        await sleep(300);
        redis.resume();
        await sleep(1000);
        redis.pause();
        await expectUnready(`stop ${round}`);
        redis.resume();
        await expectBack(`stop ${round}`);
        await sleep(1000);
      }
    }),
};
