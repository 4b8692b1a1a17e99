/** Keys: one document for each place, which is replaced whole or not at all, and says which pair signs. */
import { describe, expect, it } from 'vitest';
import type { Region } from '../../../src/ids.ts';
import {
  activatePair,
  addPair,
  doomPair,
  type PlaceKeys,
  removePair,
  toEmptyPlace,
} from '../../../src/keys/place-keys.ts';
import type { Store } from '../../../src/ports.ts';
import { addImportedPair } from '../../support/key-pairs.ts';
import {
  euWest1,
  nowSeconds,
  oddTexts,
  toChannelArn,
  toPendingKeyPair,
  toViewerId,
  usWest2,
} from '../../support/records.ts';
import { record } from './steps.ts';
import type { WithStore } from './with-store.ts';

export function describeKeyPairs(withStore: WithStore): void {
  describe('the keys of a region', () => {
    it('are none, of version 0, where nothing was written', () =>
      withStore(async (store) => {
        expect(await store.keyPairs.load(usWest2)).toEqual(toEmptyPlace(usWest2));
        expect(await store.keyPairs.list()).toEqual([]);
      }));

    it('are kept as they are, each place for itself', () =>
      withStore(async (store) => {
        const here = addPair(toEmptyPlace(usWest2), toPendingKeyPair('key_1'));
        const there = addPair(toEmptyPlace(euWest1), toPendingKeyPair('key_2', { place: euWest1 }));
        for (const keys of [here, there]) expect(await store.keyPairs.replace(keys)).toBe(true);
        expect(await store.keyPairs.load(usWest2)).toEqual({ ...here, version: 1 });
        expect(await store.keyPairs.list()).toEqual([there, here].map((keys) => ({ ...keys, version: 1 })));
      }));

    it.each(oddTexts)('keep the text %j', (text) =>
      withStore(async (store) => {
        const pair = toPendingKeyPair('key_odd', { name: text, publicKey: text, arn: text, fingerprint: text });
        await store.keyPairs.replace(addPair(toEmptyPlace(usWest2), pair));
        expect((await store.keyPairs.load(usWest2)).keyPairs).toEqual([pair]);
      }),
    );

    it('are replaced by who has read what stands, and by nobody else', () =>
      withStore(async (store) => {
        await store.keyPairs.replace(addPair(toEmptyPlace(usWest2), toPendingKeyPair('key_1')));
        const read = await store.keyPairs.load(usWest2);
        expect(await store.keyPairs.replace(toEmptyPlace(usWest2))).toBe(false);
        expect(await store.keyPairs.replace(addPair(read, toPendingKeyPair('key_2')))).toBe(true);
        expect(await store.keyPairs.replace(removePair(read, toPendingKeyPair('key_1').id))).toBe(false);
        const { version, keyPairs } = await store.keyPairs.load(usWest2);
        expect([version, keyPairs.map(({ id }) => id)]).toEqual([2, ['key_1', 'key_2']]);
      }));

    it('are written by one of many who write at once', () =>
      withStore(async (store) => {
        const writes = Array.from({ length: 10 }, (_, index) =>
          store.keyPairs.replace(addPair(toEmptyPlace(usWest2), toPendingKeyPair(`key_${index}`))),
        );
        expect((await Promise.all(writes)).filter((written) => written)).toHaveLength(1);
        expect((await store.keyPairs.load(usWest2)).keyPairs).toHaveLength(1);
      }));
  });

  describe('the pair that signs', () => {
    it('is the active one of the channel’s place, from the moment in which it is written', () =>
      withStore(async (store) => {
        await addImportedPair(store, 'key_1');
        await addImportedPair(store, 'key_2');
        await addImportedPair(store, 'key_3', { place: euWest1 });
        expect(await findActive(store, usWest2)).toBe('key_1');
        expect(await findActive(store, euWest1)).toBe('key_3');
        const keys = await store.keyPairs.load(usWest2);
        await store.keyPairs.replace(activatePair(keys, toPendingKeyPair('key_2').id, nowSeconds(), 600));
        expect(await findActive(store, usWest2)).toBe('key_2');
        await doom(store, await store.keyPairs.load(usWest2), 'key_2');
        expect(await findActive(store, usWest2)).toBeUndefined();
        expect(await findActive(store, euWest1)).toBe('key_3');
      }));

    it('is looked at again when a session is recorded: none is that another pair was to sign', () =>
      withStore(async (store) => {
        const [first, second] = [await addImportedPair(store, 'key_1'), await addImportedPair(store, 'key_2')];
        const channelArn = toChannelArn('news');
        const start = (viewer: string, keyPairId = first.id) =>
          record(store, toViewerId(viewer), channelArn, { keyPairId });
        expect(await start('anna')).toBe('recorded');
        const keys = await store.keyPairs.load(usWest2);
        await store.keyPairs.replace(activatePair(keys, second.id, nowSeconds(), 600));
        expect(await start('anna')).toBe('overtaken');
        expect(await start('ben')).toBe('overtaken');
        expect(await start('ben', second.id)).toBe('recorded');
        await doom(store, await store.keyPairs.load(usWest2), second.id);
        expect(await start('cleo', second.id)).toBe('overtaken');
      }));
  });
}

async function doom(store: Store, keys: PlaceKeys, id: string): Promise<void> {
  expect(await store.keyPairs.replace(doomPair(keys, toPendingKeyPair(id).id, nowSeconds()))).toBe(true);
}

async function findActive(store: Store, place: Region): Promise<string | undefined> {
  const query = { channelArn: toChannelArn('any', place), viewerId: toViewerId('anna'), place };
  return (await store.issuance.load(query)).activeKeyPairId;
}
