/** Walks in Redis whose cells do not answer, and how often the others are asked. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cellCount, toCell, toShortArn } from '../../../src/adapters/redis-store/cells.ts';
import { createDeliveryStore } from '../../../src/adapters/redis-store/deliveries.ts';
import type { Keyspace } from '../../../src/adapters/redis-store/keyspace.ts';
import type { RedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import type { ChannelArn, ViewerId } from '../../../src/ids.ts';
import type { Delivery } from '../../../src/revocations/delivery.ts';
import { claim, claimDeliveries, revoke, watch } from '../../contracts/store/steps.ts';
import { toChannelArn, toCrowd, toViewerId } from '../../support/records.ts';
import { type OpenedStore, type OwnRedis, startOwnRedis } from './own-redis.ts';

const news = toChannelArn('news');
const crowd = toCrowd(100);
const everyone = { scope: 'channel', channelArn: news } as const;

let server: OwnRedis;
let store: OpenedStore['store'];
let keyspace: Keyspace;
let close: OpenedStore['close'];

beforeAll(async () => {
  server = await startOwnRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  ({ store, keyspace, close } = server.openStore());
});
afterEach(() => close());

async function watchAll(viewerIds: readonly ViewerId[], { channelArn = news } = {}): Promise<void> {
  await Promise.all(viewerIds.map((viewerId) => watch(store, viewerId, channelArn)));
}

describe('a walk that fails', () => {
  /** An instance that cannot walk the ledgers of a channel. */
  function openHalfBlind(channelArn: ChannelArn): RedisStore {
    const deliveries = createDeliveryStore({
      ...keyspace,
      durable: {
        ...keyspace.durable,
        cell: async (cell, script, ...args) => {
          if (script === 'walk-ledger' && args[0] === toShortArn(channelArn)) throw new Error('away');
          return keyspace.durable.cell(cell, script, ...args);
        },
      },
    });
    return { ...store, deliveries };
  }

  it('keeps nobody waiting who is due, and gives way to others', async () => {
    const sport = toChannelArn('sport');
    await watchAll(crowd);
    await watchAll(crowd, { channelArn: sport });
    await revoke(store, everyone);
    await revoke(store, { scope: 'channel', channelArn: sport });
    const halfBlind = openHalfBlind(news);
    await revoke(store, { scope: 'viewer_on_channel', viewerId: toViewerId('anna'), channelArn: news });
    const claims: (readonly Delivery[] | string)[] = [];
    for (let count = 0; count < 4; count++)
      claims.push(await claimDeliveries(halfBlind).catch((error: Error) => error.message));
    expect(claims.map((claimed) => (typeof claimed === 'string' ? claimed : claimed.length))).toEqual(
      expect.arrayContaining([1, 20, 'away']),
    );
  });

  it('spends no pace where nothing was found', async () => {
    await watchAll(crowd);
    await revoke(store, everyone);
    const nowMs = Date.now();
    await expect(claim(openHalfBlind(news), { nowMs, paceMs: 500 })).rejects.toThrow('away');
    expect(await claimDeliveries(store, { nowMs, paceMs: 500 })).toHaveLength(20);
  });
});

describe('the walk of a channel with one viewer in each cell', () => {
  it('asks every cell no more than a few times', async () => {
    const viewerIds = [...new Map(toCrowd(3000).map((viewerId) => [toCell(viewerId), viewerId])).values()];
    expect(viewerIds).toHaveLength(cellCount);
    await watchAll(viewerIds);
    await revoke(store, everyone);
    let calls = 0;
    const deliveries = createDeliveryStore({
      ...keyspace,
      cell: (...call) => {
        calls++;
        return keyspace.cell(...call);
      },
      durable: {
        ...keyspace.durable,
        cell: (...call) => {
          calls++;
          return keyspace.durable.cell(...call);
        },
      },
    });
    expect(await claimDeliveries({ ...store, deliveries })).toHaveLength(20);
    expect(calls).toBeLessThan(4 * cellCount);
  });
});
