/** Blocks: for a time or without end, several at once, and lifted one by one. */
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports.ts';
import type { RevocationTarget } from '../../../src/revocations/record.ts';
import { combineScopes, neverLifts } from '../../../src/revocations/scopes.ts';
import { nowSeconds, toChannelArn, toDraft, toViewerId, usWest2 } from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

const news = toChannelArn('news');
const anna = toViewerId('anna');
const targets: readonly RevocationTarget[] = [
  { scope: 'viewer_on_channel', viewerId: anna, channelArn: news },
  { scope: 'viewer', viewerId: anna },
  { scope: 'channel', channelArn: news },
];

export function describeBlocks(withStore: WithStore): void {
  describe.each(targets)('a block of scope $scope', (target) => {
    const block = (store: Store, until: number | null) =>
      store.revocations.record(toDraft(target, { block: { until } }));

    it('is not there after a revocation without one', () =>
      withStore(async (store) => {
        const { id, block: none } = await store.revocations.record(toDraft(target));
        expect(none).toBeNull();
        expect(await loadBlockedUntil(store)).toBe(0);
        expect((await store.revocations.get(id))?.block).toBeNull();
      }));

    it('holds until its time', () =>
      withStore(async (store) => {
        const until = nowSeconds() + 50;
        expect((await block(store, until)).block).toEqual({ until });
        expect(await loadBlockedUntil(store)).toBe(until);
      }));

    it('holds until it is lifted when it has no time, and its floor stays', () =>
      withStore(async (store) => {
        const { id, floor } = await block(store, null);
        expect(await loadBlockedUntil(store)).toBe(neverLifts);
        expect(await store.revocations.liftBlock(id, nowSeconds())).toBe(true);
        expect(await loadBlockedUntil(store)).toBe(0);
        const lifted = await store.revocations.get(id);
        expect(lifted).toMatchObject({ id, floor, block: null });
        const { scopes } = await store.issuance.load({ channelArn: news, viewerId: anna, region: usWest2 });
        expect(combineScopes(scopes).floor).toBe(floor);
      }));

    it.each(['"', '\\', '\u0000', '\ud800', '💥'])('is lifted whatever reason was given (%j)', (reason) =>
      withStore(async (store) => {
        const { id } = await store.revocations.record(toDraft(target, { block: { until: null }, reason }));
        expect(await store.revocations.liftBlock(id, nowSeconds())).toBe(true);
        expect(await loadBlockedUntil(store)).toBe(0);
        expect(await store.revocations.get(id)).toMatchObject({ block: null, reason });
      }),
    );

    it('leaves the others of its scope when it is lifted', () =>
      withStore(async (store) => {
        const [soon, later] = [nowSeconds() + 100, nowSeconds() + 200];
        const short = await block(store, soon);
        const endless = await block(store, null);
        const long = await block(store, later);
        await store.revocations.liftBlock(endless.id, nowSeconds());
        expect(await loadBlockedUntil(store)).toBe(later);
        await store.revocations.liftBlock(long.id, nowSeconds());
        expect(await loadBlockedUntil(store)).toBe(soon);
        await store.revocations.liftBlock(short.id, nowSeconds());
        expect(await loadBlockedUntil(store)).toBe(0);
      }));

    it('outlives a later revocation of the same scope that has none', () =>
      withStore(async (store) => {
        await block(store, null);
        await store.revocations.record(toDraft(target));
        expect(await loadBlockedUntil(store)).toBe(neverLifts);
      }));
  });

  describe('blocks', () => {
    it('of several scopes hold together: the longest wins', () =>
      withStore(async (store) => {
        const untils = [nowSeconds() + 10, nowSeconds() + 30, nowSeconds() + 20];
        for (const [index, target] of targets.entries())
          await store.revocations.record(toDraft(target, { block: { until: untils[index] ?? null } }));
        expect(await loadBlockedUntil(store)).toBe(Math.max(...untils));
      }));

    it('can be lifted again and again, and nothing is lifted where nothing is', () =>
      withStore(async (store) => {
        const { id } = await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }));
        expect(await store.revocations.liftBlock(id, nowSeconds())).toBe(true);
        expect(await store.revocations.liftBlock(id, nowSeconds())).toBe(true);
        expect(await store.revocations.liftBlock(toDraft({ scope: 'viewer', viewerId: anna }).id, nowSeconds())).toBe(
          false,
        );
      }));
  });
}

async function loadBlockedUntil(store: Store): Promise<number> {
  const { scopes } = await store.issuance.load({ channelArn: news, viewerId: anna, region: usWest2 });
  return combineScopes(scopes).blockedUntil;
}
