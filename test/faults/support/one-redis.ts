/** A scenario with one Redis server that keeps everything on disk, and faults of that server or of the way to it. */
import type { Run } from '../scenario.ts';
import type { Actions } from './actions.ts';
import { createExpectations, type Expectations } from './expectations.ts';
import { durable, type RedisProcess, startRedisProcess } from './redis-process.ts';
import { toRedisSettings } from './redis-settings.ts';
import { runUnderLoad, type UnderLoadOptions } from './run-under-load.ts';
import type { World } from './world.ts';

/** What the faults of such a scenario are made with. */
export interface Stage extends Expectations {
  readonly redis: RedisProcess;
  readonly world: World;
  readonly actions: Actions;
}

/** Runs it under a mixed load and notes what was broken. */
export async function runOnOneRedis(
  run: Run,
  faults: (stage: Stage) => Promise<void>,
  options: Pick<UnderLoadOptions, 'refusedChannels'> = {},
): Promise<void> {
  const redis = await startRedisProcess(durable);
  try {
    const violations = await runUnderLoad(run, {
      redis: toRedisSettings(redis.port),
      load: { perSecond: 120 },
      settleMs: run.choose(180_000, 60_000),
      ...options,
      faults: (world, actions) => faults({ redis, world, actions, ...createExpectations(run, world, actions) }),
    });
    run.violate(violations);
  } finally {
    await redis.end();
  }
}
