/** What becomes of deliveries: taken, refused, to be tried again or alone; each counted once, and what was refused found again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Region, RevocationId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import type { FailedDelivery } from '../../../src/revocations/ports.ts';
import { drainDeliveries } from '../../support/drain-deliveries.ts';
import { nowSeconds, toChannelArn, toCrowd, toDraft } from '../../support/records.ts';
import { anna, news, sport } from './scopes-over-anna.ts';
import { claim, claimDeliveries, claimOnly, loadCounts, revoke, revokeList, settle, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

const onNews = { scope: 'viewer_on_channel', viewerId: anna, channelArn: news } as const;
const refused = { kind: 'failed', reason: 'ResourceNotFoundException' } as const;
const delivered = { kind: 'delivered' } as const;

export function describeDeliveryOutcomes(withStore: WithStore): void {
  describeSettling(withStore);
  describeTryingAgain(withStore);
  describeRefused(withStore);
  describeCounting(withStore);
}

function describeCounting(withStore: WithStore): void {
  it('how much there is to tell is counted, over all regions, and since when', () =>
    withStore(async (store) => {
      const none = { waiting: 0, pending: 0, failed: 0, oldestDecidedAt: null };
      expect(await store.deliveries.count()).toEqual(none);
      const first = await revoke(store, onNews);
      // Ids sort by the millisecond of their making.
      await sleep(2);
      await revoke(store, { ...onNews, channelArn: toChannelArn('abroad', 'eu-west-1' as Region) });
      const both = { waiting: 2, pending: 2, failed: 0, oldestDecidedAt: first.createdAt };
      expect(await store.deliveries.count()).toEqual(both);
      const claimed = [...(await claimDeliveries(store)), ...(await claimDeliveries(store))];
      expect(claimed).toHaveLength(2);
      for (const each of claimed) await settle(store, each, each.revocationId === first.id ? delivered : refused);
      expect(await store.deliveries.count()).toEqual({ ...none, failed: 1 });
      await watch(store, anna, sport);
      await revoke(store, { scope: 'channel', channelArn: sport });
      expect(await store.deliveries.count()).toMatchObject({ pending: 1, failed: 1 });
    }));
}

function describeSettling(withStore: WithStore): void {
  describe('a delivery that is settled for good', () => {
    it.each([delivered, refused])('stays so, and is counted once ($kind)', (outcome) =>
      withStore(async (store) => {
        const { id } = await revoke(store, onNews);
        const delivery = await claimOnly(store);
        await settle(store, delivery, outcome);
        const counts = await loadCounts(store, id);
        const [one, none] = outcome === delivered ? ['delivered', 'failed'] : ['failed', 'delivered'];
        expect(counts).toEqual({ pending: 0, [one ?? '']: 1, [none ?? '']: 0 });
        for (const again of [delivered, refused, { kind: 'alone' }, { kind: 'retry', atMs: Date.now() }] as const)
          await settle(store, delivery, again);
        expect(await loadCounts(store, id)).toEqual(counts);
        expect(await drainDeliveries(store, Date.now() + 1e9)).toEqual([]);
      }),
    );

    it('is counted once when it stands twice in what is noted', () =>
      withStore(async (store) => {
        const { id } = await revoke(store, onNews);
        const delivery = await claimOnly(store);
        await store.deliveries.settle([delivery, delivery].map((each) => ({ delivery: each, outcome: delivered })));
        expect(await loadCounts(store, id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
      }));

    it('is told apart from the same viewer on the same channel under another revocation, in the same batch', () =>
      withStore(async (store) => {
        const [first, second] = [await revoke(store, onNews), await revoke(store, onNews)];
        const deliveries = await claimDeliveries(store);
        expect(deliveries.map(({ revocationId }) => revocationId).toSorted()).toEqual([first.id, second.id]);
        const settled = deliveries.map((delivery) => {
          const outcome = delivery.revocationId === first.id ? delivered : refused;
          return { delivery, outcome };
        });
        await store.deliveries.settle(settled);
        expect(await loadCounts(store, first.id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
        expect(await loadCounts(store, second.id)).toEqual({ pending: 0, delivered: 0, failed: 1 });
      }));

    it('may be one of many, each with an outcome of its own', () =>
      withStore(async (store) => {
        const { id } = await revokeList(store, toCrowd(6), news);
        const deliveries = await claimDeliveries(store);
        const atMs = Date.now() + 60_000;
        const outcomes = [
          delivered,
          refused,
          { kind: 'retry', atMs },
          { kind: 'alone' },
          delivered,
          delivered,
        ] as const;
        await store.deliveries.settle(
          deliveries.map((delivery, index) => ({ delivery, outcome: outcomes[index] ?? delivered })),
        );
        expect(await loadCounts(store, id)).toEqual({ pending: 2, delivered: 3, failed: 1 });
        expect(await claimDeliveries(store)).toEqual([]);
        expect(await claimDeliveries(store, { lane: 'single' })).toEqual([deliveries[3]]);
        expect(await claimDeliveries(store, { nowMs: atMs })).toEqual([deliveries[2]]);
      }));

    it('changes nothing when its revocation is not there, or when there is none to note', () =>
      withStore(async (store) => {
        const { id } = await revoke(store, onNews);
        const delivery = await claimOnly(store);
        await settle(store, { ...delivery, revocationId: toDraft(onNews).id }, delivered);
        await store.deliveries.settle([]);
        expect(await loadCounts(store, id)).toEqual({ pending: 1, delivered: 0, failed: 0 });
        expect((await store.revocations.list({ limit: 10, nowSeconds: nowSeconds() })).items).toHaveLength(1);
      }));
  });
}

function describeTryingAgain(withStore: WithStore): void {
  describe('a delivery that is to be tried again', () => {
    it.each(['batch', 'single'] as const)('comes back at its time on the lane %s, and not before', (lane) =>
      withStore(async (store) => {
        const { id } = await revoke(store, onNews);
        const delivery = await claimOnly(store, { lane });
        const atMs = Date.now() + 30_000;
        await settle(store, delivery, { kind: 'retry', atMs });
        expect(await loadCounts(store, id)).toEqual({ pending: 1, delivered: 0, failed: 0 });
        expect(await claimDeliveries(store, { lane, nowMs: atMs - 1 })).toEqual([]);
        expect(await claimDeliveries(store, { lane, nowMs: atMs })).toEqual([delivery]);
      }),
    );

    it('alone is never in a batch again, and pending until it is settled', () =>
      withStore(async (store) => {
        const { id } = await revoke(store, onNews);
        const delivery = await claimOnly(store);
        await settle(store, delivery, { kind: 'alone' });
        expect(await loadCounts(store, id)).toEqual({ pending: 1, delivered: 0, failed: 0 });
        expect(await claimDeliveries(store, { nowMs: Date.now() + 1e9 })).toEqual([]);
        expect(await claimOnly(store, { lane: 'single' })).toEqual(delivery);
        const atMs = Date.now() + 30_000;
        await settle(store, delivery, { kind: 'retry', atMs });
        expect(await claimDeliveries(store, { nowMs: atMs })).toEqual([]);
        expect(await claimOnly(store, { lane: 'single', nowMs: atMs })).toEqual(delivery);
        await settle(store, delivery, delivered);
        expect(await loadCounts(store, id)).toEqual({ pending: 0, delivered: 1, failed: 0 });
      }));
  });
}

function describeRefused(withStore: WithStore): void {
  describe('deliveries that were refused', () => {
    async function failSome(store: Store, reasons: Readonly<Record<string, string>>): Promise<RevocationId> {
      const viewerIds = toCrowd(30);
      const { id } = await revokeList(store, viewerIds, news);
      for (let claimed = 0; claimed < viewerIds.length; ) {
        const batch = await claim(store);
        if (batch === undefined) continue;
        claimed += batch.deliveries.length;
        const settled = batch.deliveries.map((delivery) => {
          const reason = reasons[delivery.viewerId];
          return { delivery, outcome: reason === undefined ? delivered : ({ kind: 'failed', reason } as const) };
        });
        await store.deliveries.settle(settled);
      }
      return id;
    }

    it('are listed with their reasons, and only those', () =>
      withStore(async (store) => {
        const reasons = { 'crowd-0003': 'ResourceNotFoundException', 'crowd-0025': 'ValidationException' };
        const id = await failSome(store, reasons);
        expect(await loadCounts(store, id)).toEqual({ pending: 0, delivered: 28, failed: 2 });
        const failed = await listFailed(store, id, 10);
        expect(failed).toHaveLength(2);
        for (const [viewerId, reason] of Object.entries(reasons))
          expect(failed).toContainEqual({ channelArn: news, viewerId, reason });
      }));

    it.each([1, 4, 11, 12, 13])('are listed whole, about %i at a time', (limit) =>
      withStore(async (store) => {
        const viewerIds = toCrowd(12);
        const id = await failSome(store, Object.fromEntries(viewerIds.map((viewerId) => [viewerId, 'no'])));
        const failed = await listFailed(store, id, limit);
        expect(failed.map(({ viewerId }) => viewerId).toSorted()).toEqual(viewerIds);
      }),
    );

    it('are pending again when it is asked for, and can arrive', () =>
      withStore(async (store) => {
        const id = await failSome(store, { 'crowd-0003': 'no', 'crowd-0025': 'no' });
        expect(await store.revocations.retryFailed(id, Date.now())).toBe(2);
        expect(await loadCounts(store, id)).toEqual({ pending: 2, delivered: 28, failed: 0 });
        expect(await listFailed(store, id, 10)).toEqual([]);
        expect(await store.revocations.retryFailed(id, Date.now())).toBe(0);
        const again = await drainDeliveries(store);
        expect(again.map(({ viewerId }) => viewerId).toSorted()).toEqual(['crowd-0003', 'crowd-0025']);
        expect(await loadCounts(store, id)).toEqual({ pending: 0, delivered: 30, failed: 0 });
      }));

    it('come again with the floor that they had', () =>
      withStore(async (store) => {
        const { id } = await revoke(store, onNews);
        const delivery = await claimOnly(store);
        await settle(store, delivery, refused);
        expect(await store.revocations.retryFailed(id, Date.now())).toBe(1);
        expect(await drainDeliveries(store)).toEqual([delivery]);
      }));

    it('are none where nothing was refused, and nothing where there is no such revocation', () =>
      withStore(async (store) => {
        const { id } = await revoke(store, { ...onNews, channelArn: sport });
        const unknown = toDraft(onNews).id;
        expect(await store.revocations.listFailed(id, { limit: 10 })).toEqual({ items: [] });
        expect(await store.revocations.listFailed(unknown, { limit: 10 })).toEqual({ items: [] });
        expect(await store.revocations.retryFailed(id, Date.now())).toBe(0);
        expect(await store.revocations.retryFailed(unknown, Date.now())).toBeUndefined();
      }));
  });
}

async function listFailed({ revocations }: Store, id: RevocationId, limit: number): Promise<readonly FailedDelivery[]> {
  const failed: FailedDelivery[] = [];
  let cursor: string | undefined;
  do {
    const page = await revocations.listFailed(id, { cursor, limit });
    failed.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return failed;
}
