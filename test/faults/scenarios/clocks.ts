/** Clocks 4 s apart and 2 s of latency to Redis: no version is handed out above the floor of a revocation that came later. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram, installProgram } from '../../support/programs.ts';
import type { Run, Scenario } from '../scenario.ts';
import { startDelayProxy } from '../support/delay-proxy.ts';
import { waitForReadiness } from '../support/readiness.ts';
import { durable, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { runUnderLoad } from '../support/run-under-load.ts';
import type { World } from '../support/world.ts';

/** Each way. */
const latencyMs = 1000;
/** The service looks at its clock at the start and every minute. */
const noticedWithinMs = 10_000;
const faketime = { names: ['faketime'], package: 'faketime', title: 'faketime' };

export const clocks: Scenario = {
  name: 'clocks',
  title: 'one instance 4 s ahead (then behind), the other 2 s away from Redis',
  async run(run) {
    const program = findProgram(faketime.names) ?? (await installProgram(faketime));
    for (const shift of run.choose(['+4s', '-4s'], ['+4s'])) await runShifted(run, shift, findPreload(program));
  },
};

/** The program starts another one and waits for it, which outlives it when it is killed: its library alone does the same in the process itself. */
function findPreload(program: string): string {
  return execFileSync(program, ['-f', '+0s', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).trim();
}

async function runShifted(run: Run, shift: string, preload: string): Promise<void> {
  const redis = await startRedisProcess(durable);
  const proxy = await startDelayProxy(redis.port, 0);
  try {
    const violations = await runUnderLoad(run, {
      redis: { ...toRedisSettings(redis.port), REDIS_TIMEOUT_MS: '10000' },
      ofInstance: [toRedisSettings(proxy.port)],
      commands: [[], ['env', `LD_PRELOAD=${preload}`, `FAKETIME=${shift}`]],
      // So few that each is asked for at both instances while it is revoked.
      load: { perSecond: 100, viewers: 30 },
      settleMs: run.choose(180_000, 60_000),
      unready: [1],
      async faults(world) {
        await expectUnready(run, world, shift);
        proxy.delayMs = latencyMs;
        await sleep(run.choose(60_000, 12_000));
        proxy.delayMs = 0;
        // What was held back comes first.
        await sleep(latencyMs * 2);
      },
    });
    run.violate(violations);
  } finally {
    await proxy.close();
    await redis.end();
  }
}

async function expectUnready(run: Run, { instances }: World, shift: string): Promise<void> {
  const isUnready = await waitForReadiness(instances[1]?.url ?? '', false, noticedWithinMs);
  if (isUnready) run.say(`the instance whose clock is ${shift} off says that it is not ready`);
  else run.violate([{ rule: 'a wrong clock is not noticed', message: `${shift} and ready` }]);
}
