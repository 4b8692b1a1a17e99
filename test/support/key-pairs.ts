/** Key pairs written straight into a store, without IVS and a vault. */
import type { KeyPairId, Region } from '../../src/ids.ts';
import { changePlace } from '../../src/keys/change.ts';
import { addPair, changePair, findActive, findPair, noteImported, type PlaceKeys } from '../../src/keys/place-keys.ts';
import type { KeyPair } from '../../src/keys/record.ts';
import type { Store } from '../../src/ports.ts';
import { byAnn } from './author.ts';
import { nowSeconds, toPendingKeyPair, usWest2 } from './records.ts';

type KeyStore = Pick<Store, 'keyPairs'>;

/** Adds a pair as it is. */
export async function addKeyPair({ keyPairs }: KeyStore, keyPair: KeyPair): Promise<PlaceKeys> {
  const added = await changePlace(keyPairs, byAnn, keyPair.place, (keys) => addPair(keys, keyPair));
  if (added === undefined) throw new Error('nothing refuses it');
  return added;
}

/** Adds a pair that IVS has; the first of its place signs. */
export async function addImportedPair(store: KeyStore, id: string, changes: Partial<KeyPair> = {}): Promise<KeyPair> {
  const pending = toPendingKeyPair(id, changes);
  await addKeyPair(store, pending);
  const noted = await changePlace(store.keyPairs, byAnn, pending.place, (keys) =>
    changePair(noteImported(keys, pending.id, `arn:${id}`, nowSeconds()), pending.id, { isKept: true }),
  );
  const imported = noted && findPair(noted, pending.id);
  if (imported === undefined) throw new Error(`${id} was not there`);
  return imported;
}

/** The pair that signs in a place: the one that does, or a new one; the same for all who ask at once. */
export async function letSign({ keyPairs }: KeyStore, place: Region = usWest2): Promise<KeyPairId> {
  const imported = { state: 'active', arn: 'arn:key', isKept: true } as const;
  const keyPair = toPendingKeyPair('key_ffffffffffffffffffffffff', { place, ...imported });
  const signing = await changePlace(keyPairs, byAnn, place, (keys) =>
    findActive(keys) === undefined ? addPair(keys, keyPair) : keys,
  );
  const active = signing && findActive(signing);
  if (active === undefined) throw new Error('nothing refuses it');
  return active.id;
}

/** All of every place, in the order of their ids. */
export async function listKeyPairs({ keyPairs }: KeyStore): Promise<readonly KeyPair[]> {
  const all = (await keyPairs.list()).flatMap((keys) => keys.keyPairs);
  return all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
