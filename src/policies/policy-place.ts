/** Where a policy is written and deleted, by whom: each change is audited. */
import { type Author, toAuditDraft } from '../audit/record.ts';
import type { Entitlements } from '../entitlements/ask.ts';
import { fail, failInput, type Result, succeed } from '../errors.ts';
import type { PolicyId } from '../ids.ts';
import type { PolicyStore } from './ports.ts';
import type { Policy } from './record.ts';

/** How one policy is had, written and deleted. */
interface PolicyPlace {
  get(): Promise<Policy | undefined>;
  put(after: Policy, before: Policy | null): Promise<Result<Policy> | 'changed'>;
  delete(before: Policy): Promise<Result<void> | 'changed'>;
}

/** The place of the policy of this id; `action` is what the audit calls what is done. */
export type ToPolicyPlace = (id: PolicyId, by: Author, action: string) => PolicyPlace;

interface PlacePorts {
  readonly policies: Pick<PolicyStore, 'get' | 'put' | 'delete'>;
  readonly entitlements: Pick<Entitlements, 'findUrlProblem'>;
}

/** Binds the places to the store. */
export function createToPolicyPlace({ policies, entitlements }: PlacePorts): ToPolicyPlace {
  return (id, by, action) => ({
    get: () => policies.get(id),
    async put(after, before) {
      const { entitlementUrl: url } = after;
      const isNew = url !== undefined && url !== before?.entitlementUrl;
      const problem = isNew ? entitlements.findUrlProblem(url) : undefined;
      if (problem !== undefined) return failInput([{ path: 'entitlementUrl', message: problem }]);
      const entry = toAuditDraft(by, { action, target: id, before, after });
      return (await policies.put(after, before, entry)) === 'changed' ? 'changed' : succeed(after);
    },
    async delete(before) {
      const outcome = await policies.delete(id, before, toAuditDraft(by, { action, target: id, before }));
      if (outcome === 'deleted') return succeed(undefined);
      return outcome === 'not_found' ? 'changed' : { ...fail('policy_in_use'), channels: outcome.usedBy };
    },
  });
}
