/** API clients: kept as they are under their id, and found again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCharacter } from '../../support/arbitraries.ts';
import { oddTexts, toChannelArn, toClient } from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

const { id } = toClient('client_1');

export function describeClients(withStore: WithStore): void {
  describe('clients', () => {
    it('are not there before they are put', () =>
      withStore(async ({ clients }) => {
        expect(await clients.get(id)).toBeUndefined();
        expect(await clients.delete(id)).toBe(false);
      }));

    it('are as they were put last, until they are deleted', () =>
      withStore(async ({ clients }) => {
        await clients.put(toClient('client_1', { name: 'old' }));
        const last = toClient('client_1', { name: 'new', channels: [toChannelArn('news')] });
        await clients.put(last);
        expect(await clients.get(id)).toEqual(last);
        expect(await clients.delete(id)).toBe(true);
        expect(await clients.get(id)).toBeUndefined();
        expect(await clients.list({ limit: 10 })).toEqual({ items: [] });
      }));

    it('are noted as used while they are there, and are nothing without a note', () =>
      withStore(async ({ clients }) => {
        const [first, second] = [toClient('client_1'), toClient('client_2')];
        for (const client of [first, second]) await clients.put(client);
        await clients.noteUse(first.id, 100);
        await clients.noteUse(first.id, 160);
        expect(await clients.findUses([second.id, first.id])).toEqual([undefined, 160]);
        expect(await clients.findUses([])).toEqual([]);
        await clients.put({ ...first, name: 'renamed' });
        expect(await clients.findUses([first.id])).toEqual([160]);
        await clients.delete(first.id);
        await clients.noteUse(first.id, 170);
        await clients.put(first);
        expect(await clients.findUses([first.id])).toEqual([undefined]);
      }));

    it.each(oddTexts)('keep the name %j', (name) =>
      withStore(async ({ clients }) => {
        await clients.put(toClient('client_1', { name }));
        expect(await clients.get(id)).toEqual(toClient('client_1', { name }));
      }),
    );

    it('keep any text whatsoever as their name', () =>
      withStore(async ({ clients }) => {
        await fc.assert(
          fc.asyncProperty(fc.string({ unit: anyCharacter }), async (name) => {
            await clients.put(toClient('client_1', { name }));
            expect((await clients.get(id))?.name).toBe(name);
          }),
          { numRuns: 50 },
        );
      }));
  });
}
