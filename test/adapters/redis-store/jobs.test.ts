/** Jobs and queues in Redis, beyond the contract: several instances at one walk, instances that die on the way, how much each script does, and what is left. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toCell, toHomePrefix, toShortArn } from '../../../src/adapters/redis-store/cells.ts';
import { createDeliveryStore } from '../../../src/adapters/redis-store/deliveries.ts';
import type { Keyspace } from '../../../src/adapters/redis-store/keyspace.ts';
import type { RedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import type { ScriptName } from '../../../src/adapters/redis-store/scripts.ts';
import { toRegion, type ViewerId } from '../../../src/ids.ts';
import { type Delivery, toBudget } from '../../../src/revocations/delivery.ts';
import type { DeliveryStore } from '../../../src/revocations/ports.ts';
import type { RevocationTarget } from '../../../src/revocations/record.ts';
import { claim, claimDeliveries, revoke, settle, toPairs } from '../../contracts/store/steps.ts';
import { isWalking, settleAll, toBatch } from '../../support/drain-deliveries.ts';
import { letSign } from '../../support/key-pairs.ts';
import { euWest1, nowSeconds, toChannelArn, toCrowd, toListTarget, toViewerId } from '../../support/records.ts';
import { type OpenedStore, type OwnRedis, startOwnRedis } from './own-redis.ts';

const news = toChannelArn('news');
const budget = toBudget(news);
const crowd = toCrowd(100);

let server: OwnRedis;
let redis: OwnRedis['redis'];
let name: string;
let store: OpenedStore['store'];
let keyspace: Keyspace;
let close: OpenedStore['close'];

beforeAll(async () => {
  server = await startOwnRedis();
  ({ redis } = server);
});
afterAll(() => server.stop());
beforeEach(() => {
  ({ name, store, keyspace, close } = server.openStore());
});
afterEach(() => close());

/** Another instance, where something happens before each run of a script at home. */
function openInstance(before: (script: ScriptName) => Promise<void>): RedisStore {
  const deliveries = createDeliveryStore({
    ...keyspace,
    async home(script, ...args) {
      await before(script);
      return keyspace.home(script, ...args);
    },
  });
  return { ...store, deliveries };
}

async function watchAll(
  viewerIds: readonly ViewerId[],
  { channelArn = news, sessionVersion = nowSeconds(), channelFloor = 0 } = {},
) {
  const keyPairId = await letSign(store, toRegion(channelArn));
  for (let first = 0; first < viewerIds.length; first += 200)
    await Promise.all(
      viewerIds.slice(first, first + 200).map((viewerId) => {
        const session = { viewerId, channelArn, sessionVersion, issuedAt: nowSeconds(), channelFloor, keyPairId };
        return store.issuance.recordSession(session);
      }),
    );
}

/** Claims and settles until nothing is left to walk. */
async function deliverAll(instance: RedisStore): Promise<readonly Delivery[]> {
  const delivered: Delivery[] = [];
  for (;;) {
    const batch = await claim(instance);
    if (batch !== undefined) {
      delivered.push(...batch.deliveries);
      await settleAll(instance, batch, { kind: 'delivered' });
    } else if (!(await isWalking(instance))) return delivered;
  }
}

/** Puts deliveries of no revocation that is there into the queue of what jobs found. */
async function queueMany(count: number, dueAtMs: number): Promise<void> {
  const members = toCrowd(count, 'queued').flatMap((viewerId) => [dueAtMs, `gone|1|${news}|${viewerId}`]);
  await redis.zadd(`${toHomePrefix(name)}budgets`, 'NX', 0, budget);
  await redis.zadd(`${toHomePrefix(name)}queue:bulk:${budget}`, ...members);
}

const everyone: RevocationTarget = { scope: 'channel', channelArn: news };
const crowdOnNews = crowd.map((viewerId) => ({ viewerId, channelArn: news }));

const walksOfOneBudget = [
  { what: 'a channel', target: everyone, listed: [] },
  { what: 'a list on a channel', target: toListTarget(crowd, news), listed: crowd },
];

