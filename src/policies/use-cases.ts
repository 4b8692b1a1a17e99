/** Use cases of an operator: write policies, look at them, delete them. */
import { fail, type Result, succeed } from '../errors.ts';
import type { PolicyId } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import type { Clock } from '../system.ts';
import { createImportPolicy, type ImportPolicy } from './import.ts';
import type { PolicyStore, RestrictionPolicyControl } from './ports.ts';
import type { Policy } from './record.ts';

interface PolicyPorts {
  readonly policies: PolicyStore;
  readonly ivs: RestrictionPolicyControl;
  readonly clock: Clock;
}

/** What an admin can do with policies. Each rejects with `store_unavailable` when the store does not answer. */
export interface PolicyUseCases {
  /** Writes the policy, in place of what was there under its id. */
  put(policy: Policy): Promise<void>;
  get(id: PolicyId): Promise<Result<Policy>>;
  list(page: PageQuery): Promise<Page<Policy>>;
  delete(id: PolicyId): Promise<Result<void>>;
  /** Takes over a restriction policy of IVS. */
  readonly import: ImportPolicy;
}

/** Binds the use cases to their ports. */
export function createPolicies({ policies, ivs, clock }: PolicyPorts): PolicyUseCases {
  return {
    put: (policy) => policies.put(policy),
    import: createImportPolicy({ policies, ivs, clock }),
    async get(id) {
      const policy = await policies.get(id);
      return policy === undefined ? fail('not_found') : succeed(policy);
    },
    list: (page) => policies.list(page),
    async delete(id) {
      const outcome = await policies.delete(id);
      if (outcome === 'deleted') return succeed(undefined);
      return outcome === 'not_found' ? fail('not_found') : { ...fail('policy_in_use'), channels: outcome.usedBy };
    },
  };
}
