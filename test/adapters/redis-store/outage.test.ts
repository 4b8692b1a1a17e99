/** The Redis store while Redis is away or hangs: refused in time, nothing piled up, and back soon after Redis is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRedisStore, type RedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import { toAuditDraft } from '../../../src/audit/record.ts';
import { addPair, toEmptyPlace } from '../../../src/keys/place-keys.ts';
import type { Store } from '../../../src/ports.ts';
import { byAnn } from '../../support/author.ts';
import { createRecordingLog, type RecordingLog } from '../../support/recording-log.ts';
import {
  nowSeconds,
  toChannel,
  toChannelArn,
  toClient,
  toDraft,
  toPendingKeyPair,
  toPolicy,
  toViewerId,
  usWest2,
} from '../../support/records.ts';
import { type RedisServer, startRedis } from '../../support/redis-server.ts';
import { toOutcome } from '../../support/refusals.ts';
import { expectWithin, measure } from '../../support/within.ts';

const scripts = loadScripts();
const timeoutMs = 500;
const slackMs = 200;
const backWithinMs = 2000;

let redis: RedisServer;
let log: RecordingLog;
let store: RedisStore;

beforeEach(async () => {
  redis = await startRedis();
  log = createRecordingLog();
  store = createRedisStore({ scripts, url: redis.url, timeoutMs, log });
});
afterEach(async () => {
  await store.close();
  await redis.stop();
});

const outages = [
  { kind: 'is gone', begin: () => redis.stop(), end: () => redis.restart() },
  { kind: 'hangs', begin: async () => redis.pause(), end: async () => redis.resume() },
];

describe.each(outages)('a store whose Redis $kind', ({ begin, end }) => {
  it('refuses every method as store_unavailable within its timeout', async () => {
    await askAny(store);
    await begin();
    for (const call of everyMethod(store)) await expectRefusalInTime(call);
    await end();
  });

  it('is back within two seconds of the return', async () => {
    await askAny(store);
    await begin();
    await expectRefusalInTime(() => askAny(store));
    await sleep(1000);
    await expectRefusalInTime(() => askAny(store));
    await end();
    await expectBack(store);
    await store.clients.put(toClient('client_1'));
    expect(await store.clients.get(toClient('client_1').id)).toEqual(toClient('client_1'));
  });

  it('was not there at the start, and is used once it is', async () => {
    await begin();
    await expectRefusalInTime(() => askAny(store));
    await end();
    await expectBack(store);
  });

  it('piles up nothing under many calls, and refuses each in time', async () => {
    await askAny(store);
    await begin();
    const heapBytes: number[] = [];
    for (let round = 0; round < 3; round++) {
      expect(await refuseMany(store)).toEqual(new Set(['store_unavailable']));
      await sleep(100);
      heapBytes.push(measureHeapBytes());
    }
    const [first = 0, , last = 0] = heapBytes;
    expect(last - first).toBeLessThan(2 * 1024 * 1024);
    await end();
    await expectBack(store);
  });

  it('says so once, and once more when Redis is back, and never how to log in', async () => {
    await askAny(store);
    await begin();
    for (let call = 0; call < 20; call++) await toOutcome(askAny(store));
    await sleep(800);
    await end();
    await expectBack(store);
    expect(listEvents()).toEqual(['redis_unavailable', 'redis_available']);
  });
});

describe('a store whose Redis hangs', () => {
  it('lets only so many calls wait, and refuses more at once', async () => {
    await askAny(store);
    redis.pause();
    const waiting = Array.from({ length: 10_000 }, () => toOutcome(loadAny(store)));
    let oneIsThrough = false;
    void waiting[0]?.then(() => (oneIsThrough = true));
    const surplus = await Promise.all(Array.from({ length: 1000 }, () => toOutcome(loadAny(store))));
    // Those that may wait are at it still, so nobody of the surplus waited for a timeout.
    expect(oneIsThrough).toBe(false);
    expect(new Set(surplus)).toEqual(new Set(['store_unavailable']));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['store_unavailable']));
    redis.resume();
    await expectBack(store);
  });
});

describe('a store with an idle limit', () => {
  const idleMs = 150;
  /** So long that no busy machine keeps a user away for it. */
  const usedIdleMs = 800;
  let observer: Redis;
  beforeEach(() => {
    observer = new Redis(redis.url);
  });
  afterEach(() => observer.disconnect());
  const countConnections = async () =>
    String(await observer.client('LIST'))
      .trim()
      .split('\n').length - 1;

  it('closes its connection when nothing is asked, and opens it again for the next question', async () => {
    const idle = createRedisStore({ scripts, url: redis.url, timeoutMs, log, idleMs });
    await askAny(idle);
    expect(await countConnections()).toBe(1);
    await expect.poll(countConnections, { timeout: 5000 }).toBe(0);
    await Promise.all([askAny(idle), idle.clients.put(toClient('client_1')), loadAny(idle)]);
    expect(await countConnections()).toBe(1);
    await idle.close();
  });

  it('answers every question that comes while it closes', async () => {
    const idle = createRedisStore({ scripts, url: redis.url, timeoutMs, log, idleMs: 5 });
    for (let round = 0; round < 200; round++) {
      await askAny(idle);
      // From before the limit to after it, so that many come while the connection is being closed.
      await sleep(3 + (round % 10) / 2);
    }
    await idle.close();
  });

  it('finds back when it fell idle while Redis was away', async () => {
    const own = await startRedis();
    const idle = createRedisStore({ scripts, url: own.url, timeoutMs, log, idleMs });
    await askAny(idle);
    await own.stop();
    await expect(askAny(idle)).rejects.toMatchObject({ code: 'store_unavailable' });
    await sleep(3 * idleMs);
    await own.restart();
    await expect.poll(() => askAny(idle).then(() => 'back', String), { timeout: 10_000 }).toBe('back');
    await idle.close();
    await own.stop();
  });

  it('keeps its connection while it is used', async () => {
    const busy = createRedisStore({ scripts, url: redis.url, timeoutMs, log, idleMs: usedIdleMs });
    await askAny(busy);
    const id = await observer.client('LIST');
    for (const startedMs = performance.now(); performance.now() - startedMs < 2 * usedIdleMs; ) {
      await sleep(20);
      await askAny(busy);
    }
    expect(toConnectionIds(String(await observer.client('LIST')))).toEqual(toConnectionIds(String(id)));
    await busy.close();
  });

  it('says nothing of it: idling is no outage', async () => {
    const idle = createRedisStore({ scripts, url: redis.url, timeoutMs, log, idleMs });
    for (let round = 0; round < 3; round++) {
      await askAny(idle);
      await sleep(idleMs * 2);
    }
    expect(log.lines).toEqual([]);
    await idle.close();
  });
});

