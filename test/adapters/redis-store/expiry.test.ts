/** How long each key lives in Redis: as long as the record matters, and no longer. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRedisStore, type RedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import { floorLifetimeSeconds, recordLifetimeSeconds } from '../../../src/adapters/retention.ts';
import { sessionLifetimeSeconds } from '../../../src/revocations/delivery.ts';
import type { RevocationTarget } from '../../../src/revocations/record.ts';
import { clockAllowanceSeconds } from '../../../src/revocations/scopes.ts';
import { settleAll } from '../../support/drain-deliveries.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { nowSeconds, toChannelArn, toDraft, toViewerId, usWest2 } from '../../support/records.ts';
import { sharedRedisUrl } from '../../support/shared-redis-url.ts';

const scripts = loadScripts();
const prefix = `{test-${randomUUID()}}:`;
const persistent = -1;
let redis: Redis;
let store: RedisStore;

beforeAll(() => {
  redis = new Redis(sharedRedisUrl());
  store = createRedisStore({ scripts, url: sharedRedisUrl(), timeoutMs: 2000, log: createRecordingLog(), prefix });
});
afterAll(async () => {
  redis.disconnect();
  await store.close();
});

const news = toChannelArn('news');
let viewers = 0;
const newViewer = () => toViewerId(`viewer-${viewers++}`);

/** Each target, the key of its scope, and the keys that remember its highest floor. */
function toTargets() {
  const viewerId = newViewer();
  const channelArn = toChannelArn(`channel-${viewerId}`);
  return [
    [
      { scope: 'viewer_on_channel', viewerId, channelArn },
      `viewer_on_channel:${channelArn}|${viewerId}`,
      [`viewer:${viewerId}`, `channel:${channelArn}`],
    ],
    [{ scope: 'viewer', viewerId }, `viewer:${viewerId}`, [`viewer:${viewerId}`, 'viewers']],
    [{ scope: 'channel', channelArn }, `channel:${channelArn}`, [`channel:${channelArn}`, 'channels']],
  ] as const satisfies readonly (readonly [RevocationTarget, string, readonly string[]])[];
}

/** The life that a key has left, in seconds, rounded: -1 without end, -2 when it is not there. */
async function loadLifeSeconds(key: string): Promise<number> {
  const ms = await redis.pttl(prefix + key);
  return ms < 0 ? ms : ms / 1000;
}

async function expectLife(key: string, seconds: number): Promise<void> {
  const life = await loadLifeSeconds(key);
  expect(life, key).toBeGreaterThan(seconds - 4);
  expect(life, key).toBeLessThanOrEqual(seconds + 1);
}

