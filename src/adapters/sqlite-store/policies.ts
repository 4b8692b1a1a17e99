/** Policies in SQLite; one that a channel has cannot be deleted. */
import type { ChannelArn } from '../../ids.ts';
import { maxNamedChannels, type PolicyStore } from '../../policies/ports.ts';
import type { Policy } from '../../policies/record.ts';
import type { WriteAudit } from './audit.ts';
import type { Database } from './database.ts';
import { createRecords } from './records.ts';

/** Binds the policies to the database. */
export function createPolicyStore(database: Database, writeAudit: WriteAudit): PolicyStore {
  const { atomically, read, all } = database;
  const policies = createRecords<Policy>(database, 'policy');
  return {
    get: (id) => read(() => policies.find(id)),
    put: (policy, before, entry) =>
      atomically(() => {
        if (!policies.isExpected(policy.id, before)) return 'changed';
        policies.put(policy.id, policy);
        writeAudit(entry);
        return 'stored';
      }),
    delete: (id, before, entry) =>
      atomically(() => {
        if (!policies.isExpected(id, before)) return 'not_found';
        const ofPolicy =
          "SELECT id FROM records WHERE kind = 'channel' AND json ->> 'policyId' = ? ORDER BY id LIMIT ?";
        const usedBy = all(ofPolicy, id, maxNamedChannels).map((row) => row.id as ChannelArn);
        if (usedBy.length > 0) return { usedBy };
        if (!policies.delete(id)) return 'not_found';
        writeAudit(entry);
        return 'deleted';
      }),
    list: (page) => read(() => policies.list(page)),
  };
}
