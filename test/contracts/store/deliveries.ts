/** Deliveries: to whom each revocation goes, and what is known of how they went. */
import { describe, expect, it } from 'vitest';
import { type ChannelArn, toRegion, type ViewerId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import { type Delivery, type DeliveryOutcome, sessionLifetimeSeconds } from '../../../src/revocations/delivery.ts';
import { drainDeliveries } from '../../support/drain-deliveries.ts';
import { euWest1, nowSeconds, toChannelArn, toDraft, toViewerId, usWest2 } from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

const [news, sport, film] = [toChannelArn('news'), toChannelArn('sport'), toChannelArn('film', euWest1)];
const [anna, ben, odd] = [toViewerId('anna'), toViewerId('ben'), toViewerId("a|b:{c}*'~")];

export function describeDeliveries(withStore: WithStore): void {
  describe('a revocation is delivered', () => {
    it('for a viewer on a channel there, whether a session is known or not', () =>
      withStore(async (store) => {
        await watch(store, anna, sport);
        const target = { scope: 'viewer_on_channel', viewerId: anna, channelArn: news } as const;
        const draft = toDraft(target);
        const { floor, delivery } = await store.revocations.record(draft);
        expect(delivery).toEqual({ pending: 1, delivered: 0, failed: 0 });
        const expected: Delivery = {
          revocationId: draft.id,
          channelArn: news,
          viewerId: anna,
          floor,
          createdAt: draft.createdAt,
        };
        expect(await drainDeliveries(store)).toEqual([expected]);
      }));

    it('for a viewer everywhere to every channel in the ledger, of every region', () =>
      withStore(async (store) => {
        for (const channelArn of [news, sport, film]) await watch(store, anna, channelArn);
        await watch(store, ben, news);
        const revocation = await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }));
        expect(revocation.delivery.pending).toBe(3);
        const deliveries = await drainDeliveries(store);
        expect(toPairs(deliveries)).toEqual(
          toPairs([film, news, sport].map((channelArn) => ({ channelArn, viewerId: anna }))),
        );
        expect(deliveries.every(({ floor }) => floor === revocation.floor)).toBe(true);
      }));

    it('for a channel to every viewer in the ledger', () =>
      withStore(async (store) => {
        for (const viewerId of [anna, ben, odd]) await watch(store, viewerId, news);
        await watch(store, ben, sport);
        const revocation = await store.revocations.record(toDraft({ scope: 'channel', channelArn: news }));
        expect(revocation.delivery.pending).toBe(3);
        const expected = [anna, ben, odd].map((viewerId) => ({ channelArn: news, viewerId }));
        expect(toPairs(await drainDeliveries(store))).toEqual(toPairs(expected));
      }));

    it('to nobody when nobody watched, or watched too long ago', () =>
      withStore(async (store) => {
        const long = nowSeconds() - sessionLifetimeSeconds - 10;
        await store.issuance.recordSession({ viewerId: anna, channelArn: news, sessionVersion: long, issuedAt: long });
        const everywhere = await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }));
        const everyone = await store.revocations.record(toDraft({ scope: 'channel', channelArn: news }));
        expect([everywhere.delivery.pending, everyone.delivery.pending]).toEqual([0, 0]);
        expect(await drainDeliveries(store)).toEqual([]);
      }));

    it('once for a viewer who started many sessions', () =>
      withStore(async (store) => {
        for (let version = 0; version < 5; version++) await watch(store, anna, news, nowSeconds() + version);
        const { delivery } = await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }));
        expect(delivery.pending).toBe(1);
      }));
  });

  describe('a revocation of a whole channel', () => {
    const everyone = { scope: 'channel', channelArn: news } as const;

    it('right after another has nobody left to tell', () =>
      withStore(async (store) => {
        for (const viewerId of [anna, ben]) await watch(store, viewerId, news);
        const first = await store.revocations.record(toDraft(everyone));
        const second = await store.revocations.record(toDraft(everyone));
        expect([first.delivery.pending, second.delivery.pending]).toEqual([2, 0]);
        expect(second.floor).toBeGreaterThan(first.floor);
        const told = (await drainDeliveries(store)).map(({ viewerId, floor }) => ({ viewerId, floor }));
        expect(told).toHaveLength(2);
        for (const viewerId of [anna, ben]) expect(told).toContainEqual({ viewerId, floor: first.floor });
      }));

    it('goes to those who got a token since the channel was revoked before, and to no others', () =>
      withStore(async (store) => {
        for (const viewerId of [anna, ben]) await watch(store, viewerId, news);
        const first = await store.revocations.record(toDraft(everyone));
        await watch(store, ben, news, first.floor + 1);
        await watch(store, odd, news, first.floor + 1);
        const second = await store.revocations.record(toDraft(everyone));
        const told = (await drainDeliveries(store)).filter(({ revocationId }) => revocationId === second.id);
        expect(toPairs(told)).toEqual(toPairs([ben, odd].map((viewerId) => ({ channelArn: news, viewerId }))));
      }));

    it('leaves other channels, and its viewers where one of them is revoked everywhere, as they are', () =>
      withStore(async (store) => {
        for (const channelArn of [news, sport]) await watch(store, anna, channelArn);
        await store.revocations.record(toDraft(everyone));
        const elsewhere = await store.revocations.record(toDraft({ scope: 'channel', channelArn: sport }));
        const everywhere = await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }));
        expect([elsewhere.delivery.pending, everywhere.delivery.pending]).toEqual([1, 2]);
      }));

    it('is still told to a crowd whose next revocations have nobody to tell', () =>
      withStore(async (store) => {
        for (const viewerId of [anna, ben]) await watch(store, viewerId, news);
        const { id } = await store.revocations.record(toDraft(everyone));
        await store.revocations.record(toDraft(everyone));
        for (const delivery of await drainDeliveries(store)) await settle(store, delivery, { kind: 'delivered' });
        expect((await store.revocations.get(id))?.delivery).toEqual({ pending: 0, delivered: 2, failed: 0 });
      }));
  });

  describe('what became of deliveries', () => {
    it('is counted once each, and a revocation is found with its counts', () =>
      withStore(async (store) => {
        for (const channelArn of [news, sport, film]) await watch(store, anna, channelArn);
        const draft = toDraft(
          { scope: 'viewer', viewerId: anna },
          { reason: 'a "reason" — §', block: { until: null } },
        );
        const { floor } = await store.revocations.record(draft);
        const [first, second, third] = await drainDeliveries(store);
        if (first === undefined || second === undefined || third === undefined)
          throw new Error('three deliveries were due');
        await settle(store, first, { kind: 'delivered' });
        await settle(store, second, { kind: 'failed' });
        const found = { ...draft, floor, delivery: { pending: 1, delivered: 1, failed: 1 } };
        expect(await store.revocations.get(draft.id)).toEqual(found);
        await settle(store, first, { kind: 'failed' });
        expect(await store.revocations.get(draft.id)).toEqual(found);
        await settle(store, third, { kind: 'delivered' });
        expect(await store.revocations.list({ limit: 5 })).toEqual({
          items: [{ ...found, delivery: { pending: 0, delivered: 2, failed: 1 } }],
        });
      }));

    it('may be nothing: settling none changes none', () =>
      withStore(async (store) => {
        const { id } = await store.revocations.record(
          toDraft({ scope: 'viewer_on_channel', viewerId: anna, channelArn: news }),
        );
        await store.deliveries.settle({ region: usWest2, settled: [], nowMs: Date.now(), paceMs: 500 });
        await store.deliveries.settle({ region: euWest1, settled: [], nowMs: Date.now(), paceMs: 500 });
        expect((await store.revocations.get(id))?.delivery).toEqual({ pending: 1, delivered: 0, failed: 0 });
        expect(await drainDeliveries(store)).toHaveLength(1);
      }));

    it('brings a delivery back at the time at which to try again, and not before', () =>
      withStore(async (store) => {
        const { id } = await store.revocations.record(
          toDraft({ scope: 'viewer_on_channel', viewerId: anna, channelArn: news }),
        );
        const [delivery] = await drainDeliveries(store);
        if (delivery === undefined) throw new Error('a delivery was due');
        const atMs = Date.now() + 60_000;
        await settle(store, delivery, { kind: 'retry', atMs });
        expect((await store.revocations.get(id))?.delivery).toEqual({ pending: 1, delivered: 0, failed: 0 });
        expect(await drainDeliveries(store, atMs - 1)).toEqual([]);
        expect(await drainDeliveries(store, atMs)).toEqual([delivery]);
      }));

    it('does not bring back a delivery that was settled for good', () =>
      withStore(async (store) => {
        await store.revocations.record(toDraft({ scope: 'viewer_on_channel', viewerId: anna, channelArn: news }));
        const [delivery] = await drainDeliveries(store);
        if (delivery === undefined) throw new Error('a delivery was due');
        await settle(store, delivery, { kind: 'delivered' });
        await settle(store, delivery, { kind: 'retry', atMs: Date.now() });
        expect(await drainDeliveries(store, Date.now() + 1e9)).toEqual([]);
      }));
  });
}

async function watch(store: Store, viewerId: ViewerId, channelArn: ChannelArn, version = nowSeconds()): Promise<void> {
  const session = { viewerId, channelArn, sessionVersion: version, issuedAt: nowSeconds() };
  expect(await store.issuance.recordSession(session)).toBe('recorded');
}

function settle(store: Store, delivery: Delivery, outcome: DeliveryOutcome): Promise<void> {
  const region = toRegion(delivery.channelArn);
  return store.deliveries.settle({ region, settled: [{ delivery, outcome }], nowMs: Date.now(), paceMs: 0 });
}

function toPairs(deliveries: readonly Pick<Delivery, 'channelArn' | 'viewerId'>[]): string[] {
  return deliveries.map(({ channelArn, viewerId }) => `${channelArn} ${viewerId}`).toSorted();
}
