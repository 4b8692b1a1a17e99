/** Policies in SQLite; one that a channel has cannot be deleted. */
import type { PolicyStore } from '../../policies/ports.ts';
import type { Policy } from '../../policies/record.ts';
import type { Database } from './database.ts';
import { createRecords } from './records.ts';

/** Binds the policies to the database. */
export function createPolicyStore(database: Database): PolicyStore {
  const { atomically, read, first } = database;
  const policies = createRecords<Policy>(database, 'policy');
  return {
    get: (id) => read(() => policies.find(id)),
    put: (policy) => atomically(() => policies.put(policy.id, policy)),
    delete: (id) =>
      atomically(() => {
        const usesPolicy = "SELECT 1 FROM records WHERE kind = 'channel' AND json ->> 'policyId' = ?";
        if (first(usesPolicy, id) !== undefined) return 'in_use';
        return policies.delete(id) ? 'deleted' : 'not_found';
      }),
    list: (page) => read(() => policies.list(page)),
  };
}
