/** Key pairs in SQLite: their records, and which of a region signs. */
import type { Region } from '../../ids.ts';
import type { KeyPairStore } from '../../keys/ports.ts';
import type { KeyPair } from '../../keys/record.ts';
import type { Database, Sql } from './database.ts';
import { createRecords } from './records.ts';

/** Key pairs that can exist: three in each of IVS's regions, with room for more regions. */
const maxKeyPairs = 1000;

/** Binds the key pairs to the database. */
export function createKeyPairStore(database: Database): KeyPairStore {
  const { atomically, read } = database;
  const keyPairs = createRecords<KeyPair>(database, 'key_pair');
  const write = (keyPair: KeyPair) => keyPairs.put(keyPair.id, keyPair);
  return {
    get: (id) => read(() => keyPairs.find(id)),
    put: (keyPair) => atomically(() => write(keyPair)),
    markImported: (id, imported) =>
      atomically(() => {
        const pending = keyPairs.find(id);
        if (pending === undefined || pending.state === 'retiring') return undefined;
        const state = (findActiveKeyPair(database, pending.region)?.id ?? id) === id ? 'active' : 'imported';
        const keyPair: KeyPair = { ...pending, ...imported, state };
        write(keyPair);
        return keyPair;
      }),
    retire: (id) =>
      atomically(() => {
        const keyPair = keyPairs.find(id);
        if (keyPair === undefined) return undefined;
        const retired: KeyPair = { ...keyPair, state: 'retiring' };
        write(retired);
        if (keyPair.state !== 'active') return retired;
        const heir = listKeyPairs(database).findLast(
          ({ region, state }) => region === keyPair.region && state === 'imported',
        );
        if (heir !== undefined) write({ ...heir, state: 'active' });
        return retired;
      }),
    delete: (id) => atomically(() => keyPairs.delete(id)),
    list: () => read(() => listKeyPairs(database)),
  };
}

/** The key pair that signs in a region, if there is one. */
export function findActiveKeyPair(sql: Sql, region: Region): KeyPair | undefined {
  return listKeyPairs(sql).find((keyPair) => keyPair.region === region && keyPair.state === 'active');
}

function listKeyPairs(sql: Sql): readonly KeyPair[] {
  return createRecords<KeyPair>(sql, 'key_pair').list({ limit: maxKeyPairs }).items;
}
