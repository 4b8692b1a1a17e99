/** Slow, stalled, pipelining and flooding clients: memory stays bounded, and others wait at most three times as long. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run, Scenario } from '../scenario.ts';
import { type BadClients, badClients } from '../support/bad-clients.ts';
import { measureRate } from '../support/load-rate.ts';
import { watchMemory } from '../support/memory.ts';
import { forgetful, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { startWorld, type World } from '../support/world.ts';

const maxMb = 700;
const mostLate = 3;
/** A p99 of few milliseconds triples by chance: the machine is shared with those who do harm. */
const leastLateMs = 30;
const tries = 3;

export const greedyClients: Scenario = {
  name: 'greedy-clients',
  title: 'slow, stalled, pipelining and flooding clients beside good ones',
  async run(run) {
    const redis = await startRedisProcess(forgetful);
    const world = await startWorld({ redis: toRedisSettings(redis.port), instances: 1 });
    try {
      await measureGood(world, 2000);
      for (const kind of badClients) await runKind(run, world, kind);
    } finally {
      await world.end();
      await redis.end();
    }
  },
};

async function runKind(run: Run, world: World, { name, start }: BadClients): Promise<void> {
  const forMs = run.choose(15_000, 3000);
  for (let triesLeft = tries; ; triesLeft--) {
    const before = await measureGood(world, forMs);
    const memory = watchMemory(world.instances[0]?.pid ?? 0);
    const stop = start(world.instances[0]?.url ?? '', world.issuerKey);
    await sleep(500);
    const during = await measureGood(world, forMs);
    stop();
    const mostMb = Math.max(...memory.stop());
    run.say(
      `${name}: p99 of others ${before.p99Ms.toFixed(1)} ms before, ${during.p99Ms.toFixed(1)} ms during; at most ${mostMb} MB`,
    );
    const isLate = during.p99Ms > Math.max(before.p99Ms * mostLate, leastLateMs) || during.others > before.others;
    if (mostMb > maxMb) run.violate([{ rule: 'memory is not bounded', message: `${name}: ${mostMb} MB` }]);
    if (!isLate) return;
    // What happens once may be the machine's doing.
    if (triesLeft > 1) continue;
    const message = `${name}: p99 ${before.p99Ms.toFixed(1)} to ${during.p99Ms.toFixed(1)} ms, ${during.others} not served`;
    return run.violate([{ rule: 'others wait for greedy clients', message }]);
  }
}

function measureGood(world: World, forMs: number) {
  let count = 0;
  const next = () => ({ channelArn: world.channels[0], viewerId: `good-${count++ % 1000}` });
  return measureRate({ url: world.instances[0]?.url ?? '', key: world.issuerKey, next, inHand: 4, forMs });
}
