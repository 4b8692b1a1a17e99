/** Claiming deliveries: so many at a time, kept from others for so long, and in such an order that nobody waits for a crowd. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { regionSchema } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import type { Delivery, DeliveryBatch } from '../../../src/revocations/delivery.ts';
import { freeRegion, settleAll } from '../../support/drain-deliveries.ts';
import { euWest1, nowSeconds, toChannelArn, toDraft, toViewerId, usWest2 } from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

const news = toChannelArn('news');
const film = toChannelArn('film', euWest1);
const apSouth1 = regionSchema.parse('ap-south-1');
const claim = { limit: 20, leaseMs: 60_000 };

export function describeDeliveryClaims(withStore: WithStore): void {
  describe('claiming deliveries', () => {
    it('gives out nothing when nothing is due', () =>
      withStore(async (store) => {
        expect(await store.deliveries.claim({ ...claim, nowMs: Date.now() })).toBeUndefined();
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
          await store.revocations.record(
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

    it('holds only deliveries of the region that it names', () =>
      withStore(async (store) => {
        for (const [name, region] of [
          ['news', usWest2],
          ['film', euWest1],
          ['sport', usWest2],
        ] as const)
          await store.issuance.recordSession({
            viewerId: toViewerId('anna'),
            channelArn: toChannelArn(name, region),
            sessionVersion: nowSeconds(),
            issuedAt: nowSeconds(),
          });
        await store.revocations.record(toDraft({ scope: 'viewer', viewerId: toViewerId('anna') }));
        const first = await store.deliveries.claim({ ...claim, nowMs: Date.now() });
        const second = await store.deliveries.claim({ ...claim, nowMs: Date.now() });
        for (const batch of [first, second])
          expect(batch?.deliveries.every(({ channelArn }) => channelArn.includes(`:${batch.region}:`))).toBe(true);
        expect([first?.deliveries.length, second?.deliveries.length].toSorted()).toEqual([1, 2]);
      }));
  });

  describe('a region with a batch on its way', () => {
    it('is claimed by nobody until the batch is settled, and then when the pace since the claim is over', () =>
      withStore(async (store) => {
        await revokeCrowd(store, 3);
        const paceMs = 1000;
        const startedMs = Date.now();
        const batch = await claimOne(store, startedMs);
        expect(await store.deliveries.claim({ ...claim, limit: 1, nowMs: startedMs + paceMs })).toBeUndefined();
        const settledMs = startedMs + 50;
        await store.deliveries.settle({ region: usWest2, settled: deliver(batch), nowMs: settledMs, paceMs });
        expect(await store.deliveries.claim({ ...claim, limit: 1, nowMs: settledMs })).toBeUndefined();
        await sleep(paceMs + 20);
        expect((await claimOne(store, Date.now())).deliveries).toHaveLength(1);
      }));

    it('is free at once when settling took longer than the pace', () =>
      withStore(async (store) => {
        await revokeCrowd(store, 3);
        const startedMs = Date.now();
        const batch = await claimOne(store, startedMs);
        const nowMs = startedMs + 5000;
        await store.deliveries.settle({ region: usWest2, settled: deliver(batch), nowMs, paceMs: 500 });
        expect((await claimOne(store, nowMs)).deliveries).toHaveLength(1);
      }));

    it('is claimed again when the lease is over: whoever claimed it died', () =>
      withStore(async (store) => {
        await revokeCrowd(store, 3);
        const short = { limit: 20, leaseMs: 1000 };
        const first = await store.deliveries.claim({ ...short, nowMs: Date.now() });
        expect(await store.deliveries.claim({ ...short, nowMs: Date.now() })).toBeUndefined();
        await sleep(short.leaseMs + 20);
        const again = await store.deliveries.claim({ ...short, nowMs: Date.now() });
        expect(toViewers(again?.deliveries ?? [])).toEqual(toViewers(first?.deliveries ?? []));
      }));

    it('does not hold up another region, not even when it is never settled', () =>
      withStore(async (store) => {
        for (const channelArn of [news, film]) await revokeCrowd(store, 60, channelArn);
        const nowMs = Date.now();
        const stuck = await store.deliveries.claim({ ...claim, nowMs });
        const sizes: number[] = [];
        for (let round = 1; ; round++) {
          const batch = await store.deliveries.claim({ ...claim, nowMs: nowMs + round });
          if (batch === undefined) break;
          expect(batch.region).not.toBe(stuck?.region);
          sizes.push(batch.deliveries.length);
          await settleAll(store, batch, { kind: 'delivered' }, nowMs + round);
        }
        expect(sizes).toEqual([20, 20, 20]);
      }));

    it('takes turns with the others: the least recently served one comes first', () =>
      withStore(async (store) => {
        const channels = [news, film, toChannelArn('song', apSouth1)];
        for (const channelArn of channels) await revokeCrowd(store, 60, channelArn);
        const startedMs = Date.now();
        const served: string[] = [];
        for (let round = 0; round < 9; round++) {
          const batch = await store.deliveries.claim({ ...claim, nowMs: startedMs + round });
          if (batch === undefined) throw new Error('a region was due');
          served.push(batch.region);
          await settleAll(store, batch, { kind: 'delivered' }, startedMs + round);
        }
        for (let turn = 0; turn < 9; turn += 3) expect(new Set(served.slice(turn, turn + 3)).size).toBe(3);
      }));
  });

  describe('within a region', () => {
    const single = toViewerId('single');
    const revokeSingle = (store: Store) =>
      store.revocations.record(
        toDraft({ scope: 'viewer_on_channel', viewerId: single, channelArn: toChannelArn('sport') }),
      );

    it.each(['before', 'after', 'in the middle of'])(
      'a single viewer who is revoked %s a crowd is told within two rounds',
      (when) =>
        withStore(async (store) => {
          if (when === 'before') await revokeSingle(store);
          await revokeCrowd(store, 300);
          const rounds = createRounds(store);
          if (when === 'in the middle of') for (let round = 0; round < 5; round++) await rounds.next('delivered');
          if (when !== 'before') await revokeSingle(store);
          const told = [...(await rounds.next('delivered')), ...(await rounds.next('delivered'))];
          expect(toViewers(told)).toContain(single);
          expect(told).toHaveLength(2 * claim.limit);
        }),
    );

    it('a crowd that is tried again and again does not keep a single viewer waiting, the first time or a later one', () =>
      withStore(async (store) => {
        await revokeCrowd(store, 300);
        const rounds = createRounds(store);
        for (let round = 0; round < 20; round++) await rounds.next('retry');
        const { id } = await revokeSingle(store);
        for (let time = 0; time < 3; time++) {
          const told = [...(await rounds.next('retry')), ...(await rounds.next('retry'))];
          expect(toViewers(told), `try ${time}`).toContain(single);
          // The retry of the single viewer is due after two rounds more, with that of many others.
          for (let round = 0; round < retryAfterRounds - 2; round++) await rounds.next('retry');
        }
        expect((await store.revocations.get(id))?.delivery.pending).toBe(1);
      }));

    it('more revocations than a call holds are all served within as many calls as they fill', () =>
      withStore(async (store) => {
        const channels = Array.from({ length: 50 }, (_, index) => toChannelArn(`channel-${index}`));
        for (const channelArn of channels) await revokeCrowd(store, 10, channelArn);
        const rounds = createRounds(store);
        for (let time = 0; time < 3; time++) {
          const served = [];
          for (let round = 0; round < 3; round++) served.push(...(await rounds.next('delivered')));
          expect(new Set(served.map(({ channelArn }) => channelArn)).size).toBe(channels.length);
        }
      }));

    it('many crowds do not keep a single viewer waiting who is revoked after them', () =>
      withStore(async (store) => {
        for (let index = 0; index < 30; index++) await revokeCrowd(store, 40, toChannelArn(`channel-${index}`));
        const rounds = createRounds(store);
        for (let round = 0; round < 4; round++) await rounds.next('delivered');
        await revokeSingle(store);
        expect(toViewers([...(await rounds.next('delivered')), ...(await rounds.next('delivered'))])).toContain(single);
      }));

    it('a crowd gets what the others of a call leave', () =>
      withStore(async (store) => {
        await revokeSingle(store);
        await revokeCrowd(store, 300);
        const rounds = createRounds(store);
        for (let round = 0; round < 15; round++) expect(await rounds.next('delivered')).toHaveLength(claim.limit);
        expect(await rounds.next('delivered')).toHaveLength(1);
        expect(await rounds.next('delivered')).toEqual([]);
      }));
  });
}

/** After how many rounds a delivery is tried again. */
const retryAfterRounds = 10;