describe.each([...walksOfOneBudget, { what: 'a list everywhere', target: toListTarget(crowd), listed: crowd }])(
  'the walk of $what',
  ({ target, listed }) => {
    beforeEach(() => watchAll(crowd));

    it('finds each viewer once when several instances are at it', async () => {
      const { id } = await revoke(store, target, {}, listed);
      const found = await Promise.all([1, 2, 3].map(() => deliverAll(store)));
      expect(toPairs(found.flat())).toEqual(toPairs(crowdOnNews));
      expect(await store.revocations.get(id)).toMatchObject({
        delivery: { pending: 0, delivered: crowd.length, failed: 0 },
        progress: { done: true, walked: crowd.length },
      });
    });

    it('drops what was found where another instance was faster', async () => {
      await revoke(store, target, {}, listed);
      const faster: Delivery[] = [];
      const slow = openInstance(async (script) => {
        if (script === 'advance-job' && faster.length === 0) faster.push(...(await claimDeliveries(store)));
      });
      const slower = await claimDeliveries(slow);
      expect([faster.length, slower.length]).toEqual([20, 20]);
      expect(new Set(toPairs([...faster, ...slower])).size).toBe(40);
    });

    it('loses nobody, and holds nobody up longer than the pace, when an instance dies on the way', async () => {
      await revoke(store, target, {}, listed);
      const nowMs = Date.now();
      const dying = openInstance(async (script) => {
        if (script === 'advance-job') throw new Error('died');
      });
      await expect(claim(dying, { nowMs, paceMs: 500 })).rejects.toThrow('died');
      expect(await claimDeliveries(store, { nowMs: nowMs + 500 })).toHaveLength(20);
      const left = await deliverAll(store);
      expect(left).toHaveLength(crowd.length - 20);
    });

    it('leaves no key of a queue behind, nor of a job', async () => {
      await revoke(store, target, {}, listed);
      const delivered = await deliverAll(store);
      expect(delivered).toHaveLength(crowd.length);
      expect(await listQueueKeys()).toEqual([]);
    });
  },
);

describe.each(walksOfOneBudget)('the walk of $what, as long as much waits for its budget,', ({ target, listed }) => {
  beforeEach(() => watchAll(crowd));

  it('looks for no more while 10,000 that were found are not settled', async () => {
    const { id } = await revoke(store, target, {}, listed);
    await queueMany(9950, Date.now() + 3_600_000);
    const sizes: number[] = [];
    for (let size = 30; size > 0; ) {
      size = (await claimDeliveries(store, { limit: 30 })).length;
      sizes.push(size);
    }
    expect(sizes).toEqual([30, 30, 0]);
    expect((await store.revocations.get(id))?.delivery.pending).toBe(60);
  });

  it('looks for no more while 200 are due', async () => {
    const { id } = await revoke(store, target, {}, listed);
    await queueMany(250, Date.now());
    expect(await claimDeliveries(store, { limit: 20 })).toHaveLength(0);
    expect((await store.revocations.get(id))?.progress?.walked).toBe(0);
    expect(await claimDeliveries(store, { limit: 20 })).toHaveLength(0);
    expect(await claimDeliveries(store, { limit: 20 })).not.toHaveLength(0);
  });
});

describe('the walk of a list whose decision is made once more, at a higher floor', () => {
  it('begins again, and tells nobody of a floor that was read before', async () => {
    const target = toListTarget(crowd, news);
    const { id, floor } = await revoke(store, target, {}, crowd);
    let raised = 0;
    const slow = openInstance(async (script) => {
      if (script !== 'advance-job' || raised > 0) return;
      const viewerId = crowd[0] ?? toViewerId('nobody');
      raised = (await revoke(store, { scope: 'viewer_on_channel', viewerId, channelArn: news })).floor;
      await keyspace.durable.home('finish-revocation', id, raised);
    });
    await claim(slow);
    const own = (await deliverAll(store)).filter(({ revocationId }) => revocationId === id);
    expect(raised).toBeGreaterThan(floor);
    const bulk = await redis.zrange(`${toHomePrefix(name)}queue:bulk:us-west-2:123456789012`, 0, '-1');
    const told = [...own.map(toTold), ...bulk.map((member) => member.split('|').slice(0, 4).join('|'))];
    expect(told.filter((text) => text.endsWith(`|${crowd[0]}`))).toEqual([`${id}|${raised}|${news}|${crowd[0]}`]);
    expect((await store.revocations.get(id))?.progress).toEqual({ done: true, walked: crowd.length });
  });
});

