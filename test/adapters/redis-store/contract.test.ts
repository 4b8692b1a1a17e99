/** The Redis store against the contract of every Store, on a real server. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import { expectEachEnded, mixCalls } from '../../contracts/store/concurrency.ts';
import { describeStoreContract } from '../../contracts/store-contract.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { toChannelArn, toDraft, toViewerId } from '../../support/records.ts';
import { sharedRedisUrl } from '../../support/shared-redis-url.ts';

const scripts = loadScripts();
const newPrefix = () => `{test-${randomUUID()}}:`;
const openStore = (prefix: string) =>
  createRedisStore({ scripts, url: sharedRedisUrl(), timeoutMs: 2000, log: createRecordingLog(), prefix });

describeStoreContract('the Redis store', () => openStore(newPrefix()));

describe('several instances over one Redis', () => {
  it('leave no session at or below a floor that nobody is told of', async () => {
    const prefix = newPrefix();
    const stores = [openStore(prefix), openStore(prefix), openStore(prefix)] as const;
    const { sessions, revocations } = await mixCalls(stores);
    await expectEachEnded(stores[0], sessions, revocations);
    for (const store of stores) await store.close();
  });

  it('share a region that is busy, and never a delivery', async () => {
    const prefix = newPrefix();
    const [one, other] = [openStore(prefix), openStore(prefix)];
    for (const name of ['anna', 'ben'])
      await one.revocations.record(
        toDraft({ scope: 'viewer_on_channel', viewerId: toViewerId(name), channelArn: toChannelArn('news') }),
      );
    const claim = { nowMs: Date.now(), limit: 1, leaseMs: 60_000 };
    const batches = await Promise.all([one.deliveries.claim(claim), other.deliveries.claim(claim)]);
    expect(batches.filter((batch) => batch !== undefined)).toHaveLength(1);
    await one.close();
    await other.close();
  });
});
