/** API clients in Redis, and when each was last used. */
import type { ClientStore } from '../../access/ports.ts';
import type { ApiClient } from '../../access/record.ts';
import type { Keyspace } from './keyspace.ts';
import { createRecords } from './records.ts';

/** Binds the clients to their keys. */
export function createClientStore(keyspace: Keyspace): ClientStore {
  const records = createRecords<ApiClient>(keyspace, 'client');
  return {
    ...records,
    put: (client, before, entry) => records.put(client.id, client, before, entry),
    noteUse: async (id, usedAt) => void (await keyspace.home('note-client-use', id, usedAt)),
    async findUses(ids) {
      if (ids.length === 0) return [];
      const found = (await keyspace.home('find-client-uses', ...ids)) as readonly (string | null)[];
      return found.map((usedAt) => (usedAt === null ? undefined : Number(usedAt)));
    },
  };
}
