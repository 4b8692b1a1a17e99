/** Whom a revocation would meet, before it is made. */
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports.ts';
import { sessionLifetimeSeconds } from '../../../src/revocations/delivery.ts';
import type { Reach } from '../../../src/revocations/ports.ts';
import { drainDeliveries } from '../../support/drain-deliveries.ts';
import { nowSeconds } from '../../support/records.ts';
import { allScopes, anna, ben, cleo, news, type ScopeOverAnna, sport } from './scopes-over-anna.ts';
import { revoke, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

/** Anna and Ben watch the news, and Anna sport: what each scope then meets. */
const reaches: Readonly<Record<string, Reach>> = {
  viewer_on_channel: { viewers: 1, sessions: 1, exact: true },
  viewer: { viewers: 1, sessions: 2, exact: true },
  viewers_on_channel: { viewers: 2, sessions: 2, exact: true },
  viewers: { viewers: 2, sessions: 3, exact: true },
  channel: { viewers: 2, sessions: 2, exact: true },
};

export function describeEstimates(withStore: WithStore): void {
  describe.each(allScopes)('what scope $scope would meet', (scope) => {
    it('is counted as it would be delivered', () =>
      withStore(async (store) => {
        await watchAll(store);
        expect(await estimate(store, scope)).toEqual(reaches[scope.scope]);
        await revoke(store, scope.target, {}, scope.viewerIds);
        expect(await drainDeliveries(store)).toHaveLength(reaches[scope.scope]?.sessions ?? 0);
      }));

    it('changes nothing', () =>
      withStore(async (store) => {
        await watchAll(store);
        const before = await store.viewers.get(anna, nowSeconds());
        await estimate(store, scope);
        expect(await store.viewers.get(anna, nowSeconds())).toEqual(before);
        expect((await store.revocations.list({ limit: 10, nowSeconds: nowSeconds() })).items).toEqual([]);
        expect(await drainDeliveries(store)).toEqual([]);
        await watch(store, anna, news);
      }));
  });

  describe('what a revocation would meet', () => {
    it('has nobody whose tokens are older than 48 hours', () =>
      withStore(async (store) => {
        const longAgo = nowSeconds() - sessionLifetimeSeconds - 10;
        await watch(store, anna, news, { sessionVersion: longAgo, issuedAt: longAgo });
        for (const target of [
          { scope: 'viewer', viewerId: anna },
          { scope: 'channel', channelArn: news },
        ] as const)
          expect((await store.revocations.estimate(target, [], nowSeconds())).sessions).toBe(0);
      }));

    it('has a viewer of many hours once', () =>
      withStore(async (store) => {
        for (const hoursAgo of [30, 2, 0]) {
          const issuedAt = nowSeconds() - hoursAgo * 3600;
          await watch(store, anna, news, { sessionVersion: issuedAt, issuedAt });
        }
        const reach = await store.revocations.estimate({ scope: 'channel', channelArn: news }, [], nowSeconds());
        expect(reach).toEqual({ viewers: 1, sessions: 1, exact: true });
      }));
  });
}

async function watchAll(store: Store): Promise<void> {
  for (const viewerId of [anna, ben]) await watch(store, viewerId, news);
  for (const viewerId of [anna, cleo]) await watch(store, viewerId, sport);
}

function estimate({ revocations }: Store, { target, viewerIds }: ScopeOverAnna): Promise<Reach> {
  return revocations.estimate(target, viewerIds, nowSeconds());
}
