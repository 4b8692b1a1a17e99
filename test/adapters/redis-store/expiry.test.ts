/** How long each key lives in Redis, and how large it is: as long as the record matters, and no longer. */
import { createHash, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toCell } from '../../../src/adapters/redis-store/cells.ts';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRedisStore, type RedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import {
  floorLifetimeSeconds,
  idempotencyLifetimeSeconds,
  recordLifetimeSeconds,
  statsHourLifetimeSeconds,
  statsSourceLifetimeSeconds,
} from '../../../src/adapters/retention.ts';
import type { ViewerId } from '../../../src/ids.ts';
import type { Limit } from '../../../src/limits/record.ts';
import { sessionLifetimeSeconds } from '../../../src/revocations/delivery.ts';
import { maxBlocks } from '../../../src/revocations/ports.ts';
import { clockAllowanceSeconds } from '../../../src/revocations/scopes.ts';
import { maxWaitingMinutes } from '../../../src/stats/flush.ts';
import { type Counts, type Subject, statsLifetimeSeconds } from '../../../src/stats/record.ts';
import { claimDeliveries, record, revoke, revokeList, settle, watch } from '../../contracts/store/steps.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { nowSeconds, toChannelArn, toDraft, toListTarget, toViewerId } from '../../support/records.ts';
import { sharedRedisUrl } from '../../support/shared-redis-url.ts';

const scripts = loadScripts();
const hourSeconds = 3600;
const persistent = -1;
let redis: Redis;
let name: string;
let store: RedisStore;

beforeAll(() => {
  redis = new Redis(sharedRedisUrl());
  name = `test-${randomUUID()}`;
  store = openStore(name);
});
afterAll(async () => {
  redis.disconnect();
  await store.close();
});

function openStore(prefix: string): RedisStore {
  return createRedisStore({ scripts, url: sharedRedisUrl(), timeoutMs: 2000, log: createRecordingLog(), prefix });
}

const news = toChannelArn('news');
const shortNews = 'us-west-2:123456789012:channel/news';
let viewers = 0;
const newViewer = () => toViewerId(`viewer-${viewers++}`);
const home = (key: string) => `{${name}}:${key}`;
const inCell = (viewerId: ViewerId, key: string) => `{${name}:${toCell(viewerId)}}:${key}`;
const recordOf = (viewerId: ViewerId) => inCell(viewerId, `v:${viewerId}`);

/** The life that a key has left, in seconds: -1 without end, -2 when it is not there. */
async function loadLifeSeconds(key: string): Promise<number> {
  const ms = await redis.pttl(key);
  return ms < 0 ? ms : ms / 1000;
}

async function expectLife(key: string, seconds: number, slackSeconds = 4): Promise<void> {
  const life = await loadLifeSeconds(key);
  expect(life, key).toBeGreaterThan(seconds - slackSeconds);
  expect(life, key).toBeLessThanOrEqual(seconds + 1);
}

