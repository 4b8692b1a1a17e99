/** Looking through the revocations: by viewer, channel, scope, block and delivery, each alone and all together. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RevocationId, ViewerId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import type { RevocationQuery } from '../../../src/revocations/ports.ts';
import { type Revocation, scopes } from '../../../src/revocations/record.ts';
import { drainDeliveries, settleAll } from '../../support/drain-deliveries.ts';
import { nowSeconds } from '../../support/records.ts';
import { allScopes, anna, ben, cleo, news, revokeIn, sport } from './scopes-over-anna.ts';
import { claim, revoke, revokeList } from './steps.ts';
import type { WithStore } from './with-store.ts';

type Filter = Omit<RevocationQuery, 'cursor' | 'limit' | 'nowSeconds'>;
interface Listed {
  readonly revocation: Revocation;
  readonly viewerIds: readonly ViewerId[];
}

const optional = <T>(...values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const filters: fc.Arbitrary<Filter> = fc.record({
  viewerId: optional(anna, ben, cleo),
  channelArn: optional(news, sport),
  scope: optional(...scopes),
  active: optional(true, false),
  delivery: optional('pending' as const, 'failed' as const),
});

export function describeRevocationFilters(withStore: WithStore): void {
  describe('the list of revocations', () => {
    it('has only what was asked for, whatever that is, in any number at a time', () =>
      withStore(async (store) => {
        const all = await fill(store);
        await fc.assert(
          fc.asyncProperty(filters, fc.integer({ min: 1, max: 30 }), async (filter, limit) => {
            expect(await list(store, filter, limit)).toEqual(toExpected(all, filter));
          }),
          { numRuns: 60 },
        );
      }));

    it.each<{ readonly of: string; readonly filter: Filter }>([
      { of: 'a viewer, alone or in a list', filter: { viewerId: ben } },
      { of: 'a channel, everyone or some', filter: { channelArn: news } },
      ...scopes.map((scope) => ({ of: `scope ${scope}`, filter: { scope } })),
      { of: 'blocks that hold', filter: { active: true } },
      { of: 'no block that holds', filter: { active: false } },
      { of: 'deliveries that wait', filter: { delivery: 'pending' } },
      { of: 'deliveries that were refused', filter: { delivery: 'failed' } },
    ])('can be that of $of', ({ filter }) =>
      withStore(async (store) => {
        const expected = toExpected(await fill(store), filter);
        expect(expected.length).toBeGreaterThan(0);
        expect(await list(store, filter, 100)).toEqual(expected);
      }),
    );

    it('goes by the time that is asked about: a block ends', () =>
      withStore(async (store) => {
        const until = nowSeconds() + 1000;
        const { id } = await revoke(store, { scope: 'viewer', viewerId: anna }, { block: { until } });
        const at = (seconds: number, active: boolean) =>
          store.revocations.list({ limit: 10, nowSeconds: seconds, active });
        expect((await at(until - 1, true)).items.map((item) => item.id)).toEqual([id]);
        expect((await at(until - 1, false)).items).toEqual([]);
        expect((await at(until, true)).items).toEqual([]);
        expect((await at(until, false)).items.map((item) => item.id)).toEqual([id]);
      }));

    it('has a decision as pending from the start to the end of its walk', () =>
      withStore(async (store) => {
        const { id } = await revoke(store, { scope: 'channel', channelArn: news });
        expect(await list(store, { delivery: 'pending' }, 10)).toEqual([id]);
        await drainDeliveries(store);
        expect(await list(store, { delivery: 'pending' }, 10)).toEqual([]);
      }));

    it('has what was refused as pending, and no more as failed, once it is sent again', () =>
      withStore(async (store) => {
        const { id } = await revoke(store, { scope: 'viewer_on_channel', viewerId: anna, channelArn: news });
        const batch = await claim(store);
        if (batch === undefined) throw new Error('a delivery was due');
        await settleAll(store, batch, { kind: 'failed', reason: 'no' });
        expect(await list(store, { delivery: 'failed' }, 10)).toEqual([id]);
        expect(await list(store, { delivery: 'pending' }, 10)).toEqual([]);
        await store.revocations.retryFailed(id, Date.now());
        expect(await list(store, { delivery: 'failed' }, 10)).toEqual([]);
        expect(await list(store, { delivery: 'pending' }, 10)).toEqual([id]);
      }));
  });
}

/** Revocations of every scope: with and without blocks, of which some have ended or were lifted; told, refused, and waiting. */
async function fill(store: Store): Promise<readonly Listed[]> {
  const now = nowSeconds();
  const decided: { readonly id: RevocationId; readonly viewerIds: readonly ViewerId[] }[] = [];
  async function addAll(): Promise<void> {
    for (const block of [null, { until: null }, { until: now - 10 }, { until: now + 1000 }])
      for (const scope of allScopes) {
        const { id, target } = await revokeIn(store, scope, { block });
        const viewerIds = 'viewerId' in target ? [target.viewerId] : scope.viewerIds;
        decided.push({ id, viewerIds });
      }
    const own = { scope: 'viewer_on_channel', viewerId: cleo, channelArn: sport } as const;
    decided.push({ id: (await revoke(store, own)).id, viewerIds: [cleo] });
    decided.push({ id: (await revokeList(store, [ben, cleo], sport)).id, viewerIds: [ben, cleo] });
    for (const { id } of decided.slice(5, 10)) await store.revocations.liftBlock(id, now);
  }
  await addAll();
  await drainDeliveries(store);
  await addAll();
  for (let batch = await claim(store, { limit: 5 }), times = 0; batch !== undefined && times < 2; times++) {
    await settleAll(store, batch, { kind: 'failed', reason: 'no' });
    batch = await claim(store, { limit: 5 });
  }
  return Promise.all(
    decided.map(async ({ id, viewerIds }) => {
      const revocation = await store.revocations.get(id);
      if (revocation === undefined) throw new Error('it was recorded');
      return { revocation, viewerIds };
    }),
  );
}

function toExpected(all: readonly Listed[], filter: Filter): readonly RevocationId[] {
  return all
    .filter((listed) => fits(listed, filter))
    .map(({ revocation }) => revocation.id)
    .toReversed();
}

function fits({ revocation, viewerIds }: Listed, filter: Filter): boolean {
  const { target, block, delivery, progress } = revocation;
  const isActive = block !== null && (block.until === null || block.until > nowSeconds());
  const isPending = delivery.pending > 0 || progress?.done === false;
  return (
    (filter.viewerId === undefined || viewerIds.includes(filter.viewerId)) &&
    (filter.channelArn === undefined || ('channelArn' in target && target.channelArn === filter.channelArn)) &&
    (filter.scope === undefined || target.scope === filter.scope) &&
    (filter.active === undefined || isActive === filter.active) &&
    (filter.delivery === undefined || (filter.delivery === 'failed' ? delivery.failed > 0 : isPending))
  );
}

/** The ids, through all pages. */
async function list(store: Store, filter: Filter, limit: number): Promise<readonly RevocationId[]> {
  const ids: RevocationId[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.revocations.list({ ...filter, cursor, limit, nowSeconds: nowSeconds() });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}
