/** Revoking one viewer: where it is delivered to, at which floor, and what is known of the viewer and of how it went. */
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/revocations/delivery.ts';
import { sessionLifetimeSeconds } from '../../../src/revocations/delivery.ts';
import { drainDeliveries } from '../../support/drain-deliveries.ts';
import { euWest1, nowSeconds, toChannelArn, toDraft, toViewerId } from '../../support/records.ts';
import { anna, ben, news, sport } from './scopes-over-anna.ts';
import { claimDeliveries, loadCounts, revoke, settle, toPairs, toRecorded, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

const film = toChannelArn('film', euWest1);
const onNews = { scope: 'viewer_on_channel', viewerId: anna, channelArn: news } as const;
const everywhere = { scope: 'viewer', viewerId: anna } as const;

export function describeDeliveries(withStore: WithStore): void {
  describeWhere(withStore);
  describeSeen(withStore);
  describeCounts(withStore);
}

function describeWhere(withStore: WithStore): void {
  describe('a revocation is delivered', () => {
    it.each(['anna', "a|b:{c}*'~"])('for the viewer %s on a channel there, whether a session is known or not', (id) =>
      withStore(async (store) => {
        const viewerId = toViewerId(id);
        await watch(store, viewerId, sport);
        const draft = toDraft({ ...onNews, viewerId });
        const revocation = toRecorded(await store.revocations.record(draft, []));
        expect(revocation.delivery).toEqual({ pending: 1, delivered: 0, failed: 0 });
        const { floor } = revocation;
        const expected: Delivery = {
          revocationId: draft.id,
          channelArn: news,
          viewerId,
          floor,
          createdAt: draft.createdAt,
        };
        expect(await drainDeliveries(store)).toEqual([expected]);
      }),
    );

    it('for a viewer everywhere to every channel in the ledger, of every region', () =>
      withStore(async (store) => {
        for (const channelArn of [news, sport, film]) await watch(store, anna, channelArn);
        await watch(store, ben, news);
        const { floor, delivery } = await revoke(store, everywhere);
        expect(delivery).toEqual({ pending: 3, delivered: 0, failed: 0 });
        const deliveries = await drainDeliveries(store);
        const expected = [film, news, sport].map((channelArn) => ({ channelArn, viewerId: anna }));
        expect(toPairs(deliveries)).toEqual(toPairs(expected));
        for (const each of deliveries) expect(each.floor).toBe(floor);
      }));

    it('to nobody when the viewer watched nowhere, or too long ago', () =>
      withStore(async (store) => {
        const longAgo = nowSeconds() - sessionLifetimeSeconds - 10;
        await watch(store, anna, news, { sessionVersion: longAgo, issuedAt: longAgo });
        expect((await revoke(store, everywhere)).delivery.pending).toBe(0);
        expect(await drainDeliveries(store)).toEqual([]);
      }));

    it('once for a viewer who started many sessions, and for each decision again', () =>
      withStore(async (store) => {
        for (let version = 0; version < 5; version++)
          await watch(store, anna, news, { sessionVersion: nowSeconds() + version });
        const first = await revoke(store, everywhere);
        const second = await revoke(store, everywhere);
        expect([first.delivery.pending, second.delivery.pending]).toEqual([1, 1]);
        const told = (await drainDeliveries(store)).map(({ revocationId, floor }) => ({ revocationId, floor }));
        expect(told).toHaveLength(2);
        for (const { id, floor } of [first, second]) expect(told).toContainEqual({ revocationId: id, floor });
      }));

    it('once when the same decision is recorded again because its answer was lost, at its highest floor', () =>
      withStore(async (store) => {
        await watch(store, anna, news);
        for (const target of [onNews, everywhere]) {
          const draft = toDraft(target);
          await store.revocations.record(draft, []);
          const { floor } = toRecorded(await store.revocations.record(draft, []));
          const told = await drainDeliveries(store);
          expect(told.map(({ revocationId }) => revocationId)).toEqual([draft.id]);
          expect(told[0]?.floor).toBe(floor);
          expect(await loadCounts(store, draft.id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
        }
        expect((await store.revocations.list({ limit: 10, nowSeconds: nowSeconds() })).items).toHaveLength(2);
      }));
  });
}

function describeSeen(withStore: WithStore): void {
  describe('whether a revoked viewer was seen', () => {
    it('is by their tokens of 48 hours, in the scope', () =>
      withStore(async (store) => {
        const longAgo = nowSeconds() - sessionLifetimeSeconds - 10;
        await watch(store, anna, sport);
        await watch(store, ben, news, { sessionVersion: longAgo, issuedAt: longAgo });
        expect((await revoke(store, onNews)).seen).toBe(false);
        expect((await revoke(store, { ...onNews, channelArn: sport })).seen).toBe(true);
        expect((await revoke(store, everywhere)).seen).toBe(true);
        expect((await revoke(store, { ...everywhere, viewerId: ben })).seen).toBe(false);
      }));

    it('stays as it was when the decision was made', () =>
      withStore(async (store) => {
        const { id, floor } = await revoke(store, onNews);
        await watch(store, anna, news, { sessionVersion: floor + 1 });
        expect((await store.revocations.get(id))?.seen).toBe(false);
      }));
  });
}

function describeCounts(withStore: WithStore): void {
  describe('a revocation', () => {
    it('is found as it was recorded, with its counts as they are', () =>
      withStore(async (store) => {
        for (const channelArn of [news, sport, film]) await watch(store, anna, channelArn);
        const draft = toDraft(everywhere, { reason: 'a "reason" — §', block: { until: null } });
        const recorded = toRecorded(await store.revocations.record(draft, []));
        const { floor } = recorded;
        const found = {
          ...draft,
          floor,
          seen: true,
          progress: null,
          delivery: { pending: 3, delivered: 0, failed: 0 },
        };
        expect(recorded).toEqual(found);
        expect(await store.revocations.get(draft.id)).toEqual(found);
        const [first] = await claimDeliveries(store);
        if (first === undefined) throw new Error('a delivery was due');
        await settle(store, first, { kind: 'delivered' });
        const told = { ...found, delivery: { pending: 2, delivered: 1, failed: 0 } };
        expect(await store.revocations.get(draft.id)).toEqual(told);
        expect(await store.revocations.list({ limit: 5, nowSeconds: nowSeconds() })).toEqual({ items: [told] });
      }));

    it('is not found under an id that was given to none', () =>
      withStore(async (store) => {
        await revoke(store, everywhere);
        expect(await store.revocations.get(toDraft(everywhere).id)).toBeUndefined();
      }));

    it('leaves nothing that was begun and not finished', () =>
      withStore(async (store) => {
        const { id } = await revoke(store, everywhere, { block: { until: null } });
        await revoke(store, { scope: 'channel', channelArn: news }, { block: { until: null } });
        await store.revocations.liftBlock(id, nowSeconds());
        expect(await store.revocations.finishIntents(Date.now() + 60_000, 0)).toBe(0);
      }));
  });
}
