/** Rate limits that a session is counted against: the sum holds over everything that is asked at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { evaluateLimits } from '../../../src/limits/evaluate.ts';
import { type Rate, toTerms } from '../../../src/limits/rate.ts';
import type { Limit, LimitCharge, LimitReadings } from '../../../src/limits/record.ts';
import type { Store } from '../../../src/ports.ts';
import { toChannel, toPolicy, toViewerId, usWest2 } from '../../support/records.ts';
import { anna, ben, news, revokeIn, sport, viewerScopes } from './scopes-over-anna.ts';
import { record, revoke, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

/** Nothing comes back of it while a test runs. */
const ten: Rate = { tokens: 10, perSeconds: 86_400 };
const ofViewer: Limit = { name: 'viewer', key: '', rate: ten };
const ofAll: Limit = { name: 'all', key: 'all', rate: ten };
const ofClient: Limit = { name: 'client', key: 'client:client_1', rate: ten };

export function describeLimits(withStore: WithStore): void {
  describe('a limit of one viewer', () => {
    it('lets through what it says, over all channels, and whoever asks at once', () =>
      withStore(async (store) => {
        const outcomes = await Promise.all(
          Array.from({ length: 40 }, (_, index) =>
            recordFor(store, { viewer: ofViewer }, anna, [news, sport][index % 2]),
          ),
        );
        expect(countRecorded(outcomes)).toBe(10);
        expect(outcomes.filter((outcome) => outcome === 'limited')).toHaveLength(30);
        expect(await recordFor(store, { viewer: ofViewer }, ben)).toBe('recorded');
      }));

    it('is read before a session, and by that the next one is decided', () =>
      withStore(async (store) => {
        const [before, ...left] = [await read(store), 9, 8, 7];
        expect(before).toMatchObject({ viewer: 0, shared: [] });
        for (const remaining of left) {
          expect(evaluateLimits(ofViewer, [], await read(store))).toMatchObject([{ isExceeded: false, remaining }]);
          expect(await recordFor(store, { viewer: ofViewer })).toBe('recorded');
        }
        for (let count = 0; count < 7; count++) await recordFor(store, { viewer: ofViewer });
        expect(evaluateLimits(ofViewer, [], await read(store))).toMatchObject([{ isExceeded: true, remaining: 0 }]);
      }));

    it('is one of its own under a policy that has a rate', () =>
      withStore(async (store) => {
        const policy = toPolicy('evening', { viewerRate: ten });
        await store.policies.put(policy);
        await store.channels.put(toChannel(sport, { policyId: policy.id }));
        const underPolicy = { ...ofViewer, key: policy.id };
        for (let count = 0; count < 10; count++) await recordFor(store, { viewer: underPolicy }, anna, sport);
        expect(await recordFor(store, { viewer: underPolicy }, anna, sport)).toBe('limited');
        expect(await recordFor(store, { viewer: ofViewer }, anna, news)).toBe('recorded');
        expect(evaluateLimits(underPolicy, [], await read(store, [], sport))).toMatchObject([{ isExceeded: true }]);
        expect(evaluateLimits(ofViewer, [], await read(store))).toMatchObject([{ isExceeded: false, remaining: 8 }]);
      }));

    it('lets through again what its rate gives back', () =>
      withStore(async (store) => {
        const quick = { ...ofViewer, rate: { tokens: 20, perSeconds: 1, burst: 1 } };
        const askMany = () => Promise.all(Array.from({ length: 10 }, () => recordFor(store, { viewer: quick })));
        await expect.poll(askMany).toContain('limited');
        await expect.poll(() => recordFor(store, { viewer: quick })).toBe('recorded');
      }));
  });

  describe('limits of a client and of all', () => {
    it('hold over all viewers', () =>
      withStore(async (store) => {
        const outcomes = await Promise.all(
          Array.from({ length: 30 }, (_, index) => recordFor(store, { shared: [ofAll] }, toViewerId(`v-${index}`))),
        );
        expect(countRecorded(outcomes)).toBe(10);
      }));

    it('are each of its own, and refuse together', () =>
      withStore(async (store) => {
        const narrow = { ...ofClient, rate: { ...ten, burst: 2 } };
        for (const expected of ['recorded', 'recorded', 'limited'])
          expect(await recordFor(store, { shared: [narrow, ofAll] })).toBe(expected);
        const { shared, nowMicros } = await read(store, [narrow.key, 'client:client_2', ofAll.key]);
        expect(shared[1]).toBe(0);
        const readings = { viewer: 0, nowMicros, shared: [Number(shared[0]), Number(shared[2])] };
        expect(evaluateLimits(undefined, [narrow, ofAll], readings)).toMatchObject([
          { isExceeded: true, remaining: 0 },
          { isExceeded: false, remaining: 7 },
        ]);
      }));

    it('count nothing of what was overtaken', () =>
      withStore(async (store) => {
        await revoke(store, { scope: 'viewer', viewerId: anna });
        const sessionVersion = 1;
        for (let count = 0; count < 20; count++) {
          const limits = { viewer: ofViewer, shared: [], nowMs: Date.now() };
          expect(await record(store, anna, news, { sessionVersion, limits })).toBe('overtaken');
        }
        expect((await read(store)).viewer).toBe(0);
      }));
  });

  describe('a limit that was spent', () => {
    it.each(viewerScopes)('is spent after a revocation of scope $scope too, and no block', (scope) =>
      withStore(async (store) => {
        await watch(store, anna, news, { limits: { viewer: ofViewer, shared: [], nowMs: Date.now() } });
        const { viewer } = await read(store);
        const { floor } = await revokeIn(store, scope, { block: { until: null } });
        expect((await read(store)).viewer).toBe(viewer);
        expect((await store.viewers.get(anna, floor)).blocks).toHaveLength(1);
      }),
    );
  });

  describe('many who ask at once', () => {
    it('get no more than a burst and what the rate has in the time', () =>
      withStore(async (store) => {
        await expectSumHolds([store]);
      }));
  });
}

