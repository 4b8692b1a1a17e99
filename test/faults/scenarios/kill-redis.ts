/** kill -9 of Redis at random moments under a mixed load, with `appendonly yes` and `appendfsync always`: nothing acknowledged is lost. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { runOnOneRedis } from '../support/one-redis.ts';

const maxAwayMs = 1000;
const maxUpMs = 2500;

export const killRedis: Scenario = {
  name: 'kill-redis',
  title: 'kill -9 of Redis with appendfsync always',
  run: (run) =>
    runOnOneRedis(run, async ({ redis, expectBack }) => {
      for (let kill = 1; kill <= run.choose(20, 3); kill++) {
        await redis.kill();
        await sleep(randomInt(maxAwayMs));
        await redis.start();
        await expectBack(`kill ${kill}`);
        await sleep(randomInt(maxUpMs));
      }
    }),
};