describe('a store with a wrong password', () => {
  it('refuses in time, and quotes no password', async () => {
    const guarded = await startRedis({ password: 'the-right-password' });
    const wrong = createRedisStore({
      scripts,
      url: `redis://:the-wrong-password@127.0.0.1:${guarded.port}`,
      timeoutMs,
      log,
    });
    await expectRefusalInTime(() => askAny(wrong));
    const right = createRedisStore({ scripts, url: guarded.url, timeoutMs, log });
    await askAny(right);
    expect(log.lines.join('\n')).not.toMatch(/the-(right|wrong)-password/);
    await wrong.close();
    await right.close();
    await guarded.stop();
  });
});

/** A call of each method: one that is left out does not compile. */
type EveryMethod = {
  readonly [Concern in keyof Store]: { readonly [Method in keyof Store[Concern]]: () => Promise<unknown> };
};

function everyMethod(of: Store): (() => Promise<unknown>)[] {
  const calls: EveryMethod = {
    ...everyRecordMethod(of),
    ...everyRevocationMethod(of),
    ...everyStatsMethod(of),
    audit: { append: () => of.audit.append('change', anyEntry), list: () => of.audit.list({ limit: 1 }) },
    health: { ping: () => of.health.ping() },
  };
  return Object.values(calls).flatMap((methods) => Object.values<() => Promise<unknown>>(methods));
}

function everyRecordMethod({ channels, policies, clients, keyPairs }: Store) {
  const [channelArn, page] = [toChannelArn('news'), { limit: 10 }];
  const [policy, client, pair] = [toPolicy('evening'), toClient('client_1'), toPendingKeyPair('key_1')];
  return {
    channels: {
      get: () => channels.get(channelArn),
      put: () => channels.put(toChannel(channelArn)),
      delete: () => channels.delete(channelArn),
      list: () => channels.list(page),
    },
    policies: {
      get: () => policies.get(policy.id),
      put: () => policies.put(policy),
      delete: () => policies.delete(policy.id),
      list: () => policies.list(page),
    },
    clients: {
      get: () => clients.get(client.id),
      put: () => clients.put(client),
      delete: () => clients.delete(client.id),
      list: () => clients.list(page),
      noteUse: () => clients.noteUse(client.id, 1),
      findUses: () => clients.findUses([client.id]),
    },
    keyPairs: {
      load: () => keyPairs.load(usWest2),
      replace: () => keyPairs.replace(addPair(toEmptyPlace(usWest2), pair)),
      list: () => keyPairs.list(),
    },
  };
}

