/** Revoking everyone on a channel: whom the walk through its ledger meets, up to which version, and in which order. */
import { describe, expect, it } from 'vitest';
import { type RevocationId, toRegion, type ViewerId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import { type Delivery, sessionLifetimeSeconds } from '../../../src/revocations/delivery.ts';
import { drainDeliveries, isWalking, settleAll } from '../../support/drain-deliveries.ts';
import { nowSeconds, toCrowd, toViewerId } from '../../support/records.ts';
import { anna, ben, cleo, news, sport } from './scopes-over-anna.ts';
import { claim, claimOrWalk, loadScopes, record, revoke, toPairs, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

const everyone = { scope: 'channel', channelArn: news } as const;
const hour = 3600;

export function describeChannelWalks(withStore: WithStore): void {
  describeWhoIsMet(withStore);
  describeVersionsAndFloors(withStore);
  describeWalkOrder(withStore);
}

function describeWhoIsMet(withStore: WithStore): void {
  describe('the walk of a revoked channel', () => {
    it('meets every viewer who got a token there within 48 hours, and nobody else', () =>
      withStore(async (store) => {
        const odd = toViewerId("a|b:{c}*'~");
        const now = nowSeconds();
        const longAgo = now - sessionLifetimeSeconds - 10;
        await watch(store, anna, news);
        await watch(store, odd, news, { sessionVersion: now - 5 * hour, issuedAt: now - 5 * hour });
        await watch(store, ben, news, { sessionVersion: now - 47 * hour, issuedAt: now - 47 * hour });
        await watch(store, cleo, news, { sessionVersion: longAgo, issuedAt: longAgo });
        await watch(store, cleo, sport);
        const { id, floor } = await revoke(store, everyone);
        const deliveries = await drainDeliveries(store);
        const expected = [anna, ben, odd].map((viewerId) => ({ viewerId, channelArn: news }));
        expect(toPairs(deliveries)).toEqual(toPairs(expected));
        for (const delivery of deliveries) expect(delivery).toMatchObject({ revocationId: id, floor });
      }));

    it('says that it looked at viewers of whom none has to be told', () =>
      withStore(async (store) => {
        const { floor } = await revoke(store, everyone);
        const viewerIds = toCrowd(2500);
        for (let first = 0; first < viewerIds.length; first += 250)
          await Promise.all(
            viewerIds
              .slice(first, first + 250)
              .map((viewerId) => watch(store, viewerId, news, { sessionVersion: floor + 1, channelFloor: floor })),
          );
        const answers = [];
        do answers.push(await claimOrWalk(store));
        while (answers.at(-1) !== undefined && answers.length < 100);
        expect(answers.length).toBeGreaterThan(2);
        expect(new Set(answers)).toEqual(new Set(['walked', undefined]));
        expect(await isWalking(store)).toBe(false);
      }));

    it('is told apart from its end: nothing is found when the decision is made, everything when it is done', () =>
      withStore(async (store) => {
        for (const viewerId of toCrowd(30)) await watch(store, viewerId, news);
        const { id, ...revocation } = await revoke(store, everyone);
        expect(revocation).toMatchObject({
          seen: null,
          delivery: { pending: 0, delivered: 0, failed: 0 },
          progress: { done: false, walked: 0 },
        });
        await drainDeliveries(store);
        expect(await store.revocations.get(id)).toMatchObject({
          delivery: { pending: 0, delivered: 30, failed: 0 },
          progress: { done: true, walked: 30 },
        });
      }));

    it('comes to its end where nobody is', () =>
      withStore(async (store) => {
        const { id } = await revoke(store, everyone);
        expect(await drainDeliveries(store)).toEqual([]);
        expect((await store.revocations.get(id))?.progress).toEqual({ done: true, walked: 0 });
      }));

    it('meets a viewer once who got tokens in several hours', () =>
      withStore(async (store) => {
        for (const hoursAgo of [40, 5, 2, 0]) {
          const issuedAt = nowSeconds() - hoursAgo * hour - 600;
          await watch(store, anna, news, { issuedAt, sessionVersion: issuedAt });
        }
        const { id } = await revoke(store, everyone);
        expect(await drainDeliveries(store)).toHaveLength(1);
        expect((await store.revocations.get(id))?.delivery).toEqual({ pending: 0, delivered: 1, failed: 0 });
      }));

    it('meets a viewer whose token is of an hour that has not begun by the clock of the store', () =>
      withStore(async (store) => {
        const createdAt = nowSeconds() + hour;
        await watch(store, anna, news, { issuedAt: createdAt + 5, sessionVersion: createdAt + 5 });
        await revoke(store, everyone, { createdAt });
        expect(await drainDeliveries(store)).toHaveLength(1);
      }));

    it('leaves other channels, and viewers who are revoked everywhere, to be told for themselves', () =>
      withStore(async (store) => {
        for (const channelArn of [news, sport]) await watch(store, anna, channelArn);
        const first = await revoke(store, everyone);
        const elsewhere = await revoke(store, { scope: 'channel', channelArn: sport });
        const everywhere = await revoke(store, { scope: 'viewer', viewerId: anna });
        const deliveries = await drainDeliveries(store);
        const count = (id: RevocationId) => deliveries.filter(({ revocationId }) => revocationId === id).length;
        expect([count(first.id), count(elsewhere.id), count(everywhere.id)]).toEqual([1, 1, 2]);
      }));
  });
}

function describeVersionsAndFloors(withStore: WithStore): void {
  describe('a viewer whom the walk comes to', () => {
    it('is left alone when all that they have is newer than the decision', () =>
      withStore(async (store) => {
        await watch(store, ben, news);
        const { id, floor } = await revoke(store, everyone);
        await watch(store, anna, news, { sessionVersion: floor + 1, channelFloor: floor });
        expect(toTold(await drainDeliveries(store))).toEqual([{ viewerId: ben, floor }]);
        expect((await store.revocations.get(id))?.progress).toMatchObject({ done: true });
      }));

    it('is told of when they have older sessions beside newer ones, which go on', () =>
      withStore(async (store) => {
        await watch(store, anna, news);
        const { floor } = await revoke(store, everyone);
        await watch(store, anna, news, { sessionVersion: floor + 1, channelFloor: floor });
        expect(toTold(await drainDeliveries(store))).toEqual([{ viewerId: anna, floor }]);
      }));

    it.each([[[2]], [[0, 2]], [[0, 1, 2]]])('is told of when they come back %j hours later', (hoursLater) =>
      withStore(async (store) => {
        await watch(store, anna, news);
        const { floor } = await revoke(store, everyone);
        for (const later of hoursLater) {
          const issuedAt = nowSeconds() + later * hour;
          const sessionVersion = Math.max(issuedAt, floor + 1);
          await watch(store, anna, news, { sessionVersion, issuedAt, channelFloor: floor });
        }
        expect(toTold(await drainDeliveries(store))).toEqual([{ viewerId: anna, floor }]);
      }),
    );

    it.each([
      { how: 'get', toChannelFloor: (floor: number) => floor, answer: 'recorded' },
      { how: 'are too late for', toChannelFloor: () => 0, answer: 'overtaken' },
    ])('is told of when they $how a token of an hour that was walked already', ({ toChannelFloor, answer }) =>
      withStore(async (store) => {
        const now = nowSeconds();
        const hourAgo = { issuedAt: now - hour, sessionVersion: now - hour };
        for (const viewerId of toCrowd(3, 'now')) await watch(store, viewerId, news);
        for (const viewerId of toCrowd(3, 'ago')) await watch(store, viewerId, news, hourAgo);
        const { floor } = await revoke(store, everyone);
        const session = { sessionVersion: floor + 1, channelFloor: toChannelFloor(floor) };
        const told: ViewerId[] = [];
        while (!told.some((viewerId) => viewerId.startsWith('ago')))
          told.push(...(await claimAndSettle(store, 1)).map(({ viewerId }) => viewerId));
        for (const viewerId of toCrowd(3, 'ago'))
          if (!told.includes(viewerId)) expect(await record(store, viewerId, news, session)).toBe(answer);
        told.push(...(await drainDeliveries(store)).map(({ viewerId }) => viewerId));
        expect(new Set(told)).toEqual(new Set([...toCrowd(3, 'now'), ...toCrowd(3, 'ago')]));
      }),
    );

    it('is revoked up to a version above the floor, and gets it as a floor of their own', () =>
      withStore(async (store) => {
        const far = nowSeconds() + 1000;
        await watch(store, anna, news, { sessionVersion: far });
        await watch(store, ben, news);
        const { floor } = await revoke(store, everyone);
        expect(floor).toBeLessThan(far);
        const told = toTold(await drainDeliveries(store));
        expect(told).toHaveLength(2);
        expect(told).toContainEqual({ viewerId: anna, floor: far });
        expect(told).toContainEqual({ viewerId: ben, floor });
        expect((await store.viewers.get(anna, nowSeconds())).floors).toEqual([{ channelArn: news, floor: far }]);
        expect((await loadScopes(store, anna, news)).floor).toBe(far);
        expect((await loadScopes(store, ben, news)).floor).toBe(floor);
        expect((await store.issuance.load(toQuery(anna))).channelFloor).toBe(floor);
      }));

    it('keeps a floor of their own that is higher', () =>
      withStore(async (store) => {
        const far = nowSeconds() + 1000;
        await watch(store, anna, news, { sessionVersion: far });
        const own = { scope: 'viewer_on_channel', viewerId: anna, channelArn: news } as const;
        const { floor } = await revoke(store, own, { createdAt: far + 1000 });
        await revoke(store, everyone);
        await drainDeliveries(store);
        expect((await store.viewers.get(anna, nowSeconds())).floors).toEqual([{ channelArn: news, floor }]);
      }));

    it('is revoked up to the older version above the floor that stands behind a newer session', () =>
      withStore(async (store) => {
        const far = nowSeconds() + 1000;
        await watch(store, anna, news, { sessionVersion: far });
        const { floor } = await revoke(store, everyone);
        await watch(store, anna, news, { sessionVersion: floor + 1, channelFloor: floor });
        expect(toTold(await drainDeliveries(store))).toEqual([{ viewerId: anna, floor: far }]);
        expect((await loadScopes(store, anna, news)).floor).toBe(far);
      }));

    it('is told of by each decision, in whichever order they are walked', () =>
      withStore(async (store) => {
        await watch(store, anna, news);
        const first = await revoke(store, everyone);
        await watch(store, anna, news, { sessionVersion: first.floor + 1, channelFloor: first.floor });
        const second = await revoke(store, everyone);
        const deliveries = await drainDeliveries(store);
        expect(deliveries.map(({ revocationId }) => revocationId).toSorted()).toEqual([first.id, second.id]);
        expect(deliveries.find(({ revocationId }) => revocationId === second.id)?.floor).toBe(second.floor);
      }));
  });
}

function describeWalkOrder(withStore: WithStore): void {
  describe('the order of a walk', () => {
    it('is that of the hours of the last tokens, the latest first', () =>
      withStore(async (store) => {
        const thisHour = Math.floor(nowSeconds() / hour) * hour;
        const hoursAgo = [40, 3, 0, 1, 12];
        for (const ago of hoursAgo)
          for (const viewerId of toCrowd(7, `ago-${ago}`)) {
            const issuedAt = thisHour - ago * hour;
            await watch(store, viewerId, news, { issuedAt, sessionVersion: issuedAt });
          }
        await revoke(store, everyone);
        const order = (await claimWhileWalking(store)).map(({ viewerId }) => Number(viewerId.split('-')[1]));
        expect(order).toEqual([0, 1, 3, 12, 40].flatMap((ago) => Array.from({ length: 7 }, () => ago)));
      }));

    it('goes on where it was when others are revoked and tokens issued in between', () =>
      withStore(async (store) => {
        const crowd = toCrowd(100);
        for (const viewerId of crowd) await watch(store, viewerId, news);
        const { id, floor } = await revoke(store, everyone);
        const deliveries: Delivery[] = [];
        for (const [index, viewerId] of crowd.slice(0, 20).entries()) {
          deliveries.push(...(await claimAndSettle(store)));
          await watch(store, viewerId, news, { sessionVersion: floor + 1 + index, channelFloor: floor });
          await watch(store, toViewerId(`new-${index}`), news, { sessionVersion: floor + 1, channelFloor: floor });
        }
        deliveries.push(...(await drainDeliveries(store)));
        expect(toPairs(deliveries)).toEqual(toPairs(crowd.map((viewerId) => ({ viewerId, channelArn: news }))));
        expect((await store.revocations.get(id))?.delivery).toEqual({ pending: 0, delivered: 100, failed: 0 });
      }));
  });
}

/** All that the walk finds, in the order in which it is given out. */
async function claimWhileWalking(store: Store): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  for (;;) {
    const claimed = await claimAndSettle(store);
    deliveries.push(...claimed);
    if (claimed.length === 0 && !(await isWalking(store))) return deliveries;
  }
}

async function claimAndSettle(store: Store, limit = 10): Promise<readonly Delivery[]> {
  const batch = await claim(store, { limit });
  if (batch !== undefined) await settleAll(store, batch, { kind: 'delivered' });
  return batch?.deliveries ?? [];
}

function toTold(deliveries: readonly Delivery[]): readonly Pick<Delivery, 'viewerId' | 'floor'>[] {
  return deliveries.map(({ viewerId, floor }) => ({ viewerId, floor }));
}

function toQuery(viewerId: ViewerId) {
  return { viewerId, channelArn: news, place: toRegion(news) };
}
