/** Lists in pages: in order, nothing twice, nothing lost. */
import { describe, expect, it } from 'vitest';
import { revocationIdSchema } from '../../../src/ids.ts';
import type { Page, PageQuery } from '../../../src/page.ts';
import type { Store } from '../../../src/ports.ts';
import { nowSeconds, toChannel, toChannelArn, toClient, toDraft, toPolicy, toViewerId } from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

const count = 12;
const numbers = Array.from({ length: count }, (_, index) => index);
const name = (index: number) => `n${String(index * 10).padStart(3, '0')}`;
const toNewestFirst = (index: number) =>
  revocationIdSchema.parse(
    `rev_${name(count * 2 - index)
      .slice(1)
      .padStart(24, '0')}`,
  );

interface List {
  readonly of: string;
  /** Puts the record; the greater the number, the later in the list. */
  add(store: Store, index: number): Promise<unknown>;
  page(store: Store, query: PageQuery): Promise<Page<unknown>>;
  idOf(index: number): string;
  /** Whether a page may have fewer items than were asked for, and still a next one. */
  readonly mayBeShort?: boolean;
}

const lists: readonly List[] = [
  {
    of: 'channels',
    add: (store, index) => store.channels.put(toChannel(toChannelArn(name(index)))),
    page: async (store, query) => toIds(await store.channels.list(query), ({ channelArn }) => channelArn),
    idOf: (index) => toChannelArn(name(index)),
  },
  {
    of: 'policies',
    add: (store, index) => store.policies.put(toPolicy(name(index))),
    page: async (store, query) => toIds(await store.policies.list(query), ({ id }) => id),
    idOf: name,
  },
  {
    of: 'clients',
    add: (store, index) => store.clients.put(toClient(name(index))),
    page: async (store, query) => toIds(await store.clients.list(query), ({ id }) => id),
    idOf: name,
  },
  {
    of: 'revocations (newest first)',
    add: (store, index) => {
      const draft = toDraft({ scope: 'viewer', viewerId: toViewerId('anna') });
      return store.revocations.record({ ...draft, id: toNewestFirst(index) }, []);
    },
    page: async (store, query) =>
      toIds(await store.revocations.list({ ...query, nowSeconds: nowSeconds() }), ({ id }) => id),
    idOf: toNewestFirst,
    mayBeShort: true,
  },
];

export function describePages(withStore: WithStore): void {
  describe.each(lists)('the list of $of', ({ add, page, idOf, mayBeShort = false }) => {
    const addAll = async (store: Store) => {
      for (const index of numbers.toReversed()) await add(store, index);
    };

    it.each([1, 5, count - 1, count, count + 1, 100])('is given out whole, %i at a time', (limit) =>
      withStore(async (store) => {
        await addAll(store);
        const pages = await readPages((query) => page(store, query), limit);
        expect(pages.flat()).toEqual(numbers.map(idOf));
        for (const { length } of pages) expect(length).toBeLessThanOrEqual(limit);
        expect(mayBeShort || pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
      }),
    );

    it('is one empty page when there is nothing', () =>
      withStore(async (store) => {
        expect(await page(store, { limit: 10 })).toEqual({ items: [] });
      }));

    it('loses and repeats nothing when more is added between two pages', () =>
      withStore(async (store) => {
        await addAll(store);
        const first = await page(store, { limit: 5 });
        await add(store, 2.5);
        await add(store, 7.5);
        const rest = await readPages((query) => page(store, query), 5, first.nextCursor);
        const expected = [...numbers.slice(0, 8), 7.5, ...numbers.slice(8)];
        expect([...first.items, ...rest.flat()]).toEqual(expected.map(idOf));
      }));
  });
}

async function readPages(
  page: (query: PageQuery) => Promise<Page<unknown>>,
  limit: number,
  from?: string,
): Promise<(readonly unknown[])[]> {
  const pages: (readonly unknown[])[] = [];
  let cursor = from;
  do {
    const { items, nextCursor }: Page<unknown> = await page({ cursor, limit });
    pages.push(items);
    cursor = nextCursor;
  } while (cursor !== undefined && pages.length < 100);
  return pages;
}

function toIds<T>({ items, ...rest }: Page<T>, toId: (item: T) => string): Page<string> {
  return { ...rest, items: items.map(toId) };
}
