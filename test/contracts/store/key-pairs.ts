/** Key pairs: which one signs in a region, and which takes its place. */
import { describe, expect, it } from 'vitest';
import type { Region } from '../../../src/ids.ts';
import type { KeyPair } from '../../../src/keys/record.ts';
import type { Store } from '../../../src/ports.ts';
import { euWest1, oddTexts, toChannelArn, toPendingKeyPair, toViewerId, usWest2 } from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

export function describeKeyPairs(withStore: WithStore): void {
  describe('key pairs', () => {
    it('waits as pending and signs nothing until IVS has it', () =>
      withStore(async (store) => {
        const pair = toPendingKeyPair('key_1');
        await store.keyPairs.put(pair);
        expect(await store.keyPairs.get(pair.id)).toEqual(pair);
        expect(await store.keyPairs.list()).toEqual([pair]);
        expect(await findActive(store, usWest2)).toBeUndefined();
      }));

    it.each(oddTexts)('keeps the text %j', (text) =>
      withStore(async (store) => {
        const pair = toPendingKeyPair('key_odd', { name: text, publicKey: text });
        await store.keyPairs.put(pair);
        const imported = { arn: text, fingerprint: text };
        const active = { ...pair, ...imported, state: 'active' };
        expect(await store.keyPairs.markImported(pair.id, imported)).toEqual(active);
        expect(await store.keyPairs.get(pair.id)).toEqual(active);
      }),
    );

    it('makes the first imported pair of a region its active one, and later ones wait', () =>
      withStore(async (store) => {
        const first = await addImported(store, 'key_1');
        const second = await addImported(store, 'key_2');
        const elsewhere = await addImported(store, 'key_3', { region: euWest1 });
        expect([first.state, second.state, elsewhere.state]).toEqual(['active', 'imported', 'active']);
        expect(first.arn).toBe('arn:key_1');
        expect(first.fingerprint).toBe('fingerprint of key_1');
        expect(await findActive(store, usWest2)).toBe('key_1');
        expect(await findActive(store, euWest1)).toBe('key_3');
        expect((await store.keyPairs.list()).map(({ id }) => id)).toEqual(['key_1', 'key_2', 'key_3']);
      }));

    it('leaves the active pair active when its import is noted again', () =>
      withStore(async (store) => {
        const { id } = await addImported(store, 'key_1');
        const again = await store.keyPairs.markImported(id, { arn: 'arn:again', fingerprint: 'again' });
        expect(again).toMatchObject({ state: 'active', arn: 'arn:again' });
        expect(await findActive(store, usWest2)).toBe('key_1');
      }));

    it('neither imports, retires nor deletes a pair that is not there', () =>
      withStore(async (store) => {
        const { id } = toPendingKeyPair('key_gone');
        expect(await store.keyPairs.markImported(id, { arn: 'arn:x', fingerprint: 'x' })).toBeUndefined();
        expect(await store.keyPairs.retire(id)).toBeUndefined();
        expect(await store.keyPairs.delete(id)).toBe(false);
        expect(await store.keyPairs.list()).toEqual([]);
        expect(await findActive(store, usWest2)).toBeUndefined();
      }));

    it('retires the active pair, and puts the newest imported one of the region in its place', () =>
      withStore(async (store) => {
        const active = await addImported(store, 'key_1', { createdAt: 100 });
        await addImported(store, 'key_2', { createdAt: 200 });
        await addImported(store, 'key_3', { createdAt: 300 });
        await addImported(store, 'key_4', { createdAt: 400, region: euWest1 });
        await store.keyPairs.put(toPendingKeyPair('key_5', { createdAt: 500 }));
        expect(await store.keyPairs.retire(active.id)).toEqual({ ...active, state: 'retiring' });
        expect(await store.keyPairs.get(active.id)).toEqual({ ...active, state: 'retiring' });
        expect(await findActive(store, usWest2)).toBe('key_3');
        expect(await listStates(store)).toEqual([
          'key_1 retiring',
          'key_2 imported',
          'key_3 active',
          'key_4 active',
          'key_5 pending',
        ]);
      }));

    it('retires a pair again without moving another', () =>
      withStore(async (store) => {
        const { id } = await addImported(store, 'key_1');
        for (const waiting of ['key_2', 'key_3']) await addImported(store, waiting);
        for (let time = 0; time < 3; time++)
          expect(await store.keyPairs.retire(id)).toMatchObject({ state: 'retiring' });
        expect(await listStates(store)).toEqual(['key_1 retiring', 'key_2 imported', 'key_3 active']);
        expect(await findActive(store, usWest2)).toBe('key_3');
      }));

    it('leaves the active pair in its place when another is retired', () =>
      withStore(async (store) => {
        await addImported(store, 'key_1');
        const waiting = await addImported(store, 'key_2');
        const pending = toPendingKeyPair('key_3');
        await store.keyPairs.put(pending);
        for (const { id } of [waiting, pending]) await store.keyPairs.retire(id);
        expect(await findActive(store, usWest2)).toBe('key_1');
        expect(await listStates(store)).toEqual(['key_1 active', 'key_2 retiring', 'key_3 retiring']);
      }));

    it('has no active pair after the last one was retired, and takes the next import for it', () =>
      withStore(async (store) => {
        const only = await addImported(store, 'key_1');
        await store.keyPairs.retire(only.id);
        expect(await findActive(store, usWest2)).toBeUndefined();
        expect((await addImported(store, 'key_2')).state).toBe('active');
      }));

    it('notes no import of a pair that is retiring', () =>
      withStore(async (store) => {
        const pending = toPendingKeyPair('key_1');
        await store.keyPairs.put(pending);
        await store.keyPairs.retire(pending.id);
        expect(await store.keyPairs.markImported(pending.id, { arn: 'arn:x', fingerprint: 'x' })).toBeUndefined();
        expect(await store.keyPairs.get(pending.id)).toEqual({ ...pending, state: 'retiring' });
        expect(await findActive(store, usWest2)).toBeUndefined();
      }));

    it('deletes the record of a retired pair once, and leaves the others', () =>
      withStore(async (store) => {
        const { id } = await addImported(store, 'key_1');
        await addImported(store, 'key_2');
        await store.keyPairs.retire(id);
        expect(await store.keyPairs.delete(id)).toBe(true);
        expect(await store.keyPairs.delete(id)).toBe(false);
        expect(await store.keyPairs.get(id)).toBeUndefined();
        expect(await listStates(store)).toEqual(['key_2 active']);
      }));
  });
}

async function addImported(store: Store, id: string, changes: Partial<KeyPair> = {}): Promise<KeyPair> {
  const pair = toPendingKeyPair(id, changes);
  await store.keyPairs.put(pair);
  const imported = await store.keyPairs.markImported(pair.id, {
    arn: `arn:${id}`,
    fingerprint: `fingerprint of ${id}`,
  });
  if (imported === undefined) throw new Error(`${id} was not there`);
  return imported;
}

async function findActive(store: Store, region: Region): Promise<string | undefined> {
  const query = { channelArn: toChannelArn('any', region), viewerId: toViewerId('anna'), region };
  return (await store.issuance.load(query)).activeKeyPairId;
}

async function listStates(store: Store): Promise<string[]> {
  return (await store.keyPairs.list()).map(({ id, state }) => `${id} ${state}`);
}
