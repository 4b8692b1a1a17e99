/** Floors: above every session that was issued in their scope, by the store's own clock, whatever came before. */
import { describe, expect, it } from 'vitest';
import { clockAllowanceSeconds, toSessionVersion } from '../../../src/revocations/scopes.ts';
import { nowSeconds } from '../../support/records.ts';
import { allScopes, anna, ben, news, revokeIn, sport, viewerScopes } from './scopes-over-anna.ts';
import { loadScopes, revoke, revokeList, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

const everywhere = { scope: 'viewer', viewerId: anna } as const;
const onNews = { scope: 'viewer_on_channel', viewerId: anna, channelArn: news } as const;
const onSport = { scope: 'viewer_on_channel', viewerId: anna, channelArn: sport } as const;
const everyone = { scope: 'channel', channelArn: news } as const;

export function describeFloors(withStore: WithStore): void {
  describeClocks(withStore);
  describeVersions(withStore);
  describeOverlaps(withStore);
}

function describeClocks(withStore: WithStore): void {
  describe.each(allScopes)('the floor of scope $scope', (scope) => {
    it('stands above the clocks of all instances, by the clock of the store when the draft waited', () =>
      withStore(async (store) => {
        const before = nowSeconds();
        const { floor } = await revokeIn(store, scope, { createdAt: before - 1000 });
        expect(floor).toBeGreaterThanOrEqual(before + clockAllowanceSeconds);
        expect(floor).toBeLessThanOrEqual(nowSeconds() + clockAllowanceSeconds);
      }));

    it('stands above the clock of an instance that runs ahead of the store', () =>
      withStore(async (store) => {
        const createdAt = nowSeconds() + 1000;
        expect((await revokeIn(store, scope, { createdAt })).floor).toBe(createdAt + clockAllowanceSeconds);
      }));

    it('stands one above an earlier one of the same scope at least', () =>
      withStore(async (store) => {
        const createdAt = nowSeconds() + 1000;
        const { floor } = await revokeIn(store, scope, { createdAt });
        expect((await revokeIn(store, scope, { createdAt })).floor).toBe(floor + 1);
        expect((await revokeIn(store, scope)).floor).toBe(floor + 2);
      }));

    it('lets the next token be one above', () =>
      withStore(async (store) => {
        const { floor } = await revokeIn(store, scope);
        expect(toSessionVersion(floor - 5, (await loadScopes(store, anna, news)).floor)).toBe(floor + 1);
      }));

    it('leaves those outside of it without one', () =>
      withStore(async (store) => {
        const { floor } = await revokeIn(store, scope);
        const ofBen = (await loadScopes(store, ben, news)).floor;
        const onSportToo = (await loadScopes(store, anna, sport)).floor;
        expect(ofBen).toBe(scope.takesInBenOnNews ? floor : 0);
        expect(onSportToo).toBe(scope.takesInAnnaOnSport ? floor : 0);
      }));
  });
}

function describeVersions(withStore: WithStore): void {
  describe.each(viewerScopes)('the floor of scope $scope', (scope) => {
    it('reaches the versions that were recorded in it, however far ahead they are', () =>
      withStore(async (store) => {
        const far = nowSeconds() + 1000;
        await watch(store, anna, news, { sessionVersion: far });
        expect((await revokeIn(store, scope)).floor).toBe(far);
      }));

    it('reaches a version that was decided before the channel was revoked, behind a newer one', () =>
      withStore(async (store) => {
        const far = nowSeconds() + 1000;
        await watch(store, anna, news, { sessionVersion: far });
        const { floor } = await revoke(store, everyone);
        await watch(store, anna, news, { sessionVersion: floor + 1, channelFloor: floor });
        expect((await revokeIn(store, scope)).floor).toBe(far);
      }));

    it('heeds no version outside of it', () =>
      withStore(async (store) => {
        const far = nowSeconds() + 1000;
        await watch(store, anna, sport, { sessionVersion: far });
        const { floor } = await revokeIn(store, scope);
        if (scope.takesInAnnaOnSport) expect(floor).toBe(far);
        else expect(floor).toBeLessThan(far);
      }));
  });

  describe('the floor of a list', () => {
    it('is the highest of its viewers, each of whom has one of their own', () =>
      withStore(async (store) => {
        const far = nowSeconds() + 1000;
        await watch(store, ben, news, { sessionVersion: far });
        const { floor } = await revokeList(store, [anna, ben], news);
        expect(floor).toBe(far);
        expect((await loadScopes(store, ben, news)).floor).toBe(far);
        expect((await loadScopes(store, anna, news)).floor).toBeLessThan(far);
        expect((await loadScopes(store, anna, news)).floor).toBeGreaterThan(nowSeconds());
      }));
  });
}

function describeOverlaps(withStore: WithStore): void {
  describe('floors of one viewer', () => {
    it('stand above each other where they overlap', () =>
      withStore(async (store) => {
        const createdAt = nowSeconds() + 1000;
        const first = await revoke(store, onNews, { createdAt });
        const second = await revoke(store, everywhere);
        const third = await revoke(store, onNews);
        const fourth = await revokeList(store, [anna]);
        const floors = [first, second, third, fourth].map(({ floor }) => floor);
        expect(floors).toEqual([0, 1, 2, 3].map((above) => first.floor + above));
      }));

    it('leave each other alone where they do not', () =>
      withStore(async (store) => {
        const createdAt = nowSeconds() + 1000;
        await revoke(store, onNews, { createdAt });
        expect((await revoke(store, onSport)).floor).toBeLessThan(createdAt);
      }));

    it('and those of everyone on a channel are apart: a session shows what it was decided with', () =>
      withStore(async (store) => {
        const createdAt = nowSeconds() + 1000;
        const { floor } = await revoke(store, everyone, { createdAt });
        expect((await revoke(store, onNews)).floor).toBeLessThan(createdAt);
        await watch(store, anna, news, { sessionVersion: floor + 1, channelFloor: floor });
        expect((await revoke(store, onNews)).floor).toBe(floor + 1);
      }));

    it('do not lower what a token of theirs stands under', () =>
      withStore(async (store) => {
        const { floor } = await revoke(store, everywhere, { createdAt: nowSeconds() + 1000 });
        await revoke(store, everyone);
        expect((await loadScopes(store, anna, news)).floor).toBe(floor);
      }));
  });
}
