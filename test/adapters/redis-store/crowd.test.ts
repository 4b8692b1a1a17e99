/** A crowd of 100,000 viewers on one channel: revoked, claimed and settled within the timeout, and holding nobody up. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRedisStore, type RedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import { deliveriesPerCall, leaseMs } from '../../../src/revocations/delivery.ts';
import { settleAll } from '../../support/drain-deliveries.ts';
import { createRecordingLog, type RecordingLog } from '../../support/recording-log.ts';
import { nowSeconds, toChannelArn, toDraft, toViewerId } from '../../support/records.ts';
import { sharedRedisUrl } from '../../support/shared-redis-url.ts';

const scripts = loadScripts();
const crowdSize = 100_000;
/** What `REDIS_TIMEOUT_MS` is when nothing is set. */
const timeoutMs = 500;
/** Where every core is busy Redis itself is kept waiting, but not in each of three tries. */
const bestOf3 = { retry: 2 };
const [news, sport] = [toChannelArn('news'), toChannelArn('sport')];

let prefix: string;
let redis: Redis;
let store: RedisStore;
let log: RecordingLog;

beforeEach(async () => {
  prefix = `{test-${randomUUID()}}:`;
  redis = new Redis(sharedRedisUrl());
  log = createRecordingLog();
  store = createRedisStore({ scripts, url: sharedRedisUrl(), timeoutMs, log, prefix });
  await store.health.ping();
});
afterEach(async () => {
  await redis.del(await redis.keys(`${prefix.replace(/[[\]*?]/g, '\\$&')}*`));
  redis.disconnect();
  await store.close();
});

/** Writes what `recordSession` writes for a viewer of the channel, many at a time. */
async function fillLedger(): Promise<void> {
  const pipeline = redis.pipeline();
  for (let first = 0; first < crowdSize; first += 1000) {
    const entries = Array.from({ length: 1000 }, (_, index) => [nowSeconds(), `viewer-${first + index}`]);
    pipeline.zadd(`${prefix}channel-viewers:${news}`, ...entries.flat());
  }
  await pipeline.exec();
}

describe('a crowd of 100,000 viewers on one channel', () => {
  it('is revoked within the timeout, while others go on getting tokens', bestOf3, async () => {
    await fillLedger();
    const revoking = store.revocations.record(toDraft({ scope: 'channel', channelArn: news }));
    const session = { viewerId: toViewerId('anna'), channelArn: sport, sessionVersion: nowSeconds() };
    const recording = store.issuance.recordSession({ ...session, issuedAt: nowSeconds() });
    const { id, delivery } = await revoking;
    expect(await recording).toBe('recorded');
    expect(delivery).toEqual({ pending: crowdSize, delivered: 0, failed: 0 });

    const again = await store.revocations.record(toDraft({ scope: 'channel', channelArn: news }));
    expect(again.delivery.pending).toBe(0);

    const nowMs = Date.now();
    const single = toDraft({ scope: 'viewer_on_channel', viewerId: toViewerId('anna'), channelArn: sport });
    await store.revocations.record(single);
    for (let round = 0; round < 2; round++) {
      const batch = await store.deliveries.claim({ nowMs: nowMs + round, limit: deliveriesPerCall, leaseMs });
      expect(batch?.deliveries).toHaveLength(deliveriesPerCall);
      if (batch !== undefined) await settleAll(store, batch, { kind: 'delivered' }, nowMs + round);
    }
    expect((await store.revocations.get(single.id))?.delivery).toEqual({ pending: 0, delivered: 1, failed: 0 });
    const told = 2 * deliveriesPerCall - 1;
    expect((await store.revocations.get(id))?.delivery).toEqual({
      pending: crowdSize - told,
      delivered: told,
      failed: 0,
    });
    expect(log.lines).toEqual([]);
  });
});
