/** Redis is emptied under the service: noticed, said in the log, and refused instead of served as if it were new. */
import type { Scenario } from '../scenario.ts';
import { createActions } from '../support/actions.ts';
import { createExpectations } from '../support/expectations.ts';
import { waitForReadiness } from '../support/readiness.ts';
import { forgetful, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { adminKey, startWorld } from '../support/world.ts';

const readyWithinMs = 10_000;

export const emptiedRedis: Scenario = {
  name: 'emptied-redis',
  title: 'kill -9 of a Redis that keeps nothing on disk, which comes back empty',
  async run(run) {
    const redis = await startRedisProcess(forgetful);
    const world = await startWorld({ redis: toRedisSettings(redis.port) });
    try {
      const actions = createActions(world);
      const { expectBack, expectUnready } = createExpectations(run, world, actions);
      await expectBack('before');
      // The first look marks the store. Load balancers look all the time.
      await Promise.all(world.instances.map(({ url }) => waitForReadiness(url, true, readyWithinMs)));
      await actions.revoke({ viewerIds: ['v'], channelArn: world.channels[0] ?? '' }, true);
      await redis.kill();
      await redis.start();
      await expectUnready('emptied');
      for (const { index, logs } of world.instances) {
        const body = { viewerId: 'v', channelArn: world.channels[0] };
        const asked = { instance: index, operation: 'POST /v1/tokens', body, as: adminKey };
        const answer = await world.client.send(asked);
        run.say(`instance ${index} answers ${answer.status} ${answer.body?.code}`);
        if (answer.status !== 503 || !logs().includes('"store_replaced"'))
          run.violate([{ rule: 'an emptied store is not noticed', message: `instance ${index}: ${answer.status}` }]);
      }
    } finally {
      await world.end();
      await redis.end();
    }
  },
};
