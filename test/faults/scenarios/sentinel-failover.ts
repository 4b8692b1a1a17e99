/** kill -9 of the master behind Sentinels: with `REDIS_WAIT_REPLICAS=1` no acknowledged decision is lost, also when the stream to the replica was cut before. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LossWindow, Violation } from '../history.ts';
import type { Run, Scenario } from '../scenario.ts';
import type { Actions } from '../support/actions.ts';
import { createExpectations, type Expectations } from '../support/expectations.ts';
import { sayLosses } from '../support/losses.ts';
import { toSentinelSettings } from '../support/redis-settings.ts';
import { runUnderLoad } from '../support/run-under-load.ts';
import { type SentinelSetup, startSentinelSetup } from '../support/sentinel.ts';
import type { World } from '../support/world.ts';

const decisionsAfterCut = 80;
/** What a master may have acknowledged and not yet sent when it dies. */
const replicationLagMs = 2000;

/** What of a broken promise asynchronous replication explains. The rest of a run without WAIT must hold all the same. */
const explainedByLoss = [
  'acknowledged block gone',
  'acknowledged revocation gone',
  'acknowledged record gone',
  'a session outlived its revocation',
  'token to a blocked viewer',
  'a token was dead at birth',
  // A lifting that was lost leaves its block.
  'no token without a block',
];

export const sentinelFailover: Scenario = {
  name: 'sentinel-failover',
  title: 'kill -9 of the master behind three Sentinels, REDIS_WAIT_REPLICAS=1',
  run: (run) => withSentinels((setup) => runFailovers(run, setup)),
};

export const sentinelCut: Scenario = {
  name: 'sentinel-cut',
  title: 'the stream to the replica is cut, decisions are asked for, the master dies; REDIS_WAIT_REPLICAS=1 and 0',
  async run(run) {
    await withSentinels(async (setup) => run.violate(await runCut(run, setup, 1)));
    await withSentinels(async (setup) => {
      const violations = await runCut(run, setup, 0);
      const gone = violations.filter(({ rule }) => rule === 'acknowledged revocation gone').length;
      run.say(
        `without REDIS_WAIT_REPLICAS: ${violations.length} broken promises, ${gone} lookups of a lost revocation`,
      );
      if (gone === 0) run.violate([{ rule: 'the checker does not bite', message: 'nothing was lost without WAIT' }]);
      run.violate(violations.filter(({ rule }) => !explainedByLoss.includes(rule)));
    });
  },
};

async function withSentinels(use: (setup: SentinelSetup) => Promise<void>): Promise<void> {
  const setup = await startSentinelSetup();
  try {
    await use(setup);
  } finally {
    await setup.end();
  }
}

async function runFailovers(run: Run, setup: SentinelSetup): Promise<void> {
  const lossWindows: LossWindow[] = [];
  const violations = await runUnderLoad(run, {
    redis: toSentinelSettings(setup, 1),
    load: { perSecond: 100 },
    settleMs: run.choose(180_000, 60_000),
    lossWindows,
    async faults(world, actions) {
      const expectations = createExpectations(run, world, actions);
      for (let failover = 1; failover <= run.choose(10, 1); failover++) {
        await fail(run, setup, lossWindows, expectations);
        await sleep(1000);
      }
    },
  });
  run.violate(sayLosses(run, violations));
}

/** Kills the master, waits for the other one, and brings the first one back as its replica. */
async function fail(
  run: Run,
  setup: SentinelSetup,
  lossWindows: LossWindow[],
  { expectTokens, expectBack }: Expectations,
  beganMs = performance.now() - replicationLagMs,
): Promise<void> {
  const master = await setup.findMaster();
  await master.kill();
  const tookMs = await setup.waitForFailover(master);
  lossWindows.push({ beganMs, endedMs: performance.now() + replicationLagMs });
  run.say(`the Sentinels took ${Math.round(tookMs)} ms`);
  await expectTokens('the replica is the master');
  await master.start();
  await setup.waitForReplica();
  await expectBack('the old master is its replica');
}

async function runCut(run: Run, setup: SentinelSetup, waitReplicas: number): Promise<readonly Violation[]> {
  const lossWindows: LossWindow[] = [];
  const violations = await runUnderLoad(run, {
    redis: toSentinelSettings(setup, waitReplicas),
    load: { perSecond: 50 },
    lossWindows,
    async faults(world, actions) {
      const expectations = createExpectations(run, world, actions);
      const cutMs = performance.now();
      await setup.cutReplication();
      await decide(run, world, actions, waitReplicas);
      await fail(run, setup, lossWindows, expectations, cutMs);
    },
  });
  return sayLosses(run, violations);
}

/** Asks for decisions once each, as fast as the answers come. */
async function decide(run: Run, world: World, actions: Actions, waitReplicas: number): Promise<void> {
  const asked = await Promise.all(
    Array.from({ length: decisionsAfterCut }, (_, index) =>
      actions.revokeOnce({ viewerIds: [`cut-${index}`], channelArn: world.channels[0] ?? '' }, true, index % 2),
    ),
  );
  const acknowledged = asked.filter(({ status }) => status === 201).length;
  run.say(`REDIS_WAIT_REPLICAS=${waitReplicas}: ${acknowledged} of ${asked.length} acknowledged after the cut`);
}