describe('the walk of a list', () => {
  it('tells IVS of the floor of its decision where the own floor of a viewer has ended', async () => {
    const target = toListTarget(crowd, news);
    const { floor } = await revoke(store, target, {}, crowd);
    const records = await redis.keys(`{${name}:*}:v:*`);
    expect(records).toHaveLength(crowd.length);
    for (const record of records) await redis.hdel(record, `f:${toShortArn(news)}`);
    const told = await deliverAll(store);
    expect(told).toHaveLength(crowd.length);
    expect(new Set(told.map((delivery) => delivery.floor))).toEqual(new Set([floor]));
  });

  it('gives way to another behind ten that have enough to deliver', async () => {
    for (let index = 0; index < 10; index++) {
      const { id } = await revoke(store, toListTarget([toViewerId(`busy-${index}`)]), {}, [
        toViewerId(`busy-${index}`),
      ]);
      await redis.hset(`${toHomePrefix(name)}revocation:${id}`, 'pending', 20_000);
    }
    await watchAll(crowd);
    const { id } = await revoke(store, toListTarget(crowd), {}, crowd);
    const found: Delivery[] = [];
    for (let count = 0; count < crowd.length / 20 + 5; count++) found.push(...(await claimDeliveries(store)));
    expect(found.filter(({ revocationId }) => revocationId === id)).toHaveLength(crowd.length);
  });
});

describe('a queue in Redis', () => {
  it('drops deliveries of a revocation whose record is gone, and the job of one', async () => {
    await watchAll(crowd);
    const single = await revoke(store, { scope: 'viewer_on_channel', viewerId: toViewerId('anna'), channelArn: news });
    const whole = await revoke(store, everyone);
    for (const { id } of [single, whole]) await redis.del(`${toHomePrefix(name)}revocation:${id}`);
    for (const lane of ['batch', 'single'] as const) expect(await claim(store, { lane })).toBeUndefined();
    expect(await listQueueKeys()).toEqual([]);
  });

  it('counts a failure once that comes twice, so that none is left when it is sent again', async () => {
    const { id } = await revoke(store, { scope: 'viewer_on_channel', viewerId: toViewerId('anna'), channelArn: news });
    const queue = `${toHomePrefix(name)}queue:urgent:${budget}`;
    const [member = ''] = await redis.zrange(queue, 0, '-1');
    for (const pending of [1, 1]) {
      await redis.zadd(queue, 0, member);
      await redis.zadd(`${toHomePrefix(name)}budgets`, 'NX', 0, budget);
      await redis.hset(`${toHomePrefix(name)}revocation:${id}`, 'pending', pending);
      for (const delivery of await claimDeliveries(store))
        await settle(store, delivery, { kind: 'failed', reason: 'gone' });
    }
    expect((await store.revocations.get(id))?.delivery).toEqual({ pending: 0, delivered: 0, failed: 1 });
    expect(await store.revocations.retryFailed(id, Date.now())).toBe(1);
    expect(await deliverAll(store)).toHaveLength(1);
    expect((await store.revocations.get(id))?.delivery).toEqual({ pending: 0, delivered: 1, failed: 0 });
  });

  it('keeps at most 10,000 that failed, and counts them all', async () => {
    const { id } = await revoke(store, { scope: 'viewer_on_channel', viewerId: toViewerId('anna'), channelArn: news });
    const failed = toCrowd(10_000, 'failed').flatMap((viewerId) => [0, `1|${news}|${viewerId} gone`]);
    await redis.zadd(`${toHomePrefix(name)}failed:${id}`, ...failed);
    const [delivery] = await claimDeliveries(store);
    if (delivery === undefined) throw new Error('a delivery was due');
    await settle(store, delivery, { kind: 'failed', reason: 'gone' });
    expect(await redis.zcard(`${toHomePrefix(name)}failed:${id}`)).toBe(10_000);
    expect((await store.revocations.get(id))?.delivery).toEqual({ pending: 0, delivered: 0, failed: 1 });
  });
});

