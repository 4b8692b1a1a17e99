/** Policies in Redis; one that a channel has cannot be deleted. */
import type { ChannelArn } from '../../ids.ts';
import { maxNamedChannels, type PolicyStore } from '../../policies/ports.ts';
import type { Policy } from '../../policies/record.ts';
import type { Keyspace } from './keyspace.ts';
import { createRecords, toExpected } from './records.ts';

/** Binds the policies to their keys. */
export function createPolicyStore(keyspace: Keyspace): PolicyStore {
  const { get, put, list } = createRecords<Policy>(keyspace, 'policy');
  return {
    get,
    put: (policy, before, entry) => put(policy.id, policy, before, entry),
    async delete(id, before, entry) {
      const args = [id, maxNamedChannels, toExpected(before), keyspace.toAuditArgument(entry)] as const;
      const answer = await keyspace.durable.home('delete-policy', ...args);
      if (answer === 'deleted' || answer === 'not_found') return answer;
      return { usedBy: (answer as ChannelArn[]).toSorted() };
    },
    list,
  };
}