describe('what a cell holds of a viewer in Redis', () => {
  it('lives for as long as a session may last, after the last one', async () => {
    const viewerId = newViewer();
    await watch(store, viewerId, news, { issuedAt: nowSeconds() - 1000 });
    await expectLife(recordOf(viewerId), sessionLifetimeSeconds - 1000);
    await watch(store, viewerId, toChannelArn('sport'));
    await watch(store, viewerId, news, { issuedAt: nowSeconds() - 2000 });
    await expectLife(recordOf(viewerId), sessionLifetimeSeconds);
  });

  it('is listed in the ledger until an hour after its sessions are over', async () => {
    const viewerId = newViewer();
    const hour = Math.floor(nowSeconds() / hourSeconds);
    await watch(store, viewerId, news, { issuedAt: hour * hourSeconds });
    const ledger = inCell(viewerId, `l:${shortNews}:${hour}`);
    expect(await redis.zrange(ledger, 0, '-1')).toContain(viewerId);
    const endsAt = (hour + 1) * hourSeconds + sessionLifetimeSeconds + hourSeconds;
    await expectLife(ledger, endsAt - nowSeconds());
  });

  it('loses sessions that are over when another is written', async () => {
    const viewerId = newViewer();
    const before = nowSeconds() - sessionLifetimeSeconds;
    await watch(store, viewerId, news, { sessionVersion: before + 5, issuedAt: before + 5 });
    const sport = toChannelArn('sport');
    await watch(store, viewerId, sport, { issuedAt: nowSeconds() + 10 });
    expect(Object.keys(await redis.hgetall(recordOf(viewerId)))).toEqual(['s:us-west-2:123456789012:channel/sport']);
    await expectLife(recordOf(viewerId), sessionLifetimeSeconds + 10);
  });

  it('takes at most 250 bytes for a viewer with one session', async () => {
    const viewerId = toViewerId(randomUUID());
    await watch(store, viewerId, toChannelArn('abcdABCDefgh'));
    expect(await redis.memory('USAGE', recordOf(viewerId))).toBeLessThanOrEqual(250);
  });

  it.each(['viewer', 'viewer_on_channel'] as const)(
    'keeps a floor until no token can be below it (%s)',
    async (scope) => {
      const viewerId = newViewer();
      await revoke(store, scope === 'viewer' ? { scope, viewerId } : { scope, viewerId, channelArn: news });
      await expectLife(recordOf(viewerId), clockAllowanceSeconds + floorLifetimeSeconds);
    },
  );

  it('keeps a block until its time', async () => {
    const viewerId = newViewer();
    await revoke(store, { scope: 'viewer', viewerId }, { block: { until: nowSeconds() + 10_000 } });
    await expectLife(recordOf(viewerId), 10_000);
    await revoke(store, { scope: 'viewer', viewerId });
    await expectLife(recordOf(viewerId), 10_000);
  });

  it('is never lost while a block without end is there', async () => {
    const viewerId = newViewer();
    const first = await revoke(store, { scope: 'viewer', viewerId }, { block: { until: null } });
    const onNews = { scope: 'viewer_on_channel', viewerId, channelArn: news } as const;
    const second = await revoke(store, onNews, { block: { until: null } });
    await revoke(store, { scope: 'viewer', viewerId });
    expect(await loadLifeSeconds(recordOf(viewerId))).toBe(persistent);
    await store.revocations.liftBlock(first.id, nowSeconds());
    await watch(store, viewerId, toChannelArn('sport'), { sessionVersion: nowSeconds() + 1000 });
    expect(await loadLifeSeconds(recordOf(viewerId))).toBe(persistent);
    await store.revocations.liftBlock(second.id, nowSeconds());
    await expectLife(recordOf(viewerId), sessionLifetimeSeconds);
  });

  it('remembers for an hour that a block was lifted, and then nothing', async () => {
    const viewerId = newViewer();
    const { id } = await revoke(store, { scope: 'viewer', viewerId }, { block: { until: null } });
    await store.revocations.liftBlock(id, nowSeconds());
    expect(Number(await redis.hget(recordOf(viewerId), `b:${id}`))).toBeLessThan(0);
    await redis.hset(recordOf(viewerId), `b:${id}`, floorLifetimeSeconds - nowSeconds());
    await revoke(store, { scope: 'viewer', viewerId });
    expect(await redis.hexists(recordOf(viewerId), `b:${id}`)).toBe(0);
  });
});

describe('what was spent of limits in Redis', () => {
  const rate = { tokens: 10, perSeconds: 36_000 };
  const ofViewer: Limit = { name: 'viewer', key: '', rate };
  const spend = (viewerId: ViewerId, changes: object, issuedAt = nowSeconds()) =>
    watch(store, viewerId, news, { issuedAt, limits: { shared: [], nowMs: Date.now(), ...changes } });

  it('makes a record live no longer, not even when the viewer is revoked', async () => {
    const viewerId = newViewer();
    await spend(viewerId, { viewer: ofViewer });
    await expectLife(recordOf(viewerId), sessionLifetimeSeconds);
    await revoke(store, { scope: 'viewer', viewerId });
    await expectLife(recordOf(viewerId), sessionLifetimeSeconds);
    expect(Object.keys(await redis.hgetall(recordOf(viewerId))).toSorted()).toEqual(['f', `s:${shortNews}`, 't']);
  });

  it('is dropped from a record when it says nothing any more', async () => {
    const viewerId = newViewer();
    await spend(viewerId, { viewer: { ...ofViewer, key: 'evening' } });
    await redis.hset(recordOf(viewerId), 't:evening', (nowSeconds() - 1) * 1_000_000);
    await spend(viewerId, { viewer: ofViewer });
    expect(Object.keys(await redis.hgetall(recordOf(viewerId))).toSorted()).toEqual([`s:${shortNews}`, 't']);
  });

  it('takes few bytes of a record', async () => {
    const viewerId = toViewerId(randomUUID());
    await spend(viewerId, { viewer: ofViewer });
    expect(await redis.memory('USAGE', recordOf(viewerId))).toBeLessThanOrEqual(250);
  });

  it('lives at home until it is over', async () => {
    const ofAll: Limit = { name: 'all', key: 'all', rate };
    await spend(newViewer(), { shared: [ofAll] });
    await expectLife(home('limit:all'), 3600);
    await spend(newViewer(), { shared: [ofAll] });
    await expectLife(home('limit:all'), 7200);
  });
});

