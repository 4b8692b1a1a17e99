/** The checker bites: a Redis that forgets what it acknowledged must be found out, for what it forgot. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { deleteKeysBut } from '../support/redis-keys.ts';
import { durable, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { runUnderLoad } from '../support/run-under-load.ts';

/** What a loss of decisions and policies must be found out by. */
const expected = ['acknowledged block gone', 'acknowledged revocation gone', 'acknowledged record gone'];

/** What keeps the service going, and the marks by which it would notice the loss itself. */
const kept = [
  /:(channel|client)s?(:|$)/,
  /:(place-keys|key-places|active-key-pair|signing-pairs)(:|$)/,
  /:(generation|beat|health)/,
];

const settleMs = 3000;

export const bites: Scenario = {
  name: 'bites',
  title: 'the checker finds a loss that was made on purpose',
  async run(run) {
    const redis = await startRedisProcess(durable);
    try {
      const violations = await runUnderLoad(run, {
        redis: toRedisSettings(redis.port),
        load: { perSecond: 150 },
        settleMs,
        async faults({ channels }, actions) {
          // Nobody lifts these.
          for (let index = 0; index < 20; index++)
            await actions.revoke({ viewerIds: [`shut-out-${index}`], channelArn: channels[0] ?? '' }, true);
          await sleep(run.choose(5000, 2500));
          // Back to what it was before the decisions: as after a restore of an old backup.
          const lost = await deleteKeysBut(redis.port, kept);
          run.say(`${lost} keys deleted`);
          await sleep(1000);
        },
      });
      const rules = new Set(violations.map(({ rule }) => rule));
      run.say(`found out by: ${[...rules].join(', ')} (${violations.length} times)`);
      for (const rule of expected)
        if (!rules.has(rule))
          run.violate([{ rule: 'the checker does not bite', message: `no "${rule}" after the loss` }]);
    } finally {
      await redis.end();
    }
  },
};
