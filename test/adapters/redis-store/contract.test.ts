/** The Redis store against the contract of every Store, on a real server. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import { expectSumHolds } from '../../contracts/store/limits.ts';
import { expectEachEnded, mixCalls } from '../../contracts/store/mixed-calls.ts';
import { claim, record, revoke } from '../../contracts/store/steps.ts';
import { describeStoreContract } from '../../contracts/store-contract.ts';
import { describeStoreModel } from '../../contracts/store-model.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { nowSeconds, toChannelArn, toViewerId } from '../../support/records.ts';
import { sharedRedisUrl } from '../../support/shared-redis-url.ts';

const scripts = loadScripts();
const newName = () => `test-${randomUUID()}`;
const openStore = (name: string) =>
  createRedisStore({ scripts, url: sharedRedisUrl(), timeoutMs: 2000, log: createRecordingLog(), prefix: name });

describeStoreContract('the Redis store', () => openStore(newName()));

describeStoreModel('the Redis store', () => {
  const name = newName();
  return [openStore(name), openStore(name)];
});

describe('one Redis server', () => {
  it('keeps nothing of a session that came after a revocation of its channel', async () => {
    const store = openStore(newName());
    const [viewerId, channelArn] = [toViewerId('anna'), toChannelArn('news')];
    const { floor } = await revoke(store, { scope: 'channel', channelArn });
    const late = { sessionVersion: floor + 5, channelFloor: 0 };
    expect(await record(store, viewerId, channelArn, late)).toBe('overtaken');
    expect((await store.viewers.get(viewerId, nowSeconds())).channels).toEqual([]);
    await store.close();
  });
});

describe('several instances over one Redis', () => {
  it('leave no session at or below a floor that nobody is told of', async () => {
    const name = newName();
    const stores = [openStore(name), openStore(name), openStore(name)] as const;
    await expectEachEnded(stores[0], await mixCalls(stores));
    for (const store of stores) await store.close();
  });

  it('let no more through together than a limit says', async () => {
    const name = newName();
    const stores = [openStore(name), openStore(name)];
    await expectSumHolds(stores);
    for (const store of stores) await store.close();
  });

  it('share the pace of a budget, and never a delivery', async () => {
    const name = newName();
    const [one, other] = [openStore(name), openStore(name)];
    for (const viewerId of ['anna', 'ben'].map(toViewerId))
      await revoke(one, { scope: 'viewer_on_channel', viewerId, channelArn: toChannelArn('news') });
    const paced = { limit: 1, paceMs: 600_000 };
    const batches = await Promise.all([claim(one, paced), claim(other, paced)]);
    expect(batches.filter((batch) => batch !== undefined)).toHaveLength(1);
    await one.close();
    await other.close();
  });
});