describe('devices in Redis', () => {
  it('make a record live no longer, and leave at home what says when they were ended', async () => {
    const viewerId = newViewer();
    const first = nowSeconds();
    for (const [index, id] of ['tv', 'phone'].entries())
      await record(store, viewerId, news, { sessionVersion: first + index, device: { id, most: 1 } });
    expect(await redis.hget(recordOf(viewerId), `d:${shortNews}`)).toBe(`${first + 1}=phone`);
    await expectLife(recordOf(viewerId), sessionLifetimeSeconds);
    await revoke(store, { scope: 'viewer', viewerId });
    await expectLife(recordOf(viewerId), sessionLifetimeSeconds + 1);
    const hash = createHash('sha1').update(`${news}|${viewerId}`).digest('hex');
    expect(await redis.hget(home(`revocation:device-${hash}`), 'floor')).toBe(String(first));
    await expectLife(home(`revocation:device-${hash}`), sessionLifetimeSeconds + hourSeconds);
  });
});

describe('what Redis holds at home', () => {
  it('keeps the floor of a channel as long as a session from before it may last', async () => {
    const channelArn = toChannelArn('floored');
    await revoke(store, { scope: 'channel', channelArn });
    const seconds = clockAllowanceSeconds + floorLifetimeSeconds + sessionLifetimeSeconds;
    await expectLife(home(`channel-scope:${channelArn}`), seconds);
  });

  it('keeps the block of a channel until its time, or until it is lifted', async () => {
    const channelArn = toChannelArn('blocked');
    const target = { scope: 'channel', channelArn } as const;
    await revoke(store, target, { block: { until: nowSeconds() + 1_000_000 } });
    await expectLife(home(`channel-scope:${channelArn}`), 1_000_000);
    const { id } = await revoke(store, target, { block: { until: null } });
    await revoke(store, target);
    expect(await loadLifeSeconds(home(`channel-scope:${channelArn}`))).toBe(persistent);
    await store.revocations.liftBlock(id, nowSeconds());
    await expectLife(home(`channel-scope:${channelArn}`), 1_000_000);
  });

  it.each(['viewer', 'channel'] as const)(
    'keeps a revocation for 30 days after it and its block (%s)',
    async (scope) => {
      const target =
        scope === 'viewer' ? ({ scope, viewerId: newViewer() } as const) : ({ scope, channelArn: news } as const);
      const plain = await revoke(store, target);
      await expectLife(home(`revocation:${plain.id}`), recordLifetimeSeconds);
      const timed = await revoke(store, target, { block: { until: nowSeconds() + 10_000 } });
      await expectLife(home(`revocation:${timed.id}`), 10_000 + recordLifetimeSeconds);
      const endless = await revoke(store, target, { block: { until: null } });
      expect(await loadLifeSeconds(home(`revocation:${endless.id}`))).toBe(persistent);
      await store.revocations.liftBlock(endless.id, nowSeconds());
      await expectLife(home(`revocation:${endless.id}`), recordLifetimeSeconds);
    },
  );

  it('keeps the viewers of a list as long as its record', async () => {
    const [one, other] = [newViewer(), newViewer()];
    const { id } = await revokeList(store, [one, other], news, { block: { until: null } });
    expect(await loadLifeSeconds(home(`viewers:${id}`))).toBe(persistent);
    await store.revocations.liftBlock(id, nowSeconds());
    await expectLife(home(`viewers:${id}`), recordLifetimeSeconds);
  });

  it('remembers under its key what a request decided for 24 hours', async () => {
    const draft = toDraft({ scope: 'viewer', viewerId: newViewer() });
    await store.revocations.record(draft, [], { key: 'some-key', fingerprint: 'a' });
    await expectLife(home('idempotency:some-key'), idempotencyLifetimeSeconds);
  });

  it('passes over a revocation whose life is over: lists, deliveries and settling go on', async () => {
    const target = { scope: 'viewer_on_channel', viewerId: newViewer(), channelArn: news } as const;
    const [gone, here] = [await revoke(store, target), await revoke(store, target)];
    await redis.del(home(`revocation:${gone.id}`));
    const claimed = await claimDeliveries(store, { limit: 200 });
    expect(claimed.map(({ revocationId }) => revocationId)).toContain(here.id);
    expect(claimed.map(({ revocationId }) => revocationId)).not.toContain(gone.id);
    expect(await store.revocations.get(gone.id)).toBeUndefined();
    const { items } = await store.revocations.list({ limit: 100, nowSeconds: nowSeconds() });
    expect(items.map(({ id }) => id)).not.toContain(gone.id);
    await redis.del(home(`revocation:${here.id}`));
    for (const delivery of claimed) await settle(store, delivery, { kind: 'delivered' });
    expect(await redis.exists(home(`revocation:${here.id}`))).toBe(0);
  });
});

