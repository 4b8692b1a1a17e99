/** Revoking a list of viewers: each of them as if they were revoked alone, all of it one decision. */
import { describe, expect, it } from 'vitest';
import type { RevocationId, ViewerId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import { neverLifts } from '../../../src/revocations/scopes.ts';
import { drainDeliveries } from '../../support/drain-deliveries.ts';
import { euWest1, nowSeconds, toChannelArn, toCrowd, toListTarget } from '../../support/records.ts';
import { anna, ben, cleo, news, sport } from './scopes-over-anna.ts';
import { loadScopes, record, revoke, revokeList, toPairs, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

const crowd = toCrowd(500);
const film = toChannelArn('film', euWest1);

export function describeViewerLists(withStore: WithStore): void {
  describeLongLists(withStore);
  describeListDeliveries(withStore);
  describeListedViewers(withStore);
  describeBlockedViewers(withStore);
}

function describeLongLists(withStore: WithStore): void {
  describe.each([{ channelArn: news }, { channelArn: undefined }])('a list of 500 viewers ($channelArn)', (given) => {
    it('blocks each of them until it is lifted, and nobody else', () =>
      withStore(async (store) => {
        const revocation = await revokeList(store, crowd, given.channelArn, { block: { until: null } });
        expect(revocation).toMatchObject({
          target: toListTarget(crowd, given.channelArn),
          block: { until: null },
          seen: null,
          progress: { done: false, walked: 0 },
        });
        const version = { sessionVersion: revocation.floor + 1 };
        expect(new Set(await recordAll(store, crowd, version.sessionVersion))).toEqual(new Set(['overtaken']));
        await watch(store, anna, news);
        expect(await store.revocations.liftBlock(revocation.id, nowSeconds())).toBe(true);
        expect(new Set(await recordAll(store, crowd, version.sessionVersion))).toEqual(new Set(['recorded']));
        expect((await store.revocations.get(revocation.id))?.block).toBeNull();
      }));

    it('gives each of them a floor that is delivered, and counts them all', () =>
      withStore(async (store) => {
        await recordAll(store, crowd, nowSeconds());
        const { id, floor } = await revokeList(store, crowd, given.channelArn);
        const deliveries = await drainDeliveries(store);
        expect(toPairs(deliveries)).toEqual(toPairs(crowd.map((viewerId) => ({ viewerId, channelArn: news }))));
        for (const delivery of deliveries) expect(delivery).toMatchObject({ revocationId: id });
        expect(Math.max(...deliveries.map((delivery) => delivery.floor))).toBe(floor);
        expect(Math.min(...deliveries.map((delivery) => delivery.floor))).toBeGreaterThan(nowSeconds());
        expect(await store.revocations.get(id)).toMatchObject({
          delivery: { pending: 0, delivered: crowd.length, failed: 0 },
          progress: { done: true, walked: crowd.length },
        });
      }));
  });
}

function describeListDeliveries(withStore: WithStore): void {
  describe('a list of viewers', () => {
    it('on a channel is delivered once for each, whether a session is known or not', () =>
      withStore(async (store) => {
        await watch(store, anna, news);
        await watch(store, anna, sport);
        await revokeList(store, [anna, ben], news);
        const expected = [anna, ben].map((viewerId) => ({ viewerId, channelArn: news }));
        expect(toPairs(await drainDeliveries(store))).toEqual(toPairs(expected));
      }));

    it('everywhere is delivered to every channel of each, of every region', () =>
      withStore(async (store) => {
        for (const channelArn of [news, sport, film]) await watch(store, anna, channelArn);
        await watch(store, ben, sport);
        const { id } = await revokeList(store, [anna, ben, cleo]);
        expect(toPairs(await drainDeliveries(store))).toEqual(
          toPairs([
            ...[news, sport, film].map((channelArn) => ({ viewerId: anna, channelArn })),
            { viewerId: ben, channelArn: sport },
          ]),
        );
        expect((await store.revocations.get(id))?.progress).toEqual({ done: true, walked: 3 });
      }));

    it.each([{ channelArn: news }, { channelArn: undefined }])('tells IVS of each their own floor (%j)', (given) =>
      withStore(async (store) => {
        const far = nowSeconds() + 1000;
        await watch(store, anna, news);
        await watch(store, ben, news, { sessionVersion: far });
        await revokeList(store, [anna, ben], given.channelArn);
        const floors = new Map((await drainDeliveries(store)).map(({ viewerId, floor }) => [viewerId, floor]));
        expect(floors.get(ben)).toBe(far);
        expect(floors.get(anna)).toBe((await loadScopes(store, anna, news)).floor);
        expect(floors.get(anna)).toBeLessThan(far);
      }),
    );

    it('is as durable as one viewer: it is delivered though its block is lifted at once', () =>
      withStore(async (store) => {
        await watch(store, anna, news);
        const { id } = await revokeList(store, [anna, ben], news, { block: { until: null } });
        await store.revocations.liftBlock(id, nowSeconds());
        expect(await drainDeliveries(store)).toHaveLength(2);
      }));

    it('leaves other blocks of its viewers when it is lifted', () =>
      withStore(async (store) => {
        const until = nowSeconds() + 100;
        await revoke(store, { scope: 'viewer', viewerId: anna }, { block: { until } });
        const { id } = await revokeList(store, [anna, ben], news, { block: { until: null } });
        const other = await revokeList(store, [ben, cleo], undefined, { block: { until: null } });
        await store.revocations.liftBlock(id, nowSeconds());
        expect((await loadScopes(store, anna, news)).blockedUntil).toBe(until);
        expect((await loadScopes(store, ben, news)).blockedUntil).toBe(neverLifts);
        await store.revocations.liftBlock(other.id, nowSeconds());
        expect((await loadScopes(store, ben, news)).blockedUntil).toBe(0);
      }));
  });
}

function describeListedViewers(withStore: WithStore): void {
  describe('the viewers of a list', () => {
    it.each([1, 7, 200, 499, 500, 501])('are given out whole, in the order of their ids, %i at a time', (limit) =>
      withStore(async (store) => {
        const viewerIds = crowd.toReversed();
        const { id } = await revokeList(store, limit === 1 ? viewerIds.slice(-20) : viewerIds, news);
        expect(await listViewers(store, id, limit)).toEqual(limit === 1 ? crowd.slice(0, 20) : crowd);
      }),
    );

    it('are none for other scopes, or where there is no such revocation', () =>
      withStore(async (store) => {
        const single = await revoke(store, { scope: 'viewer', viewerId: anna });
        const everyone = await revoke(store, { scope: 'channel', channelArn: news });
        const unknown = single.id.replaceAll('0', 'f') as RevocationId;
        for (const id of [single.id, everyone.id, unknown])
          expect(await store.revocations.listViewers(id, { limit: 10 })).toEqual({ items: [] });
      }));
  });
}

function describeBlockedViewers(withStore: WithStore): void {
  describe('those of a list on whom its block stands', () => {
    it.each([7, 500, 1000])('are all of them at first, %i at a time', (limit) =>
      withStore(async (store) => {
        const { id } = await revokeList(store, crowd, news, { block: { until: null } });
        expect(await listBlocked(store, id, limit)).toEqual(crowd);
      }),
    );

    it('are without those who were let in again, and nobody once it is lifted or has ended', () =>
      withStore(async (store) => {
        const until = nowSeconds() + 1000;
        await revokeList(store, [anna, ben], sport, { block: { until: null } });
        const { id } = await revokeList(store, [anna, ben, cleo], news, { block: { until } });
        await store.viewers.liftBlocks(ben, nowSeconds());
        expect(await listBlocked(store, id, 2)).toEqual([anna, cleo]);
        expect(await listBlocked(store, id, 2, until)).toEqual([]);
        await store.revocations.liftBlock(id, nowSeconds());
        expect(await listBlocked(store, id, 2)).toEqual([]);
      }));

    it('are none without a block, for other scopes, or where there is no such revocation', () =>
      withStore(async (store) => {
        const without = await revokeList(store, [anna]);
        const single = await revoke(store, { scope: 'viewer', viewerId: anna }, { block: { until: null } });
        const unknown = single.id.replaceAll('0', 'f') as RevocationId;
        for (const id of [without.id, single.id, unknown]) expect(await listBlocked(store, id, 10)).toEqual([]);
      }));
  });
}

async function listBlocked(store: Store, id: RevocationId, limit: number, now = nowSeconds()) {
  const viewerIds: ViewerId[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.revocations.listBlocked(id, { cursor, limit }, now);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    viewerIds.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return viewerIds;
}

async function recordAll(store: Store, viewerIds: readonly ViewerId[], sessionVersion: number) {
  return Promise.all(viewerIds.map((viewerId) => record(store, viewerId, news, { sessionVersion })));
}

async function listViewers(store: Store, id: RevocationId, limit: number): Promise<readonly ViewerId[]> {
  const viewerIds: ViewerId[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.revocations.listViewers(id, { cursor, limit });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    viewerIds.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return viewerIds;
}