describe('no script calls Redis more than a thousand times', () => {
  // As many in one cell as of a channel that has 64 times as many viewers.
  const inOneCell = toCrowd(90_000, 'crowd')
    .filter((viewerId) => toCell(viewerId) === 7)
    .slice(0, 1000);

  it('in the walk of a channel with a thousand in one hour and one cell, each above the floor', async () => {
    await watchAll(inOneCell, { sessionVersion: nowSeconds() + 1000 });
    await revoke(store, everyone);
    const { most, found } = await measureAll();
    expect(found).toHaveLength(inOneCell.length);
    expectBounded(most, ['claim-deliveries', 'find-ledger-sets', 'walk-ledger', 'advance-job', 'settle-deliveries']);
  });

  it('in the walk of a channel with a thousand in one hour and one cell, of whom nobody is to be told', async () => {
    const { id, floor } = await revoke(store, everyone);
    await watchAll(inOneCell, { sessionVersion: floor + 1, channelFloor: floor });
    const { most, found } = await measureAll();
    expect(found).toEqual([]);
    expect((await store.revocations.get(id))?.progress).toEqual({ done: true, walked: inOneCell.length });
    expectBounded(most, ['claim-deliveries', 'find-ledger-sets', 'walk-ledger', 'advance-job']);
  });

  it('in the walk of a list of viewers who are on a hundred channels each', async () => {
    const viewers = toCrowd(6);
    for (let index = 0; index < 100; index++)
      await watchAll(viewers, { channelArn: toChannelArn(`channel-${index}`, index % 2 === 0 ? undefined : euWest1) });
    await revoke(store, toListTarget(viewers), {}, viewers);
    const { most, found } = await measureAll();
    expect(found).toHaveLength(600);
    expectBounded(most, ['claim-deliveries', 'find-own-floors', 'advance-job', 'settle-deliveries']);
  });

  it('when a thousand that failed are made pending again', async () => {
    await watchAll(inOneCell);
    const { id } = await revoke(store, everyone);
    await measureAll({ kind: 'failed', reason: 'gone' });
    expect(await store.revocations.retryFailed(id, Date.now())).toBe(inOneCell.length);
    const { most, found } = await measureAll();
    expect(found).toHaveLength(inOneCell.length);
    expectBounded(most, ['claim-deliveries', 'settle-deliveries']);
  });
});

function expectBounded(most: ReadonlyMap<ScriptName, number>, expected: readonly ScriptName[]): void {
  for (const script of expected) expect(most.get(script)).toBeGreaterThan(0);
  expect(Math.max(...most.values())).toBeLessThan(1000);
}

/** Claims and settles everything, as many at a time as a claim may take. Answers the most calls that each script made at once. */
async function measureAll(outcome: Parameters<typeof settle>[2] = { kind: 'delivered' }) {
  const most = new Map<ScriptName, number>();
  const deliveries: DeliveryStore = createDeliveryStore(createMeter(most));
  const found: Delivery[] = [];
  for (;;) {
    const claim = { lane: 'batch', nowMs: Date.now(), limit: 200, paceMs: 0, leaseMs: 60_000 } as const;
    const batch = toBatch(await deliveries.claim(claim));
    if (batch !== undefined) {
      found.push(...batch.deliveries);
      await settleAll({ deliveries }, batch, outcome);
    } else if (!(await isWalking(store))) return { most, found };
  }
}

/** The keyspace with one script running at a time, each measured. */
function createMeter(most: Map<ScriptName, number>): Keyspace {
  let before: Promise<unknown> = Promise.resolve();
  function measure(script: ScriptName, run: () => Promise<unknown>): Promise<unknown> {
    const answer = before.then(async () => {
      const calls = await countCalls();
      const result = await run();
      most.set(script, Math.max(most.get(script) ?? 0, (await countCalls()) - calls));
      return result;
    });
    before = answer;
    return answer;
  }
  return {
    ...keyspace,
    home: (script, ...args) => measure(script, () => keyspace.home(script, ...args)),
    cell: (cell, script, ...args) => measure(script, () => keyspace.cell(cell, script, ...args)),
    durable: {
      home: (script, ...args) => measure(script, () => keyspace.durable.home(script, ...args)),
      cell: (cell, script, ...args) => measure(script, () => keyspace.durable.cell(cell, script, ...args)),
    },
  };
}

/** Every call of a command so far, those of scripts among them. */
async function countCalls(): Promise<number> {
  const statistics = await redis.info('commandstats');
  return [...statistics.matchAll(/:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}

async function listQueueKeys(): Promise<readonly string[]> {
  const home = toHomePrefix(name);
  const keys = (await redis.keys(`${home}*`)).map((key) => key.slice(home.length));
  return keys.filter((key) => /^(queue|jobs|budgets|turn|pace|failed|intents)/.test(key));
}

function toTold({ revocationId, floor, channelArn, viewerId }: Delivery): string {
  return `${revocationId}|${floor}|${channelArn}|${viewerId}`;
}
