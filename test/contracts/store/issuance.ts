/** What issuing a token reads in one go, and when a session may still be recorded. */
import { describe, expect, it } from 'vitest';
import { combineScopes, neverLifts } from '../../../src/revocations/scopes.ts';
import { addImportedPair } from '../../support/key-pairs.ts';
import { nowSeconds, toChannel, toPolicy, usWest2 } from '../../support/records.ts';
import { allScopes, anna, ben, news, revokeIn, sport, viewerScopes } from './scopes-over-anna.ts';
import { loadScopes, record, revoke } from './steps.ts';
import type { WithStore } from './with-store.ts';

/** What is asked when Anna wants to watch the news. */
const query = { viewerId: anna, channelArn: news, place: usWest2 };

export function describeIssuance(withStore: WithStore): void {
  describeLoading(withStore);
  describeBlockedSessions(withStore);
  describeSessionsUnderFloors(withStore);
}

function describeLoading(withStore: WithStore): void {
  describe('what a token needs', () => {
    it('is nothing at all in an empty store', () =>
      withStore(async (store) => {
        const state = await store.issuance.load(query);
        expect({ ...state, scopes: combineScopes(state.scopes) }).toEqual({
          channel: undefined,
          policy: undefined,
          activeKeyPairId: undefined,
          scopes: { floor: 0, blockedUntil: 0 },
          channelFloor: 0,
        });
      }));

    it('comes whole: channel, policy, active key pair, floors and blocks', () =>
      withStore(async (store) => {
        const policy = toPolicy('evening', { allowedCountries: ['DE'] });
        const channel = toChannel(news, { policyId: policy.id });
        const until = nowSeconds() + 1000;
        await store.policies.put(policy);
        await store.channels.put(channel);
        await addImportedPair(store, 'key_1');
        const { floor } = await revoke(store, { scope: 'viewer', viewerId: anna }, { block: { until } });
        const state = await store.issuance.load(query);
        expect(state).toMatchObject({ channel, policy, activeKeyPairId: 'key_1', channelFloor: 0 });
        expect(combineScopes(state.scopes)).toEqual({ floor, blockedUntil: until });
      }));

    it('names the floor of everyone on the channel, whatever other floors there are', () =>
      withStore(async (store) => {
        const { floor } = await revoke(store, { scope: 'channel', channelArn: news });
        const other = { viewerId: anna, channelArn: sport, place: usWest2 };
        const far = nowSeconds() + 1000;
        await revoke(store, { scope: 'viewer', viewerId: anna }, { createdAt: far });
        expect((await store.issuance.load(query)).channelFloor).toBe(floor);
        expect((await store.issuance.load(other)).channelFloor).toBe(0);
        expect((await loadScopes(store, anna, news)).floor).toBeGreaterThan(far);
        expect((await loadScopes(store, ben, news)).floor).toBe(floor);
      }));
  });
}

