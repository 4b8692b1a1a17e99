/** A crowd on one channel: whatever is done about it goes in small steps, so that Redis keeps nobody waiting. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toCell } from '../../../src/adapters/redis-store/cells.ts';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRedisStore, type RedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import { claimDeliveries, revoke, revokeList, settle, watch } from '../../contracts/store/steps.ts';
import { createRecordingLog, type RecordingLog } from '../../support/recording-log.ts';
import { nowSeconds, toChannelArn, toCrowd, toListTarget, toViewerId, usWest2 } from '../../support/records.ts';
import { type RedisServer, startRedis } from '../../support/redis-server.ts';

const crowdSize = 100_000;
/** What one script may take of Redis, which does nothing else meanwhile. */
const maxScriptUs = 2000;
const [news, sport] = [toChannelArn('news'), toChannelArn('sport')];
const anna = toViewerId('anna');

let server: RedisServer;
let redis: Redis;
let store: RedisStore;
let log: RecordingLog;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  log = createRecordingLog();
  store = createRedisStore({ scripts: loadScripts(), url: server.url, timeoutMs: 2000, log, prefix: 'crowd' });
  await fillLedger();
  // Once each beforehand, so that no script is measured while Redis compiles it.
  await revokeEverywhere();
});
afterAll(async () => {
  redis.disconnect();
  await store.close();
  await server.stop();
});

/** Writes what `recordSession` writes for viewers of the channel, all in one hour, many at a time. */
async function fillLedger(): Promise<void> {
  const now = nowSeconds();
  for (let first = 0; first < crowdSize; first += 5000) {
    const pipeline = redis.pipeline();
    for (let index = first; index < first + 5000; index++) {
      const viewerId = toViewerId(`viewer-${index}`);
      const cell = `{crowd:${toCell(viewerId)}}:`;
      pipeline.hset(`${cell}v:${viewerId}`, 's:us-west-2:123456789012:channel/news', now);
      pipeline.zadd(`${cell}l:us-west-2:123456789012:channel/news:${Math.floor(now / 3600)}`, 0, viewerId);
    }
    await pipeline.exec();
  }
}

/** Whatever takes up viewers one by one. */
async function revokeEverywhere(): Promise<void> {
  const { id } = await revoke(store, { scope: 'channel', channelArn: news }, { block: { until: null } });
  await revokeList(store, toCrowd(200), news, { block: { until: null } });
  await store.revocations.estimate({ scope: 'channel', channelArn: news }, [], nowSeconds());
  for (const delivery of await claimDeliveries(store)) await settle(store, delivery, { kind: 'delivered' });
  await store.revocations.list({ channelArn: news, limit: 10, nowSeconds: nowSeconds() });
  await store.revocations.liftBlock(id, nowSeconds());
}

/** Starts a session above the floor of the channel. */
async function watchNews(): Promise<void> {
  const { channelFloor } = await store.issuance.load({ viewerId: anna, channelArn: news, place: usWest2 });
  await watch(store, anna, news, { sessionVersion: channelFloor + 1, channelFloor });
}

/** Redis counts itself in as well: of one call alone it may be the greater part. */
const timesMeasured = 5;

/**
 * What the scripts of some work took of Redis on average: by its own count of processor time, which does not grow where others
 * keep the processor busy.
 */
async function measureScriptUs(work: () => Promise<unknown>): Promise<number> {
  await redis.config('RESETSTAT');
  const before = await loadProcessorUs();
  for (let times = 0; times < timesMeasured; times++) await work();
  const tookUs = (await loadProcessorUs()) - before;
  const calls = /cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1];
  return tookUs / Number(calls ?? 1);
}

async function loadProcessorUs(): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = ['user', 'sys'].map((kind) => new RegExp(`used_cpu_${kind}_main_thread:([\\d.]+)`).exec(info)?.[1]);
  return seconds.reduce((sum, part) => sum + Number(part) * 1e6, 0);
}

describe('a crowd of 100,000 viewers on one channel', () => {
  it('is revoked at once, while others go on getting tokens, and told of in the order of urgency', async () => {
    const revoking = revoke(store, { scope: 'channel', channelArn: news });
    await watch(store, anna, sport);
    const { id, delivery, progress } = await revoking;
    expect(delivery).toEqual({ pending: 0, delivered: 0, failed: 0 });
    expect(progress).toEqual({ done: false, walked: 0 });

    const single = await revoke(store, { scope: 'viewer_on_channel', viewerId: anna, channelArn: sport });
    const [first, ...others] = await claimDeliveries(store);
    expect(first?.revocationId).toBe(single.id);
    expect(others).toHaveLength(19);
    expect(others.every(({ channelArn, floor }) => channelArn === news && floor > nowSeconds() - 60)).toBe(true);
    const walked = (await store.revocations.get(id))?.progress?.walked ?? 0;
    expect(walked).toBeLessThanOrEqual(1000);
    expect(log.lines).toEqual([]);
  });

  it.each([
    ['revoking it', () => revoke(store, { scope: 'channel', channelArn: news })],
    ['estimating it', () => store.revocations.estimate({ scope: 'channel', channelArn: news }, [], nowSeconds())],
    ['claiming from it', () => claimDeliveries(store)],
    ['claiming much from it', () => claimDeliveries(store, { limit: 200 })],
    ['revoking 1,000 of it', () => revokeList(store, toCrowd(1000), news, { block: { until: null } })],
    [
      'counting 1,000 of it',
      () => store.revocations.estimate(toListTarget(toCrowd(1000)), toCrowd(1000), nowSeconds()),
    ],
    ['listing revocations', () => store.revocations.list({ channelArn: news, limit: 100, nowSeconds: nowSeconds() })],
    ['recording a session on it', () => watchNews()],
  ])('keeps Redis busy for a moment only with %s', async (_, work) => {
    expect(await measureScriptUs(work)).toBeLessThan(maxScriptUs);
  });

  it('is counted by the hour, as it is so many', async () => {
    const reach = await store.revocations.estimate({ scope: 'channel', channelArn: news }, [], nowSeconds());
    expect(reach.exact).toBe(false);
    expect(reach.viewers).toBeGreaterThanOrEqual(crowdSize);
  });
});
