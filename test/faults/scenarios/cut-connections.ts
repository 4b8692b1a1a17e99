/** CLIENT KILL and SCRIPT FLUSH: connections are cut and scripts forgotten while requests are on their way. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { runOnOneRedis } from '../support/one-redis.ts';

export const cutConnections: Scenario = {
  name: 'cut-connections',
  title: 'CLIENT KILL of every connection, and SCRIPT FLUSH',
  run: (run) =>
    runOnOneRedis(run, async ({ redis, expectBack }) => {
      for (let round = 1; round <= run.choose(40, 8); round++) {
        await redis.command('SCRIPT', 'FLUSH', 'SYNC');
        await sleep(300);
        await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await redis.command('SCRIPT', 'FLUSH', 'SYNC');
        await sleep(400);
      }
      await expectBack('after the last cut');
    }),
};
