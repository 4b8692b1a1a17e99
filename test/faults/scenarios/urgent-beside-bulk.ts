/** A channel with tens of thousands of viewers and a list of 10,000 are being told to IVS: a single viewer's revocation arrives within a second all the same. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run, Scenario } from '../scenario.ts';
import { type Actions, createActions } from '../support/actions.ts';
import { fillViewers } from '../support/fill-crowd.ts';
import { forgetful, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { adminKey, startWorld, type World } from '../support/world.ts';

const listed = 10_000;
/** Below the ten single calls a second that IVS takes, and not in step with the batches. */
const everyMs = 270;
const warmUpMs = 3000;
const pollMs = 10;
const patienceMs = 10_000;
const maxP99Ms = 1000;

export const urgentBesideBulk: Scenario = {
  name: 'urgent-beside-bulk',
  title: 'single viewers are revoked while everyone on a channel and a list of 10,000 are being told to IVS',
  async run(run) {
    const redis = await startRedisProcess(forgetful);
    const world = await startWorld({ redis: toRedisSettings(redis.port) });
    try {
      const [channelArn = ''] = world.channels;
      const nowSeconds = Math.floor(Date.now() / 1000);
      await fillViewers({ port: redis.port, channelArn, viewers: run.choose(100_000, 20_000), nowSeconds });
      const actions = createActions(world);
      const viewerIds = Array.from({ length: listed }, (_, index) => `listed-${index}`);
      const bulk = [
        await actions.revoke({ viewerIds: null, channelArn }, false),
        await actions.revoke({ viewerIds, channelArn }, false),
      ];
      await sleep(warmUpMs);
      await measureUrgent(run, world, actions, run.choose(300, 60));
      await checkBulk(run, world, bulk);
    } finally {
      await world.end();
      await redis.end();
    }
  },
};

async function measureUrgent(run: Run, world: World, actions: Actions, count: number): Promise<void> {
  const [channelArn = ''] = world.channels;
  const waits: Promise<number>[] = [];
  for (let index = 0; index < count; index++) {
    waits.push(measureOne(world, actions, { viewerIds: [`urgent-${index}`], channelArn }));
    await sleep(everyMs);
  }
  const sorted = (await Promise.all(waits)).toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  const [median, p99] = [at(0.5), at(0.99)];
  run.say(`${count} urgent ones from the acknowledgement to IVS's answer: median ${toMs(median)}, p99 ${toMs(p99)}`);
  // Written so that one that never arrived, which is not a number, is too late as well.
  if (!(p99 < maxP99Ms)) run.violate([{ rule: 'an urgent delivery is late', message: `p99 ${toMs(p99)}` }]);
}

/** Milliseconds from the acknowledgement of a revocation until it is seen to be delivered. */
async function measureOne(
  world: World,
  actions: Actions,
  target: { readonly viewerIds: readonly string[]; readonly channelArn: string },
): Promise<number> {
  const { status, endedMs, facts } = await actions.revokeOnce(target, false);
  if (status !== 201) return Number.POSITIVE_INFINITY;
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await sleep(pollMs))
    if ((await loadRevocation(world, String(facts.revocationId)))?.delivery.delivered === 1)
      return performance.now() - endedMs;
  return Number.POSITIVE_INFINITY;
}

/** Else nothing was beside the urgent ones. */
async function checkBulk(run: Run, world: World, ids: readonly (string | undefined)[]): Promise<void> {
  for (const id of ids) {
    const revocation = id === undefined ? undefined : await loadRevocation(world, id);
    const { delivery, progress } = revocation ?? {};
    run.say(`bulk: ${delivery?.delivered} delivered, ${progress?.walked} looked at`);
    if (delivery?.delivered === 0 || progress?.done !== false)
      run.violate([{ rule: 'no bulk was under way', message: JSON.stringify(revocation) }]);
  }
}

interface SeenRevocation {
  readonly delivery: { readonly delivered: number };
  readonly progress: { readonly walked: number; readonly done: boolean } | null;
}

async function loadRevocation(world: World, id: string): Promise<SeenRevocation | undefined> {
  const operation = 'GET /v1/admin/revocations/{id}';
  const heard = await world.client.send({ instance: world.pickInstance(), operation, params: [id], as: adminKey });
  return heard.status === 200 ? heard.body : undefined;
}

function toMs(ms: number): string {
  return `${Math.round(ms)} ms`;
}
