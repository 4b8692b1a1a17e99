/** Blocks: for a time or without end, several at once, lifted one by one, and never too many on one viewer. */
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports.ts';
import { maxBlocks } from '../../../src/revocations/ports.ts';
import { clockAllowanceSeconds, neverLifts } from '../../../src/revocations/scopes.ts';
import { nowSeconds, toCrowd, toDraft, toListTarget } from '../../support/records.ts';
import { allScopes, anna, ben, news, revokeIn, sport } from './scopes-over-anna.ts';
import { loadScopes, record, revoke, revokeList, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

const everywhere = { scope: 'viewer', viewerId: anna } as const;
const onNews = { scope: 'viewer_on_channel', viewerId: anna, channelArn: news } as const;

export function describeBlocks(withStore: WithStore): void {
  describeEachBlock(withStore);
  describeSeveralBlocks(withStore);
  describeTooManyBlocks(withStore);
  describeTooManyBlocksOfChannel(withStore);
}

function describeEachBlock(withStore: WithStore): void {
  describe.each(allScopes)('a block of scope $scope', (scope) => {
    const block = (store: Store, until: number | null) => revokeIn(store, scope, { block: { until } });

    it('is not there after a revocation without one', () =>
      withStore(async (store) => {
        const { id, block: none } = await revokeIn(store, scope);
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
        expect(await store.revocations.get(id)).toMatchObject({ id, floor, block: null });
        expect((await loadScopes(store, anna, news)).floor).toBe(floor);
      }));

    it.each(['"', '\\', '\u0000', '\ud800', '💥'])('is lifted whatever reason was given (%j)', (reason) =>
      withStore(async (store) => {
        const { id } = await revokeIn(store, scope, { block: { until: null }, reason });
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
        await revokeIn(store, scope);
        expect(await loadBlockedUntil(store)).toBe(neverLifts);
      }));

    it('can be lifted again and again', () =>
      withStore(async (store) => {
        const { id } = await block(store, null);
        expect(await store.revocations.liftBlock(id, nowSeconds())).toBe(true);
        expect(await store.revocations.liftBlock(id, nowSeconds())).toBe(true);
        expect(await store.revocations.get(id)).toMatchObject({ id, block: null });
      }));

    it('may be lifted where none was set', () =>
      withStore(async (store) => {
        const { id } = await revokeIn(store, scope);
        expect(await store.revocations.liftBlock(id, nowSeconds())).toBe(true);
      }));
  });
}

function describeSeveralBlocks(withStore: WithStore): void {
  describe('blocks', () => {
    it('of several scopes hold together: the longest wins', () =>
      withStore(async (store) => {
        const untils = [10, 50, 30, 20, 40].map((ahead) => nowSeconds() + ahead);
        const ids = [];
        for (const [index, scope] of allScopes.entries())
          ids.push((await revokeIn(store, scope, { block: { until: untils[index] ?? null } })).id);
        for (const longest of [50, 40, 30, 20, 10]) {
          const until = untils[[10, 50, 30, 20, 40].indexOf(longest)];
          expect(await loadBlockedUntil(store)).toBe(until);
          const id = ids[[10, 50, 30, 20, 40].indexOf(longest)];
          if (id !== undefined) await store.revocations.liftBlock(id, nowSeconds());
        }
        expect(await loadBlockedUntil(store)).toBe(0);
      }));

    it('hold by the clock of each instance, though tokens of one that is ahead came after their time', () =>
      withStore(async (store) => {
        const until = nowSeconds() + 100;
        for (const scope of allScopes) await revokeIn(store, scope, { block: { until } });
        const ahead = { issuedAt: until + clockAllowanceSeconds, sessionVersion: until };
        for (const viewerId of toCrowd(20)) await watch(store, viewerId, sport, ahead);
        const session = { issuedAt: until - 1, sessionVersion: until + 1000 };
        expect(await record(store, anna, news, session)).toBe('overtaken');
        expect(await record(store, anna, sport, session)).toBe('overtaken');
        expect(await loadBlockedUntil(store)).toBe(until);
      }));

    it('are lifted nowhere when there is no such revocation', () =>
      withStore(async (store) => {
        await revoke(store, everywhere, { block: { until: null } });
        expect(await store.revocations.liftBlock(toDraft(everywhere).id, nowSeconds())).toBe(false);
        expect(await loadBlockedUntil(store)).toBe(neverLifts);
      }));
  });
}

function describeTooManyBlocks(withStore: WithStore): void {
  describe(`a viewer with ${maxBlocks} blocks`, () => {
    async function fill(store: Store): Promise<readonly string[]> {
      const ids = [];
      for (let count = 0; count < maxBlocks; count++) {
        const until = nowSeconds() + 1000 + count;
        ids.push((await revoke(store, count % 2 === 0 ? everywhere : onNews, { block: { until } })).id);
      }
      return ids.toReversed();
    }

    it.each([everywhere, onNews])('is not blocked again in scope $scope, and nothing stays of it', (target) =>
      withStore(async (store) => {
        const ids = await fill(store);
        const draft = toDraft(target, { block: { until: null } });
        expect(await store.revocations.record(draft, [])).toEqual({ kind: 'too_many_blocks' });
        expect(await store.revocations.get(draft.id)).toBeUndefined();
        const { items } = await store.revocations.list({ limit: 200, nowSeconds: nowSeconds() });
        expect(items.map(({ id }) => id)).toEqual(ids);
        expect(await loadBlockedUntil(store)).toBeLessThan(neverLifts);
        expect((await store.viewers.get(anna, nowSeconds())).blocks).toHaveLength(maxBlocks);
      }),
    );

    it('keeps a whole list from being blocked, and nothing stays of it on the others', () =>
      withStore(async (store) => {
        await fill(store);
        const viewerIds = [anna, ben];
        const draft = toDraft(toListTarget(viewerIds), { block: { until: null } });
        expect(await store.revocations.record(draft, viewerIds)).toEqual({ kind: 'too_many_blocks' });
        expect(await store.revocations.get(draft.id)).toBeUndefined();
        expect((await store.viewers.get(ben, nowSeconds())).blocks).toEqual([]);
        const { floor } = await loadScopes(store, ben, news);
        expect(await record(store, ben, news, { sessionVersion: floor + 1 })).toBe('recorded');
      }));

    it('may still be revoked without one', () =>
      withStore(async (store) => {
        await fill(store);
        expect((await revoke(store, everywhere)).block).toBeNull();
        expect((await revokeList(store, [anna, ben])).block).toBeNull();
      }));

    it('has room again when one is lifted', () =>
      withStore(async (store) => {
        const [id] = await fill(store);
        const lifted = (await store.revocations.list({ limit: 1, nowSeconds: nowSeconds() })).items[0];
        if (lifted === undefined || lifted.id !== id) throw new Error('the newest stands first');
        await store.revocations.liftBlock(lifted.id, nowSeconds());
        expect((await revoke(store, everywhere, { block: { until: null } })).block).toEqual({ until: null });
      }));

    it('is not one whose blocks have ended', () =>
      withStore(async (store) => {
        for (let count = 0; count < maxBlocks; count++)
          await revoke(store, everywhere, { block: { until: nowSeconds() - 1 } });
        expect((await revoke(store, everywhere, { block: { until: null } })).block).toEqual({ until: null });
      }));
  });
}

function describeTooManyBlocksOfChannel(withStore: WithStore): void {
  describe(`a channel with ${maxBlocks} blocks`, () => {
    const everyone = { scope: 'channel', channelArn: news } as const;
    const until = nowSeconds() + 1000;

    it('is not blocked again, and nothing stays of it', () =>
      withStore(async (store) => {
        const blocks = [];
        for (let count = 0; count < maxBlocks; count++)
          blocks.push(await revoke(store, everyone, { block: { until } }));
        const { floor } = await loadScopes(store, anna, news);
        const idempotency = { key: 'all', fingerprint: 'all' };
        const refused = () => toDraft(everyone, { block: { until: null } });
        expect(await store.revocations.record(refused(), [], idempotency)).toEqual({ kind: 'too_many_blocks' });
        expect(await loadScopes(store, anna, news)).toEqual({ floor, blockedUntil: until });
        expect((await store.revocations.list({ limit: 200, nowSeconds: nowSeconds() })).items).toHaveLength(maxBlocks);
        expect((await revoke(store, everyone)).block).toBeNull();
        await revoke(store, { ...everyone, channelArn: sport }, { block: { until: null } });
        for (const { id } of blocks.slice(0, 1)) await store.revocations.liftBlock(id, nowSeconds());
        expect((await store.revocations.record(refused(), [], idempotency)).kind).toBe('recorded');
      }));

    it('is not one whose blocks have ended', () =>
      withStore(async (store) => {
        for (let count = 0; count < maxBlocks; count++)
          await revoke(store, everyone, { block: { until: nowSeconds() - 1 } });
        expect((await revoke(store, everyone, { block: { until: null } })).block).toEqual({ until: null });
      }));
  });
}

async function loadBlockedUntil(store: Store): Promise<number> {
  return (await loadScopes(store, anna, news)).blockedUntil;
}