describe('statistics in Redis', () => {
  const hour = Math.floor(nowSeconds() / hourSeconds);
  const count = (minute: number, counts: Counts, subject: Subject = news) => ({
    ...{ minute: hour * 60 + minute, subject, counts },
  });

  it('live for 49 hours after their hour, and the number of an instance for as long as it may send again', async () => {
    await store.stats.add({ source: 'expiring', sequence: 7, counts: [count(0, { issued: 1 })] });
    const life = (hour + 1) * hourSeconds + statsHourLifetimeSeconds - nowSeconds();
    for (const key of [`stats:${hour}:${news}`, `stats-channels:${hour}`]) await expectLife(home(key), life);
    await expectLife(home('stats-source:expiring'), statsSourceLifetimeSeconds);
    expect(statsSourceLifetimeSeconds).toBeGreaterThan(maxWaitingMinutes * 60);
    expect(statsHourLifetimeSeconds).toBeGreaterThan(statsLifetimeSeconds);
  });

  it('take at most 1,500 bytes for an hour of a channel with tokens in each minute', () =>
    withOwnKeys(async (own, fresh) => {
      const minutes = Array.from({ length: 60 }, (_, minute) => count(minute, { issued: 1200 + minute }));
      await fresh.stats.add({ source: 'sizing', sequence: 1, counts: minutes });
      const key = `{${own}}:stats:${hour}:${news}`;
      expect(await redis.hlen(key)).toBe(60);
      expect(await redis.memory('USAGE', key, 'SAMPLES', 0)).toBeLessThanOrEqual(1500);
    }));
});

describe('the lists of revocations in Redis', () => {
  it('forget a revocation whose life is over, wherever it is listed', () =>
    withOwnKeys(async (own, fresh) => {
      const viewerId = newViewer();
      const over = await revoke(fresh, { scope: 'viewer_on_channel', viewerId, channelArn: news });
      const list = await revokeList(fresh, [viewerId], news, { block: { until: null } });
      for (const member of await redis.zrange(`{${own}}:revocation-ends`, 0, '-1'))
        if (member.startsWith(`${over.id}|`)) await redis.zadd(`{${own}}:revocation-ends`, 1, member);
      await redis.del(`{${own}}:revocation:${over.id}`);
      const latest = await revoke(fresh, { scope: 'channel', channelArn: news });
      for (const key of await redis.keys(`{${own}}:revocation*`))
        if ((await redis.type(key)) === 'zset') {
          const members = await redis.zrange(key, 0, '-1');
          expect(
            members.filter((member) => member.startsWith(over.id)),
            key,
          ).toEqual([]);
        }
      expect(await redis.zrange(`{${own}}:revocations`, 0, '-1')).toEqual([list.id, latest.id]);
      expect(await redis.zrange(`{${own}}:revocations:active`, 0, '-1')).toEqual([list.id]);
    }));

  it('hold nothing of a list that was refused for too many blocks, and its viewers have none of it', () =>
    withOwnKeys(async (own, fresh) => {
      const [full, other] = [newViewer(), newViewer()];
      for (let index = 0; index < maxBlocks; index++)
        await revoke(fresh, { scope: 'viewer', viewerId: full }, { block: { until: null } });
      const before = (await redis.keys(`{${own}}:*`)).toSorted();
      const draft = toDraft(toListTarget([full, other]), { block: { until: null } });
      const key = { key: 'refused', fingerprint: 'a' };
      expect(await fresh.revocations.record(draft, [full, other], key)).toEqual({ kind: 'too_many_blocks' });
      await redis.del(`{${own}}:revocation:${draft.id}`);
      expect((await redis.keys(`{${own}}:*`)).toSorted()).toEqual(before);
      expect(await record(fresh, other, news, { sessionVersion: nowSeconds() + 1000 })).toBe('recorded');
    }));
});

/** Runs the work over a store that shares no key with the others. */
async function withOwnKeys(work: (name: string, store: RedisStore) => Promise<void>): Promise<void> {
  const own = `test-${randomUUID()}`;
  const fresh = openStore(own);
  try {
    await work(own, fresh);
  } finally {
    await fresh.close();
  }
}
