/** What is known of one viewer, and lifting all that blocks them. */
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports.ts';
import type { ViewerState } from '../../../src/revocations/ports.ts';
import { nowSeconds } from '../../support/records.ts';
import { anna, ben, news, sport } from './scopes-over-anna.ts';
import { loadScopes, record, revoke, revokeList, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

const everywhere = { scope: 'viewer', viewerId: anna } as const;
const onNews = { scope: 'viewer_on_channel', viewerId: anna, channelArn: news } as const;
const everyone = { scope: 'channel', channelArn: news } as const;
const endless = { block: { until: null } };

export function describeViewers(withStore: WithStore): void {
  describeKnownViewers(withStore);
  describeLiftingAll(withStore);
}

function describeKnownViewers(withStore: WithStore): void {
  describe('what is known of a viewer', () => {
    it('is nothing before anybody saw them', () =>
      withStore(async (store) => {
        await watch(store, ben, news);
        await revoke(store, everyone, endless);
        expect(await loadViewer(store)).toEqual({ channels: [], floors: [], blocks: [] });
      }));

    it('is where they watch, their own floors and their own blocks', () =>
      withStore(async (store) => {
        const now = nowSeconds();
        const until = now + 1000;
        await watch(store, anna, news, { sessionVersion: now, issuedAt: now });
        const first = await revoke(store, everywhere, endless);
        const second = await revoke(store, onNews, { block: { until } });
        const third = await revokeList(store, [anna, ben], sport, endless);
        await revoke(store, { ...everywhere, viewerId: ben }, endless);
        const { channels, floors, blocks } = await loadViewer(store);
        expect(channels).toEqual([{ channelArn: news, sessionVersion: now, issuedAt: now }]);
        expect(floors).toHaveLength(3);
        expect(floors).toContainEqual({ channelArn: null, floor: first.floor });
        expect(floors).toContainEqual({ channelArn: news, floor: second.floor });
        expect(floors.some(({ channelArn, floor }) => channelArn === sport && floor <= third.floor)).toBe(true);
        expect(blocks).toHaveLength(3);
        expect(blocks).toContainEqual({ revocationId: first.id, channelArn: null, until: null });
        expect(blocks).toContainEqual({ revocationId: second.id, channelArn: news, until });
        expect(blocks).toContainEqual({ revocationId: third.id, channelArn: sport, until: null });
      }));

    it('has only blocks that hold', () =>
      withStore(async (store) => {
        const until = nowSeconds() + 1000;
        const { id } = await revoke(store, everywhere, endless);
        await revoke(store, onNews, { block: { until } });
        await store.revocations.liftBlock(id, nowSeconds());
        expect((await store.viewers.get(anna, until - 1)).blocks).toHaveLength(1);
        expect((await store.viewers.get(anna, until)).blocks).toEqual([]);
      }));

    it('has the highest floor of each scope alone', () =>
      withStore(async (store) => {
        await revoke(store, onNews);
        const { floor } = await revoke(store, onNews);
        expect((await loadViewer(store)).floors).toEqual([{ channelArn: news, floor }]);
      }));

    it('changes nothing by being asked for', () =>
      withStore(async (store) => {
        await watch(store, anna, news);
        await revoke(store, onNews, endless);
        expect(await loadViewer(store)).toEqual(await loadViewer(store));
      }));
  });
}

function describeLiftingAll(withStore: WithStore): void {
  describe('lifting all blocks of a viewer', () => {
    it('takes away their own ones and those of lists, and lets them watch again', () =>
      withStore(async (store) => {
        await revoke(store, everywhere, endless);
        await revoke(store, onNews, { block: { until: nowSeconds() + 1000 } });
        await revokeList(store, [anna, ben], news, endless);
        await revokeList(store, [anna, ben], undefined, endless);
        expect(await store.viewers.liftBlocks(anna, nowSeconds())).toBe(4);
        const { floor, blockedUntil } = await loadScopes(store, anna, news);
        expect(blockedUntil).toBe(0);
        expect((await loadViewer(store)).blocks).toEqual([]);
        expect(await record(store, anna, news, { sessionVersion: floor + 1 })).toBe('recorded');
      }));

    it('keeps their floors, and the blocks of others and of the whole channel', () =>
      withStore(async (store) => {
        const until = nowSeconds() + 1000;
        const { floor } = await revoke(store, everywhere, endless);
        await revokeList(store, [anna, ben], news, endless);
        await revoke(store, everyone, { block: { until } });
        await store.viewers.liftBlocks(anna, nowSeconds());
        const state = await loadScopes(store, anna, news);
        expect(state.floor).toBeGreaterThanOrEqual(floor);
        expect(state.blockedUntil).toBe(until);
        expect((await store.viewers.get(ben, nowSeconds())).blocks).toHaveLength(1);
      }));

    it('may be done again, and where nothing is', () =>
      withStore(async (store) => {
        expect(await store.viewers.liftBlocks(anna, nowSeconds())).toBe(0);
        const { id } = await revoke(store, everywhere, endless);
        expect(await store.viewers.liftBlocks(anna, nowSeconds())).toBe(1);
        expect(await store.viewers.liftBlocks(anna, nowSeconds())).toBe(0);
        expect(await store.revocations.liftBlock(id, nowSeconds())).toBe(true);
      }));
  });
}

function loadViewer({ viewers }: Store): Promise<ViewerState> {
  return viewers.get(anna, nowSeconds());
}
