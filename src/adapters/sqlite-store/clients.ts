/** API clients in SQLite, and when each was last used. */
import type { ClientStore } from '../../access/ports.ts';
import type { ApiClient } from '../../access/record.ts';
import type { WriteAudit } from './audit.ts';
import type { Database } from './database.ts';
import { createRecords } from './records.ts';

/** Binds the clients to the database. */
export function createClientStore(database: Database, writeAudit: WriteAudit): ClientStore {
  const { atomically, read } = database;
  const clients = createRecords<ApiClient>(database, 'client');
  const uses = createRecords<{ readonly usedAt: number }>(database, 'client_use');
  return {
    get: (id) => read(() => clients.find(id)),
    put: (client, before, entry) =>
      atomically(() => {
        if (!clients.isExpected(client.id, before)) return 'changed';
        clients.put(client.id, client);
        writeAudit(entry);
        return 'stored';
      }),
    delete: (id, before, entry) =>
      atomically(() => {
        if (!clients.isExpected(id, before)) return false;
        uses.delete(id);
        if (!clients.delete(id)) return false;
        writeAudit(entry);
        return true;
      }),
    list: (page) => read(() => clients.list(page)),
    noteUse: (id, usedAt) =>
      atomically(() => {
        if (clients.find(id) !== undefined) uses.put(id, { usedAt });
      }),
    findUses: (ids) => read(() => ids.map((id) => uses.find(id)?.usedAt)),
  };
}