function everyRevocationMethod(of: Store) {
  const { issuance, revocations, viewers, deliveries } = of;
  const [channelArn, viewerId, now] = [toChannelArn('news'), toViewerId('anna'), nowSeconds()];
  const draft = toDraft({ scope: 'viewer', viewerId });
  const session = {
    channelArn,
    viewerId,
    sessionVersion: now,
    issuedAt: now,
    channelFloor: 0,
    keyPairId: toPendingKeyPair('key_1').id,
  };
  const delivery = { revocationId: draft.id, channelArn, viewerId, floor: 1, createdAt: 1 };
  const claim = { lane: 'batch', nowMs: Date.now(), limit: 1, paceMs: 1, leaseMs: 1 } as const;
  return {
    issuance: { load: () => loadAny(of), recordSession: () => issuance.recordSession(session) },
    revocations: {
      record: () => revocations.record(draft, []),
      get: () => revocations.get(draft.id),
      list: () => revocations.list({ limit: 10, nowSeconds: now }),
      listViewers: () => revocations.listViewers(draft.id, { limit: 10 }),
      listBlocked: () => revocations.listBlocked(draft.id, { limit: 10 }, nowSeconds()),
      liftBlock: () => revocations.liftBlock(draft.id, now),
      listFailed: () => revocations.listFailed(draft.id, { limit: 10 }),
      retryFailed: () => revocations.retryFailed(draft.id, Date.now()),
      estimate: () => revocations.estimate(draft.target, [], now),
      finishIntents: () => revocations.finishIntents(Date.now(), 0),
    },
    viewers: { get: () => viewers.get(viewerId, now), liftBlocks: () => viewers.liftBlocks(viewerId, now) },
    deliveries: {
      claim: () => deliveries.claim(claim),
      settle: () => deliveries.settle([{ delivery, outcome: { kind: 'delivered' } }]),
      count: () => deliveries.count(),
    },
  };
}

const anyEntry = toAuditDraft(byAnn, { action: 'channel.put', target: 'news' });

function everyStatsMethod({ stats }: Store) {
  const counts = [{ subject: 'all', minute: 1, counts: { issued: 1 } }] as const;
  return {
    stats: {
      add: () => stats.add({ source: 'instance', sequence: 1, counts }),
      read: () => stats.read({ subject: 'all', fromMinute: 0, toMinute: 1 }),
    },
  };
}

/** Not its check: a Redis that was started anew is empty, which is no outage to come back from. */
function askAny(of: Store): Promise<unknown> {
  return of.clients.get(toClient('client_1').id);
}

function loadAny(of: Store): Promise<unknown> {
  return of.issuance.load({ channelArn: toChannelArn('news'), viewerId: toViewerId('anna'), place: usWest2 });
}

/** The codes of 12,000 calls within half a second. */
async function refuseMany(of: Store): Promise<Set<unknown>> {
  const refusals: Promise<unknown>[] = [];
  for (let burst = 0; burst < 10; burst++) {
    for (let call = 0; call < 1200; call++) refusals.push(toOutcome(loadAny(of)));
    await sleep(50);
  }
  return new Set(await Promise.all(refusals));
}

function listEvents(): unknown[] {
  return log.lines.map((line) => JSON.parse(line).event);
}

async function expectRefusalInTime(call: () => Promise<unknown>): Promise<void> {
  expect(await expectWithin(timeoutMs + slackMs, () => toOutcome(call()))).toBe('store_unavailable');
}

/** Asks the store every 50 ms until it answers again, which must be soon. */
async function expectBack(of: Store): Promise<void> {
  const { tookMs } = await measure(async () => {
    for (const startedMs = performance.now(); performance.now() - startedMs < 2 * backWithinMs; await sleep(50))
      if ((await toOutcome(askAny(of))) === 'answered') return;
  });
  expect(tookMs).toBeLessThan(backWithinMs);
}

function toConnectionIds(list: string): string[] {
  return [...list.matchAll(/^id=(\d+)/gm)].map(([, id]) => String(id)).toSorted();
}

function measureHeapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