/** Rounds of claiming and settling, half a second after each other. A round answers what was claimed in it. */
function createRounds(store: Store) {
  const roundMs = 500;
  let nowMs = Date.now();
  return {
    async next(kind: 'delivered' | 'retry'): Promise<readonly Delivery[]> {
      nowMs += roundMs;
      const batch = await store.deliveries.claim({ ...claim, nowMs });
      if (batch === undefined) return [];
      await settleAll(
        store,
        batch,
        kind === 'retry' ? { kind, atMs: nowMs + retryAfterRounds * roundMs } : { kind },
        nowMs,
      );
      return batch.deliveries;
    },
  };
}

async function revokeCrowd(store: Store, size: number, channelArn = news): Promise<void> {
  const session = { channelArn, sessionVersion: nowSeconds(), issuedAt: nowSeconds() };
  const viewers = Array.from({ length: size }, (_, index) => toViewerId(`crowd-${index}`));
  await Promise.all(viewers.map((viewerId) => store.issuance.recordSession({ ...session, viewerId })));
  const { delivery } = await store.revocations.record(toDraft({ scope: 'channel', channelArn }));
  expect(delivery.pending).toBe(size);
}

/** The next batch, whose region is free again at once; empty when nothing is due. */
async function claimNext(store: Store, nowMs = Date.now()): Promise<readonly Delivery[]> {
  const batch = await store.deliveries.claim({ ...claim, nowMs });
  if (batch !== undefined) await freeRegion(store, batch, nowMs);
  return batch?.deliveries ?? [];
}

async function claimOne(store: Store, nowMs: number): Promise<DeliveryBatch> {
  const batch = await store.deliveries.claim({ ...claim, limit: 1, nowMs });
  if (batch === undefined) throw new Error('a delivery was due');
  return batch;
}

function deliver({ deliveries }: DeliveryBatch) {
  return deliveries.map((delivery) => ({ delivery, outcome: { kind: 'delivered' } as const }));
}

function toViewers(deliveries: readonly Delivery[]): string[] {
  return deliveries.map(({ viewerId }) => viewerId).toSorted();
}
