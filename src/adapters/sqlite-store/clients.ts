/** API clients in SQLite. */
import type { ClientStore } from '../../access/ports.ts';
import type { ApiClient } from '../../access/record.ts';
import type { Database } from './database.ts';
import { createRecords } from './records.ts';

/** Binds the clients to the database. */
export function createClientStore(database: Database): ClientStore {
  const { atomically, read } = database;
  const clients = createRecords<ApiClient>(database, 'client');
  return {
    get: (id) => read(() => clients.find(id)),
    put: (client) => atomically(() => clients.put(client.id, client)),
    delete: (id) => atomically(() => clients.delete(id)),
    list: (page) => read(() => clients.list(page)),
  };
}
