/** Keys in SQLite: a document for each place, which says which of its pairs signs. */
import type { KeyPairId, KeyPlace } from '../../ids.ts';
import { findActive, type PlaceKeys, toEmptyPlace } from '../../keys/place-keys.ts';
import type { KeyPairStore } from '../../keys/ports.ts';
import type { WriteAudit } from './audit.ts';
import type { Database, Sql } from './database.ts';
import { createRecords } from './records.ts';

/** Places that can have keys: more than the regions of a few accounts. */
const maxPlaces = 200;

/** Binds the keys to the database. */
export function createKeyPairStore(database: Database, writeAudit: WriteAudit): KeyPairStore {
  const { atomically, read } = database;
  const places = createRecords<PlaceKeys>(database, 'place_keys');
  const load = (place: KeyPlace) => places.find(place) ?? toEmptyPlace(place);
  return {
    load: (place) => read(() => load(place)),
    replace: (keys, entry) =>
      atomically(() => {
        if (load(keys.place).version !== keys.version) return false;
        places.put(keys.place, { ...keys, version: keys.version + 1 });
        writeAudit(entry);
        return true;
      }),
    list: () => read(() => places.list({ limit: maxPlaces }).items),
  };
}

/** Whether the key pair signs, at whatever place. */
export function signs(sql: Sql, id: KeyPairId): boolean {
  const { items } = createRecords<PlaceKeys>(sql, 'place_keys').list({ limit: maxPlaces });
  return items.some((keys) => findActive(keys)?.id === id);
}

/** The key pair that signs at a place, if there is one. */
export function findActiveKeyPairId(sql: Sql, place: KeyPlace): KeyPairId | undefined {
  const keys = createRecords<PlaceKeys>(sql, 'place_keys').find(place);
  return keys && findActive(keys)?.id;
}
