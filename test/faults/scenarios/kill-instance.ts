/** kill -9 of an instance at random moments under a mixed load: what it left half done, the other one finishes. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { durable, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { runUnderLoad } from '../support/run-under-load.ts';

const maxAwayMs = 1500;
const maxUpMs = 1200;

export const killInstance: Scenario = {
  name: 'kill-instance',
  title: 'kill -9 of either instance at random moments',
  async run(run) {
    const kills = run.choose(50, 8);
    const redis = await startRedisProcess(durable);
    try {
      const violations = await runUnderLoad(run, {
        redis: toRedisSettings(redis.port),
        load: { perSecond: 150 },
        settleMs: run.choose(180_000, 60_000),
        async faults({ instances }) {
          for (let count = 0; count < kills; count++) {
            const instance = instances[randomInt(instances.length)];
            await instance?.kill();
            // Now and then it is away for longer than its claims and intents are waited for.
            await sleep(randomInt(maxAwayMs));
            await instance?.start();
            await sleep(randomInt(maxUpMs));
          }
        },
      });
      run.say(`${kills} kills`);
      run.violate(violations);
    } finally {
      await redis.end();
    }
  },
};
