/** Redis refuses writes while its connections are kept: out of memory, demoted in place (READONLY), cut off from its master (MASTERDOWN). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { runOnOneRedis } from '../support/one-redis.ts';
import { choosePort } from '../support/redis-process.ts';

export const outOfMemory: Scenario = {
  name: 'out-of-memory',
  title: 'maxmemory with noeviction: every write is refused with OOM',
  run: (run) =>
    runOnOneRedis(run, async ({ redis, expectUnready, expectBack }) => {
      await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
      for (let round = 1; round <= run.choose(5, 1); round++) {
        await redis.command('CONFIG', 'SET', 'maxmemory', '100kb');
        await expectUnready(`out of memory ${round}`);
        await sleep(1000);
        await redis.command('CONFIG', 'SET', 'maxmemory', '0');
        await expectBack(`memory again ${round}`);
        await sleep(1000);
      }
    }),
};

export const readOnly: Scenario = {
  name: 'read-only',
  title: 'demoted in place: READONLY, then MASTERDOWN, connections kept',
  run: (run) =>
    runOnOneRedis(run, async ({ redis, expectUnready, expectBack }) => {
      for (let round = 1; round <= run.choose(5, 1); round++) {
        for (const [answer, stale] of [
          ['READONLY', 'yes'],
          ['MASTERDOWN', 'no'],
        ] as const) {
          await redis.command('CONFIG', 'SET', 'replica-serve-stale-data', stale);
          // Nobody is there: what it holds stays as it is.
          await redis.command('REPLICAOF', '127.0.0.1', await choosePort());
          await expectUnready(`${answer} ${round}`);
          await redis.command('REPLICAOF', 'NO', 'ONE');
          await expectBack(`master again ${round}`);
          await sleep(500);
        }
      }
    }),
};
