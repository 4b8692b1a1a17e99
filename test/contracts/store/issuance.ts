/** What issuing a token reads in one go, and when a session may still be recorded. */
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports.ts';
import type { RevocationTarget } from '../../../src/revocations/record.ts';
import { combineScopes } from '../../../src/revocations/scopes.ts';
import type { IssuanceState } from '../../../src/tokens/ports.ts';
import {
  nowSeconds,
  toChannel,
  toChannelArn,
  toDraft,
  toPendingKeyPair,
  toPolicy,
  toViewerId,
  usWest2,
} from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

const news = toChannelArn('news');
const sport = toChannelArn('sport');
const anna = toViewerId('anna');
const ben = toViewerId('ben');

/** Each scope that Anna is under on the news channel, and whom else it takes in. */
const scopes: readonly { target: RevocationTarget; benOnNews: boolean; annaOnSport: boolean }[] = [
  { target: { scope: 'viewer_on_channel', viewerId: anna, channelArn: news }, benOnNews: false, annaOnSport: false },
  { target: { scope: 'viewer', viewerId: anna }, benOnNews: false, annaOnSport: true },
  { target: { scope: 'channel', channelArn: news }, benOnNews: true, annaOnSport: false },
];

export function describeIssuance(withStore: WithStore): void {
  describe('what a token needs', () => {
    it('is nothing at all in an empty store', () =>
      withStore(async (store) => {
        const state = await load(store);
        expect({ ...state, scopes: combineScopes(state.scopes) }).toEqual({
          channel: undefined,
          policy: undefined,
          activeKeyPairId: undefined,
          scopes: { floor: 0, blockedUntil: 0 },
        });
      }));

    it('comes whole: channel, policy, active key pair, floors and blocks', () =>
      withStore(async (store) => {
        const policy = toPolicy('evening', { allowedCountries: ['DE'] });
        const channel = toChannel(news, { policyId: policy.id });
        const until = nowSeconds() + 1000;
        await store.policies.put(policy);
        await store.channels.put(channel);
        await store.keyPairs.put(toPendingKeyPair('key_1'));
        await store.keyPairs.markImported(toPendingKeyPair('key_1').id, { arn: 'arn:1', fingerprint: '1' });
        const { floor } = await store.revocations.record(
          toDraft({ scope: 'viewer', viewerId: anna }, { block: { until } }),
        );
        const state = await load(store);
        expect(state).toMatchObject({ channel, policy, activeKeyPairId: 'key_1' });
        expect(combineScopes(state.scopes)).toEqual({ floor, blockedUntil: until });
      }));
  });

  describe.each(scopes)('a session under a block of scope $target.scope', ({ target, benOnNews, annaOnSport }) => {
    it('is overtaken while it stands, however high its version, and leaves nothing in the ledger', () =>
      withStore(async (store) => {
        const { floor } = await store.revocations.record(toDraft(target, { block: { until: null } }));
        for (const version of [floor + 1, floor + 1_000_000]) expect(await record(store, version)).toBe('overtaken');
        const everywhere = await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }));
        const everyone = await store.revocations.record(toDraft({ scope: 'channel', channelArn: news }));
        expect([everywhere.delivery.pending, everyone.delivery.pending]).toEqual([0, 0]);
      }));

    it('is overtaken up to its time, and recorded from then on', () =>
      withStore(async (store) => {
        const until = nowSeconds() + 100;
        const { floor } = await store.revocations.record(toDraft(target, { block: { until } }));
        const session = { channelArn: news, viewerId: anna, sessionVersion: floor + 1 };
        expect(await store.issuance.recordSession({ ...session, issuedAt: until - 1 })).toBe('overtaken');
        expect(await store.issuance.recordSession({ ...session, issuedAt: until })).toBe('recorded');
      }));

    it('is recorded once it is lifted', () =>
      withStore(async (store) => {
        const { id, floor } = await store.revocations.record(toDraft(target, { block: { until: null } }));
        await store.revocations.liftBlock(id, nowSeconds());
        expect(await record(store, floor)).toBe('overtaken');
        expect(await record(store, floor + 1)).toBe('recorded');
      }));

    it('concerns exactly those in the scope', () =>
      withStore(async (store) => {
        const { floor } = await store.revocations.record(toDraft(target, { block: { until: null } }));
        expect(await record(store, floor + 1, ben, news)).toBe(benOnNews ? 'overtaken' : 'recorded');
        expect(await record(store, floor + 1, anna, sport)).toBe(annaOnSport ? 'overtaken' : 'recorded');
        expect(await record(store, floor + 1, ben, sport)).toBe('recorded');
      }));
  });

  describe.each(scopes)('a session under a floor of scope $target.scope', ({ target, benOnNews, annaOnSport }) => {
    it('is overtaken at the floor and below, and recorded above it', () =>
      withStore(async (store) => {
        const { floor } = await store.revocations.record(toDraft(target));
        expect(await record(store, floor - 1)).toBe('overtaken');
        expect(await record(store, floor)).toBe('overtaken');
        expect(await record(store, floor + 1)).toBe('recorded');
      }));

    it('concerns exactly those in the scope', () =>
      withStore(async (store) => {
        const { floor } = await store.revocations.record(toDraft(target));
        expect(await record(store, floor, ben, news)).toBe(benOnNews ? 'overtaken' : 'recorded');
        expect(await record(store, floor, anna, sport)).toBe(annaOnSport ? 'overtaken' : 'recorded');
        expect(await record(store, floor, ben, sport)).toBe('recorded');
        expect(combineScopes((await load(store)).scopes).floor).toBe(floor);
        expect(combineScopes((await load(store, ben, sport)).scopes).floor).toBe(0);
      }));

    it('leaves nothing in the ledger when it is overtaken', () =>
      withStore(async (store) => {
        const { floor } = await store.revocations.record(toDraft(target));
        await record(store, floor);
        const everywhere = await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }));
        const everyone = await store.revocations.record(toDraft({ scope: 'channel', channelArn: news }));
        expect([everywhere.delivery.pending, everyone.delivery.pending]).toEqual([0, 0]);
      }));
  });
}

function load(store: Store, viewerId = anna, channelArn = news): Promise<IssuanceState> {
  return store.issuance.load({ channelArn, viewerId, region: usWest2 });
}

function record(store: Store, sessionVersion: number, viewerId = anna, channelArn = news) {
  return store.issuance.recordSession({ channelArn, viewerId, sessionVersion, issuedAt: nowSeconds() });
}
