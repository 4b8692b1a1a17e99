/** Where a key pair stands: whoever asks knows its id, and not its place. */
import type { KeyPairId } from '../ids.ts';
import { findPair, type PlaceKeys } from './place-keys.ts';
import type { KeyPairStore } from './ports.ts';
import type { KeyPair } from './record.ts';

/** The pair, with all that stands beside it in its place. Rejects with `store_unavailable`. */
export async function findKeyPair(
  store: Pick<KeyPairStore, 'list'>,
  id: KeyPairId,
): Promise<{ readonly keys: PlaceKeys; readonly keyPair: KeyPair } | undefined> {
  for (const keys of await store.list()) {
    const keyPair = findPair(keys, id);
    if (keyPair !== undefined) return { keys, keyPair };
  }
  return undefined;
}
