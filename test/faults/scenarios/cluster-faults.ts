/** A Redis Cluster under load: a master is killed, and slots move with home and cells in them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cellCount, toCellPrefix, toHomePrefix } from '../../../src/adapters/redis-store/cells.ts';
import type { LossWindow } from '../history.ts';
import type { Run, Scenario } from '../scenario.ts';
import { type RedisCluster, startRedisCluster } from '../support/cluster.ts';
import { createExpectations, type Expectations } from '../support/expectations.ts';
import { sayLosses } from '../support/losses.ts';
import type { RedisProcess } from '../support/redis-process.ts';
import { toClusterSettings } from '../support/redis-settings.ts';
import { runUnderLoad } from '../support/run-under-load.ts';

const keyspace = 'playgate';
const replicationLagMs = 2000;

export const clusterFaults: Scenario = {
  name: 'cluster',
  title: 'Redis Cluster of 3 masters with replicas: a master killed, slots moved; REDIS_WAIT_REPLICAS=1',
  async run(run) {
    const cluster = await startRedisCluster();
    const lossWindows: LossWindow[] = [];
    try {
      const violations = await runUnderLoad(run, {
        redis: toClusterSettings(
          cluster.nodes.map(({ port }) => port),
          1,
        ),
        load: { perSecond: 100 },
        settleMs: run.choose(180_000, 60_000),
        lossWindows,
        async faults(world, actions) {
          const expectations = createExpectations(run, world, actions);
          const kill = (node: RedisProcess) => killMaster(run, cluster, node, lossWindows, expectations);
          for (let round = 1; round <= run.choose(5, 1); round++) {
            await moveSlots(run, cluster);
            await expectations.expectBack(`slots moved ${round}`);
            // Home once, then a node that has cells only.
            const home = await cluster.findOwner(toHomePrefix(keyspace));
            const other = (await cluster.findMasters()).find((node) => node !== home);
            for (const node of run.choose([home, other], [round % 2 === 1 ? home : other]))
              if (node !== undefined) await kill(node);
            await sleep(1000);
          }
        },
      });
      run.violate(sayLosses(run, violations));
    } finally {
      await cluster.end();
    }
  },
};

async function killMaster(
  run: Run,
  cluster: RedisCluster,
  node: RedisProcess,
  lossWindows: LossWindow[],
  { expectTokens, expectBack }: Expectations,
): Promise<void> {
  const beganMs = performance.now() - replicationLagMs;
  await node.kill();
  const tookMs = await cluster.waitForFailover(node);
  lossWindows.push({ beganMs, endedMs: performance.now() + replicationLagMs });
  run.say(`the Cluster took ${Math.round(tookMs)} ms to replace a master`);
  await expectTokens('master replaced');
  await node.start();
  await cluster.waitForReplicas();
  await expectBack('replicas back');
}

/** Moves the slot of home and those of some cells on the same node to another master. */
async function moveSlots(run: Run, cluster: RedisCluster): Promise<void> {
  const from = await cluster.findOwner(toHomePrefix(keyspace));
  const to = (await cluster.findMasters()).find((node) => node !== from);
  if (to === undefined) throw new Error('there is no other master');
  const slots = [await cluster.keySlot(toHomePrefix(keyspace))];
  for (let cell = 0; cell < cellCount && slots.length < run.choose(12, 6); cell++) {
    const prefix = toCellPrefix(keyspace, cell);
    if ((await cluster.findOwner(prefix)) === from) slots.push(await cluster.keySlot(prefix));
  }
  const beganMs = performance.now();
  await cluster.moveSlots(slots, from, to);
  run.say(`${slots.length} slots moved in ${Math.round(performance.now() - beganMs)} ms, home among them`);
}