describe('keys in Redis', () => {
  it('keep the ledger of sessions for as long as a session may last', async () => {
    const viewerId = newViewer();
    await store.issuance.recordSession({
      viewerId,
      channelArn: news,
      sessionVersion: nowSeconds(),
      issuedAt: nowSeconds(),
    });
    await expectLife(`viewer-channels:${viewerId}`, sessionLifetimeSeconds);
    await expectLife(`channel-viewers:${news}`, sessionLifetimeSeconds);
  });

  it('drop sessions from the ledger that are over', async () => {
    const [gone, here] = [newViewer(), newViewer()];
    const before = nowSeconds() - sessionLifetimeSeconds - 1;
    await store.issuance.recordSession({ viewerId: gone, channelArn: news, sessionVersion: before, issuedAt: before });
    await store.issuance.recordSession({
      viewerId: here,
      channelArn: news,
      sessionVersion: nowSeconds(),
      issuedAt: nowSeconds(),
    });
    expect(await redis.zscore(`${prefix}channel-viewers:${news}`, gone)).toBeNull();
    expect(await redis.zscore(`${prefix}channel-viewers:${news}`, here)).not.toBeNull();
  });

  it.each([0, 1, 2])('keep a floor until no token can be below it (scope %i)', async (index) => {
    const [target, scope, tops] = toTargets()[index] ?? toTargets()[0];
    await store.revocations.record(toDraft(target));
    await expectLife(`scope:${scope}`, clockAllowanceSeconds + floorLifetimeSeconds);
    for (const top of tops) await expectLife(`top:${top}`, clockAllowanceSeconds + floorLifetimeSeconds);
  });

  it.each([0, 1, 2])(
    'keep a block until its time, and its record as long again as others (scope %i)',
    async (index) => {
      const [target, scope] = toTargets()[index] ?? toTargets()[0];
      const { id } = await store.revocations.record(toDraft(target, { block: { until: nowSeconds() + 10_000 } }));
      await expectLife(`scope:${scope}`, 10_000);
      await expectLife(`revocation:${id}`, 10_000 + recordLifetimeSeconds);
    },
  );

  it.each([0, 1, 2])('never lose a block without end, until it is lifted (scope %i)', async (index) => {
    const [target, scope] = toTargets()[index] ?? toTargets()[0];
    const { id } = await store.revocations.record(toDraft(target, { block: { until: null } }));
    await store.revocations.record(toDraft(target));
    expect(await loadLifeSeconds(`scope:${scope}`)).toBe(persistent);
    expect(await loadLifeSeconds(`revocation:${id}`)).toBe(persistent);
    await store.revocations.liftBlock(id, nowSeconds());
    const life = await loadLifeSeconds(`scope:${scope}`);
    expect(life).toBeGreaterThan(floorLifetimeSeconds);
    expect(life).toBeLessThan(floorLifetimeSeconds + 60);
    await expectLife(`revocation:${id}`, recordLifetimeSeconds);
  });

  it('keep one block without end when another is lifted', async () => {
    const [[target, scope]] = toTargets();
    const lifted = await store.revocations.record(toDraft(target, { block: { until: null } }));
    await store.revocations.record(toDraft(target, { block: { until: null } }));
    await store.revocations.liftBlock(lifted.id, nowSeconds());
    expect(await loadLifeSeconds(`scope:${scope}`)).toBe(persistent);
  });

  it('keep a revocation and what is left to deliver for 30 days', async () => {
    const [[target]] = toTargets();
    const { id } = await store.revocations.record(toDraft(target));
    await expectLife(`revocation:${id}`, recordLifetimeSeconds);
    await expectLife(`pending:${id}:${usWest2}`, recordLifetimeSeconds);
  });

  it('pass over a revocation whose life is over: lists, deliveries and settling go on', async () => {
    const [[target]] = toTargets();
    const gone = await store.revocations.record(toDraft(target));
    const here = await store.revocations.record(toDraft(target));
    const claim = { limit: 1000, leaseMs: 1000 };
    await redis.del(`${prefix}revocation:${gone.id}`);
    const batch = await store.deliveries.claim({ ...claim, nowMs: Date.now() });
    const claimed = batch?.deliveries.map(({ revocationId }) => revocationId);
    expect(claimed).toContain(here.id);
    expect(claimed).not.toContain(gone.id);
    expect(await store.revocations.get(gone.id)).toBeUndefined();
    const { items } = await store.revocations.list({ limit: 100 });
    expect(items.map(({ id }) => id)).not.toContain(gone.id);
    await redis.del(`${prefix}revocation:${here.id}`);
    if (batch === undefined) throw new Error('deliveries were due');
    await settleAll(store, batch, { kind: 'delivered' }, Date.now());
    expect(await redis.exists(`${prefix}revocation:${here.id}`)).toBe(0);
  });

  it('give what is left to deliver of a whole channel the life of the revocation, not that of the ledger', async () => {
    const channelArn = toChannelArn('crowded');
    await store.issuance.recordSession({
      viewerId: newViewer(),
      channelArn,
      sessionVersion: nowSeconds(),
      issuedAt: nowSeconds(),
    });
    const { id } = await store.revocations.record(toDraft({ scope: 'channel', channelArn }));
    await expectLife(`pending:${id}:${usWest2}`, recordLifetimeSeconds);
    expect(await redis.exists(`${prefix}channel-viewers:${channelArn}`)).toBe(0);
  });

  it('keep a region busy for its lease, and after its batch for what is left of the pace', () =>
    withOwnKeys(async (own, fresh) => {
      await fresh.revocations.record(toDraft({ scope: 'viewer_on_channel', viewerId: newViewer(), channelArn: news }));
      const nowMs = Date.now();
      const batch = await fresh.deliveries.claim({ nowMs, limit: 20, leaseMs: 30_000 });
      const busyMs = await redis.pttl(`${own}busy:${usWest2}`);
      expect(busyMs).toBeGreaterThan(25_000);
      expect(busyMs).toBeLessThanOrEqual(30_000);
      if (batch === undefined) throw new Error('a delivery was due');
      await fresh.deliveries.settle({ region: batch.region, settled: [], nowMs: nowMs + 100, paceMs: 5000 });
      const leftMs = await redis.pttl(`${own}busy:${usWest2}`);
      expect(leftMs).toBeGreaterThan(3000);
      expect(leftMs).toBeLessThanOrEqual(4900);
    }));

  it('list a revocation until its life is over, and forget then that it was there', () =>
    withOwnKeys(async (own, fresh) => {
      const createdAt = nowSeconds();
      const target = { scope: 'viewer', viewerId: newViewer() } as const;
      const short = await fresh.revocations.record(toDraft(target, { createdAt }));
      const long = await fresh.revocations.record(toDraft(target, { block: { until: createdAt + 10_000 }, createdAt }));
      const lifted = await fresh.revocations.record(toDraft(target, { block: { until: null }, createdAt }));
      const endless = await fresh.revocations.record(toDraft(target, { block: { until: null }, createdAt }));
      await fresh.revocations.liftBlock(lifted.id, createdAt + 500);
      const listed = () => redis.zrange(`${own}revocations`, 0, '-1');
      for (const [afterSeconds, left] of [
        [recordLifetimeSeconds - 1, [short, long, lifted, endless]],
        [recordLifetimeSeconds, [long, lifted, endless]],
        [recordLifetimeSeconds + 500, [long, endless]],
        [recordLifetimeSeconds + 10_000, [endless]],
        [100 * recordLifetimeSeconds, [endless]],
      ] as const) {
        const latest = await fresh.revocations.record(toDraft(target, { createdAt: createdAt + afterSeconds }));
        expect(await listed()).toEqual([...left, latest].map(({ id }) => id));
        expect(await redis.zcard(`${own}revocation-ends`)).toBe(left.length + 1);
        for (const index of ['revocations', 'revocation-ends']) await redis.zrem(`${own}${index}`, latest.id);
      }
    }));

  it('let go of a block that a build wrote whose records did not name their scope apart', async () => {
    for (const [target, scope] of toTargets()) {
      const { id } = await store.revocations.record(toDraft(target, { block: { until: null } }));
      await redis.hdel(`${prefix}revocation:${id}`, 'scope', 'viewerId', 'channelArn');
      expect(await store.revocations.liftBlock(id, nowSeconds())).toBe(true);
      expect(await redis.hexists(`${prefix}scope:${scope}`, `block:${id}`)).toBe(0);
    }
  });

  it('leave no trace of deliveries that are done', () =>
    withOwnKeys(async (own, fresh) => {
      await fresh.revocations.record(toDraft({ scope: 'viewer_on_channel', viewerId: newViewer(), channelArn: news }));
      const nowMs = Date.now();
      const batch = await fresh.deliveries.claim({ nowMs, limit: 20, leaseMs: 1000 });
      if (batch === undefined) throw new Error('a delivery was due');
      await settleAll(fresh, batch, { kind: 'delivered' }, nowMs);
      expect(await fresh.deliveries.claim({ nowMs: nowMs + 10_000, limit: 20, leaseMs: 1000 })).toBeUndefined();
      const left = (await redis.keys(`${own.replace(/[[\]*?]/g, '\\$&')}*`)).map((key) => key.slice(own.length));
      expect(left.filter((key) => /^(outbox|pending|busy)/.test(key))).toEqual([]);
    }));
});

/** Runs the work over a store that shares no key with the others. */
async function withOwnKeys(work: (prefix: string, store: RedisStore) => Promise<void>): Promise<void> {
  const own = `{test-${randomUUID()}}:`;
  const fresh = createRedisStore({
    scripts,
    url: sharedRedisUrl(),
    timeoutMs: 2000,
    log: createRecordingLog(),
    prefix: own,
  });
  try {
    await work(own, fresh);
  } finally {
    await fresh.close();
  }
}
