/** Asking twice for the same decision: one key, one revocation, and no other body under it. */
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports.ts';
import { maxBlocks } from '../../../src/revocations/ports.ts';
import { drainDeliveries } from '../../support/drain-deliveries.ts';
import { nowSeconds, toDraft } from '../../support/records.ts';
import { allScopes, anna, news, revokeIn, type ScopeOverAnna, sport } from './scopes-over-anna.ts';
import { loadCounts, loadScopes, revoke, toPairs, toRecorded, watch } from './steps.ts';
import type { WithStore } from './with-store.ts';

const idempotency = { key: 'shop 1', fingerprint: 'a body' };
const everywhere = { scope: 'viewer', viewerId: anna } as const;

export function describeIdempotency(withStore: WithStore): void {
  describeRepeating(withStore);
  describeKeys(withStore);
}

function ask(store: Store, { target, viewerIds }: ScopeOverAnna, asked = idempotency) {
  return store.revocations.record(toDraft(target, { block: { until: null } }), viewerIds, asked);
}

function describeRepeating(withStore: WithStore): void {
  describe.each(allScopes)('a decision of scope $scope that is asked for twice', (scope) => {
    it('is the one that was made first', () =>
      withStore(async (store) => {
        await watch(store, anna, news);
        const first = await ask(store, scope);
        expect(first.kind).toBe('recorded');
        expect(await ask(store, scope)).toEqual({ kind: 'repeated', revocation: toRecorded(first) });
        expect(await countAll(store)).toBe(1);
        expect(await drainDeliveries(store)).toHaveLength(
          scope.viewerIds.length === 2 && 'channelArn' in scope.target ? 2 : 1,
        );
      }));

    it('is answered as it is now: told, and with its block lifted', () =>
      withStore(async (store) => {
        await watch(store, anna, news);
        const { id } = toRecorded(await ask(store, scope));
        await drainDeliveries(store);
        await store.revocations.liftBlock(id, nowSeconds());
        const now = await store.revocations.get(id);
        expect(now).toMatchObject({ block: null, delivery: { pending: 0, failed: 0 } });
        expect(await ask(store, scope)).toEqual({ kind: 'repeated', revocation: now });
        expect((await loadScopes(store, anna, news)).blockedUntil).toBe(0);
      }));

    it('is made once by all who ask at the same time', () =>
      withStore(async (store) => {
        const answers = await Promise.all(Array.from({ length: 8 }, () => ask(store, scope)));
        expect(answers.filter(({ kind }) => kind === 'recorded')).toHaveLength(1);
        const [id, ...others] = new Set(answers.map((answer) => toRecorded(answer).id));
        if (id === undefined || others.length > 0) throw new Error('it is one decision');
        expect(await countAll(store)).toBe(1);
        const told = toPairs(await drainDeliveries(store));
        expect(told).toEqual([...new Set(told)]);
        expect(await loadCounts(store, id)).toEqual({ pending: 0, delivered: told.length, failed: 0 });
        await store.revocations.liftBlock(id, nowSeconds());
        expect((await loadScopes(store, anna, news)).blockedUntil).toBe(0);
      }));

    it('is another when it is asked for without a key', () =>
      withStore(async (store) => {
        await ask(store, scope);
        await revokeIn(store, scope);
        expect(await countAll(store)).toBe(2);
      }));
  });
}

function describeKeys(withStore: WithStore): void {
  describe('a key', () => {
    it('that came with another body before is refused, and nothing is done', () =>
      withStore(async (store) => {
        const { id } = toRecorded(await store.revocations.record(toDraft(everywhere), [], idempotency));
        const draft = toDraft({ ...everywhere, scope: 'viewer' }, { block: { until: null } });
        const other = { ...idempotency, fingerprint: 'another body' };
        expect(await store.revocations.record(draft, [], other)).toEqual({ kind: 'key_reused' });
        expect(await store.revocations.get(draft.id)).toBeUndefined();
        expect((await loadScopes(store, anna, news)).blockedUntil).toBe(0);
        const again = await store.revocations.record(toDraft(everywhere), [], idempotency);
        expect(again).toMatchObject({ kind: 'repeated', revocation: { id } });
      }));

    it('is apart from other keys, with the same body too', () =>
      withStore(async (store) => {
        for (const key of ['shop 1', 'shop 2', 'desk 1'])
          expect((await store.revocations.record(toDraft(everywhere), [], { ...idempotency, key })).kind).toBe(
            'recorded',
          );
        expect(await countAll(store)).toBe(3);
      }));

    it('is free again when there were too many blocks, so that the same request may be made later', () =>
      withStore(async (store) => {
        const blocks = [];
        for (let count = 0; count < maxBlocks; count++)
          blocks.push(await revoke(store, everywhere, { block: { until: null } }));
        const draft = () => toDraft({ ...everywhere, scope: 'viewer' }, { block: { until: null } });
        expect((await store.revocations.record(draft(), [], idempotency)).kind).toBe('too_many_blocks');
        for (const { id } of blocks.slice(0, 1)) await store.revocations.liftBlock(id, nowSeconds());
        expect((await store.revocations.record(draft(), [], idempotency)).kind).toBe('recorded');
        expect((await store.revocations.record(draft(), [], idempotency)).kind).toBe('repeated');
      }));

    it('is not needed where the same decision comes again by its id', () =>
      withStore(async (store) => {
        const draft = toDraft(everywhere, { block: { until: null } });
        const { id, floor } = toRecorded(await store.revocations.record(draft, []));
        const again = await store.revocations.record(draft, []);
        expect(again).toMatchObject({ kind: 'recorded', revocation: { id, floor } });
        expect(await countAll(store)).toBe(1);
      }));

    it('does not lock out who did not send one', () =>
      withStore(async (store) => {
        await store.revocations.record(toDraft(everywhere), [], idempotency);
        expect((await revoke(store, { scope: 'channel', channelArn: sport })).target.scope).toBe('channel');
      }));
  });
}

async function countAll({ revocations }: Store): Promise<number> {
  return (await revocations.list({ limit: 100, nowSeconds: nowSeconds() })).items.length;
}
