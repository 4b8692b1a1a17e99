/** Which deliveries come first: single viewers before crowds, crowds by turns, and nobody waits for those who are tried again and again. */
import { describe, expect, it } from 'vitest';
import type { ChannelArn, ViewerId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import type { Delivery, DeliveryOutcome } from '../../../src/revocations/delivery.ts';
import { isWalking, settleAll } from '../../support/drain-deliveries.ts';
import { toChannelArn, toCrowd, toViewerId } from '../../support/records.ts';
import { anna, ben, cleo, news, sport } from './scopes-over-anna.ts';
import { claim, claimDeliveries, claimOnly, revoke, revokeList, settle, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

const single = toViewerId('single');

export function describeDeliveryOrder(withStore: WithStore): void {
  describeSinglesAndCrowds(withStore);
  describeUrgentOrder(withStore);
  describeSingleLane(withStore);
  describeCrowdTurns(withStore);
}

const revokeSingle = (store: Store) =>
  revoke(store, { scope: 'viewer_on_channel', viewerId: single, channelArn: sport });

async function revokeCrowd(store: Store, channelArn: ChannelArn, viewerIds: readonly ViewerId[]) {
  for (const viewerId of viewerIds) await watch(store, viewerId, channelArn);
  return revoke(store, { scope: 'channel', channelArn });
}

function describeSinglesAndCrowds(withStore: WithStore): void {
  describe('a single viewer', () => {
    it.each(['before', 'after', 'in the middle of'])('who is revoked %s a crowd is told with the next call', (when) =>
      withStore(async (store) => {
        if (when === 'before') await revokeSingle(store);
        await revokeCrowd(store, news, toCrowd(100));
        const calls = createCalls(store);
        if (when === 'in the middle of') for (let call = 0; call < 3; call++) await calls.deliver();
        if (when !== 'before') await revokeSingle(store);
        const [first, ...others] = await calls.deliver();
        expect(first?.viewerId).toBe(single);
        expect(others.every(({ channelArn }) => channelArn === news)).toBe(true);
      }),
    );

    it('does not wait for a crowd that is tried again and again, the first time nor a later one', () =>
      withStore(async (store) => {
        await revokeList(store, toCrowd(100), news);
        const calls = createCalls(store);
        for (let call = 0; call < 5; call++) await calls.retryNext();
        await revokeSingle(store);
        for (let time = 0; time < 3; time++) expect(toViewers(await calls.retryNext())).toContain(single);
      }));

    it('leaves the rest of the call to a crowd', () =>
      withStore(async (store) => {
        await revokeList(store, toCrowd(30), news);
        await revokeSingle(store);
        const calls = createCalls(store);
        const deliveries = await calls.deliver();
        expect(deliveries).toHaveLength(20);
        expect(toViewers(deliveries)).toContain(single);
        expect(await calls.deliver()).toHaveLength(11);
      }));
  });
}

/** Has three viewers wait in the urgent queue, Ben for the longest time, then Cleo, then Anna. Answers when all are due. */
async function queueUrgent(store: Store): Promise<number> {
  for (const viewerId of [anna, ben, cleo])
    await revoke(store, { scope: 'viewer_on_channel', viewerId, channelArn: news });
  const dueMs = Date.now();
  for (const delivery of await claimDeliveries(store)) {
    const atMs = dueMs + [ben, cleo, anna].indexOf(delivery.viewerId);
    await settle(store, delivery, { kind: 'retry', atMs });
  }
  return dueMs + 10;
}

function describeUrgentOrder(withStore: WithStore): void {
  describe('single viewers', () => {
    it('come oldest first on the lane for batches', () =>
      withStore(async (store) => {
        const nowMs = await queueUrgent(store);
        expect(toViewers(await claimDeliveries(store, { nowMs, limit: 2 }))).toEqual([ben, cleo]);
        expect(toViewers(await claimDeliveries(store, { nowMs, limit: 2 }))).toEqual([anna]);
      }));

    it('come newest first on the lane for single calls, so that the two lanes meet in the middle', () =>
      withStore(async (store) => {
        const nowMs = await queueUrgent(store);
        const order = [];
        for (let call = 0; call < 3; call++) order.push((await claimOne(store, nowMs)).viewerId);
        expect(order).toEqual([anna, cleo, ben]);
      }));

    it('come newest first of those who are due', () =>
      withStore(async (store) => {
        const nowMs = await queueUrgent(store);
        expect((await claimOne(store, nowMs - 9)).viewerId).toBe(cleo);
      }));
  });
}

function describeSingleLane(withStore: WithStore): void {
  describe('the lane for single calls', () => {
    it('serves in turns those who must go alone and single viewers', () =>
      withStore(async (store) => {
        const crowd = toCrowd(3);
        await revokeList(store, crowd, sport);
        const batch = await claim(store);
        if (batch === undefined) throw new Error('three were due');
        await settleAll(store, batch, { kind: 'alone' });
        for (const viewerId of [anna, ben, cleo])
          await revoke(store, { scope: 'viewer_on_channel', viewerId, channelArn: news });
        const nowMs = Date.now();
        const channels = [];
        for (let call = 0; call < 6; call++) channels.push((await claimOne(store, nowMs + call)).channelArn);
        for (let call = 1; call < 6; call++) expect(channels[call]).not.toBe(channels[call - 1]);
      }));

    it('serves those who must go alone when there is nobody else, and the other way round', () =>
      withStore(async (store) => {
        await revokeList(store, toCrowd(3), sport);
        const batch = await claim(store);
        if (batch === undefined) throw new Error('three were due');
        await settleAll(store, batch, { kind: 'alone' });
        for (let call = 0; call < 3; call++) expect((await claimOne(store)).channelArn).toBe(sport);
        for (const viewerId of [anna, ben])
          await revoke(store, { scope: 'viewer_on_channel', viewerId, channelArn: news });
        for (let call = 0; call < 2; call++) expect((await claimOne(store)).channelArn).toBe(news);
      }));

    it('helps a crowd with what waits there, and does not walk for it', () =>
      withStore(async (store) => {
        const revocation = await revokeList(store, toCrowd(3), sport);
        expect(await claim(store, { lane: 'single' })).toBeUndefined();
        expect((await store.revocations.get(revocation.id))?.progress).toEqual({ done: false, walked: 0 });
        const batch = await claim(store);
        if (batch === undefined) throw new Error('three were due');
        const atMs = Date.now();
        await settleAll(store, batch, { kind: 'retry', atMs });
        for (let call = 0; call < 3; call++) expect((await claimOne(store, atMs)).channelArn).toBe(sport);
        expect(await claim(store, { lane: 'single', nowMs: atMs })).toBeUndefined();
      }));
  });
}

function describeCrowdTurns(withStore: WithStore): void {
  describe('several crowds', () => {
    it('take turns', () =>
      withStore(async (store) => {
        const lists = [];
        for (let list = 0; list < 3; list++) lists.push(await revokeList(store, toCrowd(60, `list-${list}`), news));
        const calls = createCalls(store);
        for (let turn = 0; turn < 3; turn++) {
          const served = [];
          for (let call = 0; call < 3; call++) served.push(...(await calls.deliver()));
          expect(new Set(served.map(({ revocationId }) => revocationId)).size).toBe(lists.length);
        }
      }));

    it('do not keep a small one waiting for long', () =>
      withStore(async (store) => {
        await revokeList(store, toCrowd(400), news);
        const calls = createCalls(store);
        for (let call = 0; call < 3; call++) await calls.deliver();
        await revokeList(store, [anna], sport);
        const told = [...(await calls.deliver()), ...(await calls.deliver())];
        expect(toViewers(told)).toContain(anna);
      }));

    it('fill the calls together', () =>
      withStore(async (store) => {
        for (let index = 0; index < 20; index++)
          await revokeList(store, toCrowd(10, `list-${index}`), toChannelArn(`channel-${index}`));
        const calls = createCalls(store);
        const told = [];
        for (let call = 0; call < 10; call++) told.push(...(await calls.deliver()));
        expect(new Set(toViewers(told)).size).toBe(200);
      }));

    it('are walked on while many deliveries of another wait to be tried again', () =>
      withStore(async (store) => {
        const refused = await revokeList(store, toCrowd(300, 'refused'), news);
        const atMs = Date.now() + 3_600_000;
        for (let call = 0; call < 30; call++) {
          const batch = await claim(store);
          if (batch !== undefined) await settleAll(store, batch, { kind: 'retry', atMs });
        }
        expect((await store.revocations.get(refused.id))?.delivery.pending).toBe(300);
        await revokeList(store, [anna], sport);
        expect(toViewers((await claim(store))?.deliveries ?? [])).toEqual([anna]);
      }));
  });
}

function claimOne(store: Store, nowMs = Date.now()): Promise<Delivery> {
  return claimOnly(store, { lane: 'single', limit: 1, nowMs });
}

/** Calls on the lane for batches, half a second after each other. Each answers what was claimed in it. */
function createCalls(store: Store) {
  let nowMs = Date.now();
  async function call(toOutcome: () => DeliveryOutcome): Promise<readonly Delivery[]> {
    for (;;) {
      nowMs += 500;
      const batch = await claim(store, { nowMs });
      if (batch !== undefined) {
        await settleAll(store, batch, toOutcome());
        return batch.deliveries;
      }
      // A walk may need several claims to find somebody.
      if (!(await isWalking(store))) return [];
    }
  }
  return {
    deliver: () => call(() => ({ kind: 'delivered' })),
    retryNext: () => call(() => ({ kind: 'retry', atMs: nowMs + 500 })),
  };
}

function toViewers(deliveries: readonly Delivery[]): readonly ViewerId[] {
  return deliveries.map(({ viewerId }) => viewerId);
}
