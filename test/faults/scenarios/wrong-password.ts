/** The password of Redis is changed under the service: refused and unready, the password in no log, and back with the old one. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { runOnOneRedis } from '../support/one-redis.ts';
import { redisPassword, sendCommand } from '../support/redis-process.ts';

const otherPassword = 'another-password-of-the-fault-runs';

export const wrongPassword: Scenario = {
  name: 'wrong-password',
  title: 'another password, and every connection cut',
  run: (run) =>
    runOnOneRedis(run, async ({ redis, world, expectUnready, expectBack }) => {
      world.secrets.add(otherPassword);
      for (let round = 1; round <= run.choose(5, 1); round++) {
        await redis.command('CONFIG', 'SET', 'requirepass', otherPassword);
        await sendCommand(redis.port, ['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'], otherPassword);
        await expectUnready(`wrong password ${round}`);
        await sendCommand(redis.port, ['CONFIG', 'SET', 'requirepass', redisPassword], otherPassword);
        await expectBack(`right password ${round}`);
        await sleep(1000);
      }
    }),
};
