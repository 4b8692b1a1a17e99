/** Keys in Redis: a document for each place, and which of its pairs signs. */
import { findActive, type PlaceKeys, toEmptyPlace } from '../../keys/place-keys.ts';
import type { KeyPairStore } from '../../keys/ports.ts';
import type { Keyspace } from './keyspace.ts';
import { createRecords } from './records.ts';

/** Places that can have keys: more than the regions of a few accounts. */
const maxPlaces = 200;

/** Binds the keys to their documents. */
export function createKeyPairStore(keyspace: Keyspace): KeyPairStore {
  const records = createRecords<PlaceKeys>(keyspace, 'place-keys');
  return {
    load: async (place) => (await records.get(place)) ?? toEmptyPlace(place),
    async replace(keys, entry) {
      const json = JSON.stringify({ ...keys, version: keys.version + 1 });
      const args = [
        keys.place,
        keys.version,
        json,
        findActive(keys)?.id ?? '',
        keyspace.toAuditArgument(entry),
      ] as const;
      return (await keyspace.durable.home('replace-keys', ...args)) === 1;
    },
    list: async () => (await records.list({ limit: maxPlaces })).items,
  };
}
