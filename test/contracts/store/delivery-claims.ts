/** Claiming deliveries: so many, at such a pace, kept from others for so long. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Region } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import type { Delivery } from '../../../src/revocations/delivery.ts';
import { euWest1, nowSeconds, toChannelArn, toDraft, toViewerId, usWest2 } from '../../support/records.ts';
import type { WithStore } from '../store-contract.ts';

const news = toChannelArn('news');
const claim = { limit: 20, leaseMs: 60_000, paceMs: 1 };

export function describeDeliveryClaims(withStore: WithStore): void {
  describe('claiming deliveries', () => {
    it('gives out nothing when nothing is due', () =>
      withStore(async (store) => {
        expect(await store.claimDeliveries({ ...claim, nowMs: Date.now() })).toBeUndefined();
      }));

    it('gives out each delivery once, so many at a time', () =>
      withStore(async (store) => {
        await revokeCrowd(store, 50);
        const sizes: number[] = [];
        const viewers = new Set<string>();
        for (let batch = await claimNext(store); batch.length > 0; batch = await claimNext(store)) {
          sizes.push(batch.length);
          for (const { viewerId } of batch) viewers.add(viewerId);
        }
        expect(sizes).toEqual([20, 20, 10]);
        expect(viewers.size).toBe(50);
      }));

    it('fills a batch from several revocations', () =>
      withStore(async (store) => {
        for (const name of ['anna', 'ben', 'cleo'])
          await store.recordRevocation(
            toDraft({ scope: 'viewer_on_channel', viewerId: toViewerId(name), channelArn: news }),
          );
        expect((await claimNext(store)).map(({ viewerId }) => viewerId).toSorted()).toEqual(['anna', 'ben', 'cleo']);
      }));

    it('keeps what was claimed from others until the lease is over', () =>
      withStore(async (store) => {
        await revokeCrowd(store, 3);
        const nowMs = Date.now();
        const claimed = await claimNext(store, nowMs);
        expect(claimed).toHaveLength(3);
        expect(await claimNext(store, nowMs + claim.leaseMs - 1)).toEqual([]);
        const again = await claimNext(store, nowMs + claim.leaseMs);
        expect(toViewers(again)).toEqual(toViewers(claimed));
      }));

    it('gives a region out once in a pace, and each region by itself', () =>
      withStore(async (store) => {
        const paced = { ...claim, limit: 1, paceMs: 200 };
        for (const channelArn of [news, toChannelArn('film', euWest1)])
          for (const name of ['anna', 'ben'])
            await store.recordRevocation(
              toDraft({ scope: 'viewer_on_channel', viewerId: toViewerId(name), channelArn }),
            );
        const claimPaced = async () => (await store.claimDeliveries({ ...paced, nowMs: Date.now() }))?.region;
        const bothRegions: (Region | undefined)[] = [euWest1, usWest2];
        expect([await claimPaced(), await claimPaced()].toSorted()).toEqual(bothRegions);
        expect(await claimPaced()).toBeUndefined();
        await sleep(paced.paceMs + 20);
        expect([await claimPaced(), await claimPaced()].toSorted()).toEqual(bothRegions);
      }));

    it('holds only deliveries of the region that it names', () =>
      withStore(async (store) => {
        for (const [name, region] of [
          ['news', usWest2],
          ['film', euWest1],
          ['sport', usWest2],
        ] as const)
          await store.recordSession({
            viewerId: toViewerId('anna'),
            channelArn: toChannelArn(name, region),
            sessionVersion: nowSeconds(),
            issuedAt: nowSeconds(),
          });
        await store.recordRevocation(toDraft({ scope: 'viewer', viewerId: toViewerId('anna') }));
        const first = await store.claimDeliveries({ ...claim, nowMs: Date.now() });
        const second = await store.claimDeliveries({ ...claim, nowMs: Date.now() });
        for (const batch of [first, second])
          expect(batch?.deliveries.every(({ channelArn }) => channelArn.includes(`:${batch.region}:`))).toBe(true);
        expect([first?.deliveries.length, second?.deliveries.length].toSorted()).toEqual([1, 2]);
      }));

    it('does not let a crowd on one channel keep a single viewer waiting', () =>
      withStore(async (store) => {
        await revokeCrowd(store, 500);
        await claimNext(store);
        const single = toViewerId('single');
        await store.recordRevocation(
          toDraft({ scope: 'viewer_on_channel', viewerId: single, channelArn: toChannelArn('sport') }),
        );
        const next = await claimNext(store);
        expect(next).toHaveLength(claim.limit);
        expect(toViewers(next)).toContain(single);
      }));
  });
}

async function revokeCrowd(store: Store, size: number): Promise<void> {
  const session = { channelArn: news, sessionVersion: nowSeconds(), issuedAt: nowSeconds() };
  const viewers = Array.from({ length: size }, (_, index) => toViewerId(`crowd-${index}`));
  await Promise.all(viewers.map((viewerId) => store.recordSession({ ...session, viewerId })));
  const { delivery } = await store.recordRevocation(toDraft({ scope: 'channel', channelArn: news }));
  expect(delivery.pending).toBe(size);
}

/** The next batch after the pace is over; empty when nothing is due. */
async function claimNext(store: Store, nowMs = Date.now()): Promise<readonly Delivery[]> {
  const batch = await store.claimDeliveries({ ...claim, nowMs });
  await sleep(3);
  return batch?.deliveries ?? [];
}

function toViewers(deliveries: readonly Delivery[]): string[] {
  return deliveries.map(({ viewerId }) => viewerId).toSorted();
}
