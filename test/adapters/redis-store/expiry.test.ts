/** How long each key lives in Redis: as long as the record matters, and no longer. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createRedisStore, type RedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import { floorLifetimeSeconds, recordLifetimeSeconds } from '../../../src/adapters/retention.ts';
import { sessionLifetimeSeconds } from '../../../src/revocations/delivery.ts';
import { clockAllowanceSeconds, type RevocationTarget } from '../../../src/revocations/revocation.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { nowSeconds, toChannelArn, toDraft, toViewerId, usWest2 } from '../../support/records.ts';

const prefix = `{test-${randomUUID()}}:`;
const persistent = -1;
let redis: Redis;
let store: RedisStore;

beforeAll(() => {
  redis = new Redis(inject('redisUrl'));
  store = createRedisStore({ url: inject('redisUrl'), timeoutMs: 2000, log: createRecordingLog(), prefix });
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
    await store.recordSession({ viewerId, channelArn: news, sessionVersion: nowSeconds(), issuedAt: nowSeconds() });
    await expectLife(`viewer-channels:${viewerId}`, sessionLifetimeSeconds);
    await expectLife(`channel-viewers:${news}`, sessionLifetimeSeconds);
  });

  it('drop sessions from the ledger that are over', async () => {
    const [gone, here] = [newViewer(), newViewer()];
    const before = nowSeconds() - sessionLifetimeSeconds - 1;
    await store.recordSession({ viewerId: gone, channelArn: news, sessionVersion: before, issuedAt: before });
    await store.recordSession({
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
    await store.recordRevocation(toDraft(target));
    await expectLife(`scope:${scope}`, clockAllowanceSeconds + floorLifetimeSeconds);
    for (const top of tops) await expectLife(`top:${top}`, clockAllowanceSeconds + floorLifetimeSeconds);
  });

  it.each([0, 1, 2])(
    'keep a block until its time, and its record as long again as others (scope %i)',
    async (index) => {
      const [target, scope] = toTargets()[index] ?? toTargets()[0];
      const { id } = await store.recordRevocation(toDraft(target, { block: { until: nowSeconds() + 10_000 } }));
      await expectLife(`scope:${scope}`, 10_000);
      await expectLife(`revocation:${id}`, 10_000 + recordLifetimeSeconds);
    },
  );

  it.each([0, 1, 2])('never lose a block without end, until it is lifted (scope %i)', async (index) => {
    const [target, scope] = toTargets()[index] ?? toTargets()[0];
    const { id } = await store.recordRevocation(toDraft(target, { block: { until: null } }));
    await store.recordRevocation(toDraft(target));
    expect(await loadLifeSeconds(`scope:${scope}`)).toBe(persistent);
    expect(await loadLifeSeconds(`revocation:${id}`)).toBe(persistent);
    await store.liftBlock(id, nowSeconds());
    const life = await loadLifeSeconds(`scope:${scope}`);
    expect(life).toBeGreaterThan(floorLifetimeSeconds);
    expect(life).toBeLessThan(floorLifetimeSeconds + 60);
    await expectLife(`revocation:${id}`, recordLifetimeSeconds);
  });

  it('keep one block without end when another is lifted', async () => {
    const [[target, scope]] = toTargets();
    const lifted = await store.recordRevocation(toDraft(target, { block: { until: null } }));
    await store.recordRevocation(toDraft(target, { block: { until: null } }));
    await store.liftBlock(lifted.id, nowSeconds());
    expect(await loadLifeSeconds(`scope:${scope}`)).toBe(persistent);
  });

  it('keep a revocation and what is left to deliver for 30 days', async () => {
    const [[target]] = toTargets();
    const { id } = await store.recordRevocation(toDraft(target));
    await expectLife(`revocation:${id}`, recordLifetimeSeconds);
    await expectLife(`pending:${id}:${usWest2}`, recordLifetimeSeconds);
  });

  it('pass over a revocation whose life is over: lists, deliveries and settling go on', async () => {
    const [[target]] = toTargets();
    const gone = await store.recordRevocation(toDraft(target));
    const here = await store.recordRevocation(toDraft(target));
    const claim = { limit: 1000, leaseMs: 1000, paceMs: 1 };
    await redis.del(`${prefix}revocation:${gone.id}`);
    const batch = await store.claimDeliveries({ ...claim, nowMs: Date.now() });
    const claimed = batch?.deliveries.map(({ revocationId }) => revocationId);
    expect(claimed).toContain(here.id);
    expect(claimed).not.toContain(gone.id);
    expect(await store.getRevocation(gone.id)).toBeUndefined();
    const { items } = await store.listRevocations({ limit: 100 });
    expect(items.map(({ id }) => id)).not.toContain(gone.id);
    await redis.del(`${prefix}revocation:${here.id}`);
    await store.settleDeliveries(
      (batch?.deliveries ?? []).map((delivery) => ({ delivery, outcome: { kind: 'delivered' } })),
    );
    expect(await redis.exists(`${prefix}revocation:${here.id}`)).toBe(0);
  });

  it('leave no trace of deliveries that are done', async () => {
    const own = `{test-${randomUUID()}}:`;
    const fresh = createRedisStore({
      url: inject('redisUrl'),
      timeoutMs: 2000,
      log: createRecordingLog(),
      prefix: own,
    });
    await fresh.recordRevocation(toDraft({ scope: 'viewer_on_channel', viewerId: newViewer(), channelArn: news }));
    const batch = await fresh.claimDeliveries({ nowMs: Date.now(), limit: 20, leaseMs: 1000, paceMs: 1 });
    await fresh.settleDeliveries(
      (batch?.deliveries ?? []).map((delivery) => ({ delivery, outcome: { kind: 'delivered' } })),
    );
    await sleep(5);
    await fresh.claimDeliveries({ nowMs: Date.now() + 10_000, limit: 20, leaseMs: 1000, paceMs: 1 });
    await sleep(5);
    const left = (await redis.keys(`${own.replace(/[[\]*?]/g, '\\$&')}*`)).map((key) => key.slice(own.length));
    expect(left.filter((key) => /^(outbox|pending|pace)/.test(key))).toEqual([]);
    await fresh.close();
  });
});
