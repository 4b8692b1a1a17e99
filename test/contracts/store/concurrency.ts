/** Many calls at once: each is whole, and none undoes another. */
import { describe, expect, it } from 'vitest';
import { addImportedPair, listKeyPairs } from '../../support/key-pairs.ts';
import { toChannel, toChannelArn, toPolicy } from '../../support/records.ts';
import { expectEachEnded, mixCalls } from './mixed-calls.ts';
import { anna, ben, cleo, news } from './scopes-over-anna.ts';
import { claim, revoke, revokeList, toPairs } from './steps.ts';
import type { WithStore } from './with-store.ts';

export function describeConcurrency(withStore: WithStore): void {
  describe('many calls at once', () => {
    it('leave no session that a revocation should have ended and nobody is told of', () =>
      withStore(async (store) => {
        await expectEachEnded(store, await mixCalls([store]));
      }));

    it('delete no policy that a channel is being given', () =>
      withStore(async (store) => {
        for (let round = 0; round < 20; round++) {
          const policy = toPolicy(`policy-${round}`);
          const channel = toChannel(toChannelArn(`channel-${round}`), { policyId: policy.id });
          await store.policies.put(policy);
          const [put, deleted] = await Promise.all([store.channels.put(channel), store.policies.delete(policy.id)]);
          const inUse = { usedBy: [channel.channelArn] };
          expect([put, deleted]).toEqual(put === 'stored' ? ['stored', inUse] : ['policy_not_found', 'deleted']);
        }
      }));

    it('make one key pair of a region active', () =>
      withStore(async (store) => {
        await Promise.all(['key_1', 'key_2', 'key_3'].map((id) => addImportedPair(store, id)));
        const states = (await listKeyPairs(store)).map(({ state }) => state);
        expect(states.toSorted()).toEqual(['active', 'imported', 'imported']);
      }));

    it('give a delivery to one of those who claim, on both lanes', () =>
      withStore(async (store) => {
        const viewers = [anna, ben, cleo];
        for (const viewerId of viewers) await revoke(store, { scope: 'viewer_on_channel', viewerId, channelArn: news });
        const lanes = ['batch', 'single', 'batch', 'single', 'batch', 'single'] as const;
        const batches = await Promise.all(lanes.map((lane) => claim(store, { lane, limit: 1 })));
        const claimed = batches.flatMap((batch) => batch?.deliveries ?? []);
        expect(toPairs(claimed)).toEqual(toPairs(viewers.map((viewerId) => ({ viewerId, channelArn: news }))));
      }));

    it('find whom a walk meets once, whoever else walks beside them', () =>
      withStore(async (store) => {
        const viewers = [anna, ben, cleo];
        const { id } = await revokeList(store, viewers, news);
        const claimed = [];
        for (let round = 0; round < 3; round++) {
          const batches = await Promise.all([1, 2, 3].map(() => claim(store, { limit: 1 })));
          claimed.push(...batches.flatMap((batch) => batch?.deliveries ?? []));
        }
        expect(toPairs(claimed)).toEqual(toPairs(viewers.map((viewerId) => ({ viewerId, channelArn: news }))));
        expect((await store.revocations.get(id))?.delivery.pending).toBe(viewers.length);
      }));

    it('spend the pace of an account and region once', () =>
      withStore(async (store) => {
        for (const viewerId of [anna, ben, cleo])
          await revoke(store, { scope: 'viewer_on_channel', viewerId, channelArn: news });
        const paced = { limit: 1, paceMs: 600_000 };
        const batches = await Promise.all([1, 2, 3, 4].map(() => claim(store, paced)));
        expect(batches.filter((batch) => batch !== undefined)).toHaveLength(1);
      }));
  });
}
