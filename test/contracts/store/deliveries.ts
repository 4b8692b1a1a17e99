/** Deliveries: to whom each revocation goes, and what is known of how they went. */
import { describe, expect, it } from 'vitest';
import type { ChannelArn, ViewerId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import { type Delivery, sessionLifetimeSeconds } from '../../../src/revocations/delivery.ts';
import { drainDeliveries } from '../../support/drain-deliveries.ts';
import { euWest1, nowSeconds, toChannelArn, toDraft, toViewerId } from '../../support/records.ts';
import type { WithStore } from '../store-contract.ts';

const [news, sport, film] = [toChannelArn('news'), toChannelArn('sport'), toChannelArn('film', euWest1)];
const [anna, ben, odd] = [toViewerId('anna'), toViewerId('ben'), toViewerId("a|b:{c}*'~")];

export function describeDeliveries(withStore: WithStore): void {
  describe('a revocation is delivered', () => {
    it('for a viewer on a channel there, whether a session is known or not', () =>
      withStore(async (store) => {
        await watch(store, anna, sport);
        const target = { scope: 'viewer_on_channel', viewerId: anna, channelArn: news } as const;
        const draft = toDraft(target);
        const { floor, delivery } = await store.recordRevocation(draft);
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
        const revocation = await store.recordRevocation(toDraft({ scope: 'viewer', viewerId: anna }));
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
        const revocation = await store.recordRevocation(toDraft({ scope: 'channel', channelArn: news }));
        expect(revocation.delivery.pending).toBe(3);
        const expected = [anna, ben, odd].map((viewerId) => ({ channelArn: news, viewerId }));
        expect(toPairs(await drainDeliveries(store))).toEqual(toPairs(expected));
      }));

    it('to nobody when nobody watched, or watched too long ago', () =>
      withStore(async (store) => {
        const long = nowSeconds() - sessionLifetimeSeconds - 10;
        await store.recordSession({ viewerId: anna, channelArn: news, sessionVersion: long, issuedAt: long });
        const everywhere = await store.recordRevocation(toDraft({ scope: 'viewer', viewerId: anna }));
        const everyone = await store.recordRevocation(toDraft({ scope: 'channel', channelArn: news }));
        expect([everywhere.delivery.pending, everyone.delivery.pending]).toEqual([0, 0]);
        expect(await drainDeliveries(store)).toEqual([]);
      }));

    it('once for a viewer who started many sessions', () =>
      withStore(async (store) => {
        for (let version = 0; version < 5; version++) await watch(store, anna, news, nowSeconds() + version);
        const { delivery } = await store.recordRevocation(toDraft({ scope: 'viewer', viewerId: anna }));
        expect(delivery.pending).toBe(1);
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
        const { floor } = await store.recordRevocation(draft);
        const [first, second, third] = await drainDeliveries(store);
        if (first === undefined || second === undefined || third === undefined)
          throw new Error('three deliveries were due');
        await store.settleDeliveries([
          { delivery: first, outcome: { kind: 'delivered' } },
          { delivery: second, outcome: { kind: 'failed' } },
        ]);
        const found = { ...draft, floor, delivery: { pending: 1, delivered: 1, failed: 1 } };
        expect(await store.getRevocation(draft.id)).toEqual(found);
        await store.settleDeliveries([{ delivery: first, outcome: { kind: 'failed' } }]);
        expect(await store.getRevocation(draft.id)).toEqual(found);
        await store.settleDeliveries([{ delivery: third, outcome: { kind: 'delivered' } }]);
        expect(await store.listRevocations({ limit: 5 })).toEqual({
          items: [{ ...found, delivery: { pending: 0, delivered: 2, failed: 1 } }],
        });
      }));

    it('may be nothing: settling none changes none', () => withStore((store) => store.settleDeliveries([])));

    it('brings a delivery back at the time at which to try again, and not before', () =>
      withStore(async (store) => {
        const { id } = await store.recordRevocation(
          toDraft({ scope: 'viewer_on_channel', viewerId: anna, channelArn: news }),
        );
        const [delivery] = await drainDeliveries(store);
        if (delivery === undefined) throw new Error('a delivery was due');
        const atMs = Date.now() + 60_000;
        await store.settleDeliveries([{ delivery, outcome: { kind: 'retry', atMs } }]);
        expect((await store.getRevocation(id))?.delivery).toEqual({ pending: 1, delivered: 0, failed: 0 });
        expect(await drainDeliveries(store, atMs - 1)).toEqual([]);
        expect(await drainDeliveries(store, atMs)).toEqual([delivery]);
      }));

    it('does not bring back a delivery that was settled for good', () =>
      withStore(async (store) => {
        await store.recordRevocation(toDraft({ scope: 'viewer_on_channel', viewerId: anna, channelArn: news }));
        const [delivery] = await drainDeliveries(store);
        if (delivery === undefined) throw new Error('a delivery was due');
        await store.settleDeliveries([{ delivery, outcome: { kind: 'delivered' } }]);
        await store.settleDeliveries([{ delivery, outcome: { kind: 'retry', atMs: Date.now() } }]);
        expect(await drainDeliveries(store, Date.now() + 1e9)).toEqual([]);
      }));
  });
}

async function watch(store: Store, viewerId: ViewerId, channelArn: ChannelArn, version = nowSeconds()): Promise<void> {
  const session = { viewerId, channelArn, sessionVersion: version, issuedAt: nowSeconds() };
  expect(await store.recordSession(session)).toBe('recorded');
}

function toPairs(deliveries: readonly Pick<Delivery, 'channelArn' | 'viewerId'>[]): string[] {
  return deliveries.map(({ channelArn, viewerId }) => `${channelArn} ${viewerId}`).toSorted();
}