function describeBlockedSessions(withStore: WithStore): void {
  describe.each(allScopes)('a session under a block of scope $scope', (scope) => {
    const channelFloorUnder = (floor: number) => (scope.scope === 'channel' ? floor : 0);

    it('is overtaken while it stands, however high its version', () =>
      withStore(async (store) => {
        const { floor } = await revokeIn(store, scope, { block: { until: null } });
        for (const sessionVersion of [floor + 1, floor + 1_000_000]) {
          const session = { sessionVersion, channelFloor: channelFloorUnder(floor) };
          expect(await record(store, anna, news, session)).toBe('overtaken');
        }
      }));

    it('is overtaken up to its time, and recorded from then on', () =>
      withStore(async (store) => {
        const until = nowSeconds() + 100;
        const { floor } = await revokeIn(store, scope, { block: { until } });
        const session = { sessionVersion: floor + 1, channelFloor: channelFloorUnder(floor) };
        expect(await record(store, anna, news, { ...session, issuedAt: until - 1 })).toBe('overtaken');
        expect(await record(store, anna, news, { ...session, issuedAt: until })).toBe('recorded');
      }));

    it('is recorded once it is lifted', () =>
      withStore(async (store) => {
        const { id, floor } = await revokeIn(store, scope, { block: { until: null } });
        await store.revocations.liftBlock(id, nowSeconds());
        const session = { sessionVersion: floor + 1, channelFloor: channelFloorUnder(floor) };
        expect(await record(store, anna, news, session)).toBe('recorded');
      }));

    it('concerns exactly those in the scope', () =>
      withStore(async (store) => {
        const { floor } = await revokeIn(store, scope, { block: { until: null } });
        const session = { sessionVersion: floor + 1 };
        const onNews = { ...session, channelFloor: channelFloorUnder(floor) };
        expect(await record(store, ben, news, onNews)).toBe(scope.takesInBenOnNews ? 'overtaken' : 'recorded');
        expect(await record(store, anna, sport, session)).toBe(scope.takesInAnnaOnSport ? 'overtaken' : 'recorded');
        expect(await loadScopes(store, anna, news)).toMatchObject({ blockedUntil: neverLifts });
      }));
  });
}

function describeSessionsUnderFloors(withStore: WithStore): void {
  describe.each(viewerScopes)('a session under a floor of scope $scope', (scope) => {
    it('is overtaken at the floor and below, and recorded above it', () =>
      withStore(async (store) => {
        const { floor } = await revokeIn(store, scope);
        expect(await record(store, anna, news, { sessionVersion: floor - 1 })).toBe('overtaken');
        expect(await record(store, anna, news, { sessionVersion: floor })).toBe('overtaken');
        expect(await record(store, anna, news, { sessionVersion: floor + 1 })).toBe('recorded');
      }));

    it('concerns exactly those in the scope', () =>
      withStore(async (store) => {
        const { floor } = await revokeIn(store, scope);
        const session = { sessionVersion: floor };
        expect(await record(store, ben, news, session)).toBe(scope.takesInBenOnNews ? 'overtaken' : 'recorded');
        expect(await record(store, anna, sport, session)).toBe(scope.takesInAnnaOnSport ? 'overtaken' : 'recorded');
        expect((await loadScopes(store, anna, news)).floor).toBe(floor);
      }));

    it('leaves nothing behind when it is overtaken', () =>
      withStore(async (store) => {
        const { floor } = await revokeIn(store, scope);
        expect(await record(store, anna, news, { sessionVersion: floor })).toBe('overtaken');
        expect((await store.viewers.get(anna, nowSeconds())).channels).toEqual([]);
      }));
  });

  describe('a session under a floor of everyone on the channel', () => {
    const everyone = { scope: 'channel', channelArn: news } as const;

    it('is overtaken when it was decided before it, however high its version', () =>
      withStore(async (store) => {
        const { floor } = await revoke(store, everyone);
        for (const sessionVersion of [nowSeconds(), floor + 1_000_000])
          expect(await record(store, anna, news, { sessionVersion })).toBe('overtaken');
      }));

    it('is recorded when it was decided with that very floor, and not with an earlier one', () =>
      withStore(async (store) => {
        const first = await revoke(store, everyone);
        const second = await revoke(store, everyone);
        const session = { sessionVersion: second.floor + 1 };
        expect(await record(store, anna, news, { ...session, channelFloor: first.floor })).toBe('overtaken');
        expect(await record(store, anna, news, { ...session, channelFloor: second.floor })).toBe('recorded');
      }));

    it('is overtaken when it saw a floor that the store does not know: it was emptied in between', () =>
      withStore(async (store) => {
        const session = { sessionVersion: nowSeconds() + 7, channelFloor: nowSeconds() + 6 };
        expect(await record(store, anna, news, session)).toBe('overtaken');
      }));

    it('concerns no other channel', () =>
      withStore(async (store) => {
        await revoke(store, everyone);
        expect(await record(store, anna, sport)).toBe('recorded');
      }));
  });
}
