/** API clients in Redis. */
import type { ClientStore } from '../../access/ports.ts';
import type { ApiClient } from '../../access/record.ts';
import type { Keyspace } from './keyspace.ts';
import { createRecords } from './records.ts';

/** Binds the clients to their keys. */
export function createClientStore(keyspace: Keyspace): ClientStore {
  const records = createRecords<ApiClient>(keyspace, 'client');
  return { ...records, put: (client) => records.put(client.id, client) };
}