/** Asks over all of the stores at once for a while: what they record together is within the rate. */
export async function expectSumHolds(stores: readonly Store[]): Promise<void> {
  const rate = { tokens: 200, perSeconds: 1, burst: 20 };
  const limits = { viewer: { ...ofViewer, rate }, shared: [{ ...ofAll, rate }] };
  const begunAt = performance.now();
  let recorded = 0;
  const asking = stores.flatMap((store) =>
    [0, 1, 2, 3].map(async () => {
      for (let count = 0; count < 60; count++) {
        if ((await recordFor(store, limits)) === 'recorded') recorded++;
        await sleep(2);
      }
    }),
  );
  await Promise.all(asking);
  const tookMicros = (performance.now() - begunAt) * 1000;
  expect(recorded).toBeGreaterThanOrEqual(rate.burst);
  expect(recorded).toBeLessThanOrEqual(rate.burst + Math.ceil(tookMicros / toTerms(rate).intervalMicros));
}

/** A session that is counted against these. */
async function recordFor(store: Store, limits: Partial<LimitCharge>, viewerId = anna, channelArn = news) {
  return record(store, viewerId, channelArn, { limits: { shared: [], nowMs: Date.now(), ...limits } });
}

async function read(store: Store, sharedKeys: readonly string[] = [], channelArn = news): Promise<LimitReadings> {
  const limits = { sharedKeys, nowMs: Date.now() };
  const state = await store.issuance.load({ viewerId: anna, channelArn, place: usWest2, limits });
  if (state.limits === undefined) throw new Error('limits were asked for');
  return state.limits;
}

function countRecorded(outcomes: readonly string[]): number {
  return outcomes.filter((outcome) => outcome === 'recorded').length;
}
