/** Key pairs in Redis: their records, and which of a region signs. */
import type { KeyPairStore } from '../../keys/ports.ts';
import type { KeyPair } from '../../keys/record.ts';
import { parseStored } from '../stored-json.ts';
import type { Keyspace } from './keyspace.ts';
import { createRecords } from './records.ts';

/** Key pairs that can exist: three in each of IVS's regions, with room for more regions. */
const maxKeyPairs = 1000;

/** Binds the key pairs to their keys. */
export function createKeyPairStore(keyspace: Keyspace): KeyPairStore {
  const records = createRecords<KeyPair>(keyspace, 'key-pair');
  return {
    get: records.get,
    put: (keyPair) => records.put(keyPair.id, keyPair),
    markImported: async (id, { arn, fingerprint }) =>
      parseStored<KeyPair>(await keyspace.durable.home('mark-imported', id, arn, fingerprint)),
    retire: async (id) => parseStored<KeyPair>(await keyspace.durable.home('retire-key-pair', id)),
    delete: records.delete,
    list: async () => (await records.list({ limit: maxKeyPairs })).items,
  };
}
