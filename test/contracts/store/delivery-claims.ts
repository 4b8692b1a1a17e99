/** Claiming deliveries: so many at a time, kept from others for so long, at a pace for each lane, account and region. */
import { describe, expect, it } from 'vitest';
import { regionSchema } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import { toBudget } from '../../../src/revocations/delivery.ts';
import { drainDeliveries, isWalking, settleAll } from '../../support/drain-deliveries.ts';
import { euWest1, toChannelArn, toCrowd, usWest2 } from '../../support/records.ts';
import { anna, ben, cleo, news, sport } from './scopes-over-anna.ts';
import { claim, claimDeliveries, claimOnly, revoke, revokeList, toPairs, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

const film = toChannelArn('film', euWest1);
const elsewhere = [
  film,
  toChannelArn('news', usWest2, '210987654321'),
  toChannelArn('song', regionSchema.parse('ap-south-1')),
];
/** Longer than any test takes. */
const longMs = 600_000;
const lanePairs = [
  { lane: 'batch', other: 'single' },
  { lane: 'single', other: 'batch' },
] as const;

export function describeDeliveryClaims(withStore: WithStore): void {
  describeClaims(withStore);
  describeLeases(withStore);
  describePaces(withStore);
  describeBudgets(withStore);
}

function revokeOn(store: Store, channelArn = news, viewerIds = [anna, ben, cleo]) {
  return Promise.all(viewerIds.map((viewerId) => revoke(store, { scope: 'viewer_on_channel', viewerId, channelArn })));
}

function describeClaims(withStore: WithStore): void {
  describe('claiming deliveries', () => {
    it.each(lanePairs)('gives out nothing on the lane $lane when nothing is due', ({ lane }) =>
      withStore(async (store) => {
        expect(await claim(store, { lane })).toBeUndefined();
        await watch(store, anna, news);
        expect(await claim(store, { lane })).toBeUndefined();
      }),
    );

    it('gives out each delivery once, so many at a time, of several revocations', () =>
      withStore(async (store) => {
        await revokeOn(store, news, [...toCrowd(50)]);
        const claimed = [];
        for (const size of [20, 20, 10, 0]) {
          const deliveries = await claimDeliveries(store);
          expect(deliveries).toHaveLength(size);
          claimed.push(...deliveries);
        }
        expect(toPairs(claimed)).toEqual(toPairs(toCrowd(50).map((viewerId) => ({ viewerId, channelArn: news }))));
      }));

    it('gives out at most so many of a list or a channel', () =>
      withStore(async (store) => {
        const crowd = toCrowd(50);
        for (const viewerId of crowd) await watch(store, viewerId, sport);
        await revoke(store, { scope: 'channel', channelArn: sport });
        await revokeList(store, crowd, news);
        const claimed = [];
        for (let batch = await claimDeliveries(store, { limit: 7 }); batch.length > 0 || (await isWalking(store)); ) {
          expect(batch.length).toBeLessThanOrEqual(7);
          claimed.push(...batch);
          batch = await claimDeliveries(store, { limit: 7 });
        }
        const expected = crowd.flatMap((viewerId) => [news, sport].map((channelArn) => ({ viewerId, channelArn })));
        expect(toPairs(claimed)).toEqual(toPairs(expected));
      }));

    it('names the region, and holds deliveries of it alone', () =>
      withStore(async (store) => {
        for (const channelArn of [news, film, sport]) await watch(store, anna, channelArn);
        await revoke(store, { scope: 'viewer', viewerId: anna });
        const batches = [await claim(store), await claim(store)];
        for (const batch of batches)
          for (const { channelArn } of batch?.deliveries ?? []) expect(channelArn).toContain(`:${batch?.region}:`);
        expect(batches.map((batch) => batch?.region).toSorted()).toEqual([euWest1, usWest2]);
        expect(batches.map((batch) => batch?.deliveries.length).toSorted()).toEqual([1, 2]);
      }));
  });
}

function describeLeases(withStore: WithStore): void {
  describe('claimed deliveries', () => {
    it.each(lanePairs)('on the lane $lane are kept from both until their lease is over', ({ lane, other }) =>
      withStore(async (store) => {
        await revokeOn(store, news, [anna]);
        const nowMs = Date.now();
        const claimed = await claimOnly(store, { lane, nowMs, leaseMs: 5000 });
        expect(await claim(store, { lane, nowMs: nowMs + 4999 })).toBeUndefined();
        expect(await claim(store, { lane: other, nowMs: nowMs + 4999 })).toBeUndefined();
        expect(await claimOnly(store, { lane: other, nowMs: nowMs + 5000 })).toEqual(claimed);
      }),
    );

    it('of a list come again when their lease is over: whoever claimed them died', () =>
      withStore(async (store) => {
        await revokeList(store, [anna, ben, cleo], news);
        const nowMs = Date.now();
        const claimed = await claimDeliveries(store, { nowMs, leaseMs: 5000 });
        expect(claimed).toHaveLength(3);
        expect(await claim(store, { nowMs: nowMs + 4999 })).toBeUndefined();
        expect(toPairs(await claimDeliveries(store, { nowMs: nowMs + 5000 }))).toEqual(toPairs(claimed));
      }));

    it('hold up nothing but themselves when whoever claimed them died', () =>
      withStore(async (store) => {
        await revokeOn(store, news, [anna]);
        await claimOnly(store, { leaseMs: longMs });
        await revokeOn(store, news, [ben]);
        expect((await claimOnly(store)).viewerId).toBe(ben);
      }));

    it('may be settled after their lease, when nobody else settled them', () =>
      withStore(async (store) => {
        const [revocation] = await revokeOn(store, news, [anna]);
        if (revocation === undefined) throw new Error('one was revoked');
        const batch = await claim(store, { leaseMs: 1 });
        if (batch === undefined) throw new Error('a delivery was due');
        await settleAll(store, batch, { kind: 'delivered' });
        expect(await drainDeliveries(store, Date.now() + longMs)).toEqual([]);
        expect((await store.revocations.get(revocation.id))?.delivery.delivered).toBe(1);
      }));
  });
}

function describePaces(withStore: WithStore): void {
  describe.each(lanePairs)('an account and region that was called on the lane $lane', ({ lane, other }) => {
    it('is not called there again before the pace of that call is over, settled or not', () =>
      withStore(async (store) => {
        await revokeOn(store);
        const batch = await claim(store, { lane, limit: 1, paceMs: longMs });
        expect(batch?.deliveries).toHaveLength(1);
        expect(await claim(store, { lane, limit: 1 })).toBeUndefined();
        if (batch !== undefined) await settleAll(store, batch, { kind: 'delivered' });
        expect(await claim(store, { lane, limit: 1 })).toBeUndefined();
      }));

    it('is called there again when the pace is over', () =>
      withStore(async (store) => {
        await revokeOn(store);
        await claim(store, { lane, limit: 1, paceMs: 100 });
        await expect.poll(() => claimDeliveries(store, { lane, limit: 1 })).toHaveLength(1);
      }));

    it('may be called on the other lane', () =>
      withStore(async (store) => {
        await revokeOn(store);
        await claim(store, { lane, limit: 1, paceMs: longMs });
        expect(await claimDeliveries(store, { lane: other, limit: 1 })).toHaveLength(1);
      }));

    it('keeps no other account and no other region waiting', () =>
      withStore(async (store) => {
        for (const channelArn of [news, ...elsewhere]) await revokeOn(store, channelArn, [anna]);
        const served = [];
        for (let call = 0; call < 4; call++) served.push(...(await claimDeliveries(store, { lane, paceMs: longMs })));
        expect(served.map(({ channelArn }) => channelArn).toSorted()).toEqual([news, ...elsewhere].toSorted());
        expect(await claim(store, { lane })).toBeUndefined();
      }));
  });

  describe('a claim that finds nothing', () => {
    it.each(lanePairs)('spends no pace on the lane $lane', ({ lane }) =>
      withStore(async (store) => {
        await revokeOn(store, news, [anna]);
        await claimOnly(store, { lane, leaseMs: longMs });
        expect(await claim(store, { lane, paceMs: longMs })).toBeUndefined();
        await revokeOn(store, news, [ben]);
        expect((await claimOnly(store, { lane })).viewerId).toBe(ben);
      }),
    );
  });
}

function describeBudgets(withStore: WithStore): void {
  describe('accounts and regions', () => {
    it('take turns: the one least recently served comes first', () =>
      withStore(async (store) => {
        const channels = [news, ...elsewhere];
        for (const channelArn of channels) await revokeOn(store, channelArn);
        const startedMs = Date.now();
        const served: string[] = [];
        for (let round = 0; round < 3 * channels.length; round++) {
          const [delivery] = await claimDeliveries(store, { nowMs: startedMs + round, limit: 1 });
          if (delivery === undefined) throw new Error('a delivery was due');
          served.push(toBudget(delivery.channelArn));
        }
        for (let turn = 0; turn < served.length; turn += channels.length)
          expect(new Set(served.slice(turn, turn + channels.length)).size).toBe(channels.length);
      }));

    it('never share a call, in one region neither', () =>
      withStore(async (store) => {
        for (const channelArn of [news, ...elsewhere]) await revokeOn(store, channelArn);
        for (let call = 0; call < 4; call++) {
          const deliveries = await claimDeliveries(store);
          expect(deliveries).toHaveLength(3);
          expect(new Set(deliveries.map(({ channelArn }) => toBudget(channelArn))).size).toBe(1);
        }
      }));

    it('with nothing to tell do not keep the others waiting', () =>
      withStore(async (store) => {
        for (const channelArn of elsewhere) await revokeOn(store, channelArn);
        await drainDeliveries(store);
        await revokeOn(store, news);
        expect(await claimDeliveries(store)).toHaveLength(3);
      }));
  });
}
