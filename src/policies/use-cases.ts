/** Use cases of an operator: write policies, look at them, delete them. */
import type { Author } from '../audit/record.ts';
import { type Condition, changeRecord, deleteRecord, findDropped, type ToTag } from '../conditional.ts';
import type { Entitlements } from '../entitlements/ask.ts';
import { fail, type Result, succeed } from '../errors.ts';
import type { PolicyId } from '../ids.ts';
import { parseInput } from '../input.ts';
import type { Page, PageQuery } from '../page.ts';
import type { Clock } from '../system.ts';
import { createImportPolicy, type ImportPolicy } from './import.ts';
import { createToPolicyPlace } from './policy-place.ts';
import type { PolicyStore, RestrictionPolicyControl } from './ports.ts';
import type { Policy, PolicyRules } from './record.ts';
import { defaultPolicy, type PolicyPatch, policyRequestSchema, toPolicyRequest } from './request.ts';

interface PolicyPorts {
  readonly policies: PolicyStore;
  readonly ivs: RestrictionPolicyControl;
  readonly clock: Clock;
  readonly toTag: ToTag;
  readonly entitlements: Pick<Entitlements, 'findUrlProblem'>;
}

/** A policy as it was written, and what fell back to its default by it, as what is not mentioned does. */
interface WrittenPolicy {
  readonly policy: Policy;
  /** Names of fields, with what they were. */
  readonly dropped: Readonly<Record<string, unknown>>;
}

/** What an admin can do with policies. Each rejects with `store_unavailable` when the store does not answer. */
export interface PolicyUseCases {
  /** Writes the policy, in place of what was there under its id. */
  put(by: Author, policy: Policy, condition?: Condition): Promise<Result<WrittenPolicy>>;
  /** Changes what is mentioned, and nothing else; `null` gives an optional field up. The whole must be a policy then. */
  patch(by: Author, id: PolicyId, patch: PolicyPatch, condition?: Condition): Promise<Result<Policy>>;
  get(id: PolicyId): Promise<Result<Policy>>;
  list(page: PageQuery): Promise<Page<Policy>>;
  delete(by: Author, id: PolicyId, condition?: Condition): Promise<Result<void>>;
  /** Takes over a restriction policy of IVS. */
  readonly import: ImportPolicy;
}

/** Binds the use cases to their ports. */
export function createPolicies({ policies, ivs, clock, toTag, entitlements }: PolicyPorts): PolicyUseCases {
  const toPlace = createToPolicyPlace({ policies, entitlements });

  return {
    async put(by, policy, condition = {}) {
      let before: Policy | undefined;
      const written = await changeRecord<Policy>(
        toPlace(policy.id, by, 'policy.put'),
        { condition, toTag },
        (found) => {
          before = found;
          return succeed(policy);
        },
      );
      if (!written.ok) return written;
      return succeed({ policy, dropped: findDropped<PolicyRules>(before, policy, isDefault) });
    },
    patch: (by, id, patch, condition = {}) =>
      changeRecord<Policy>(toPlace(id, by, 'policy.patch'), { condition, toTag }, (found) => {
        if (found === undefined) return fail('not_found');
        const patched = parseInput(policyRequestSchema(Math.floor(clock.nowMs() / 1000)), mergePatch(found, patch));
        return patched.ok ? succeed({ id, ...patched.value }) : patched;
      }),
    import: createImportPolicy({ toPlace, ivs, clock, toTag }),
    async get(id) {
      const policy = await policies.get(id);
      return policy === undefined ? fail('not_found') : succeed(policy);
    },
    list: (page) => policies.list(page),
    delete: (by, id, condition = {}) => deleteRecord<Policy>(toPlace(id, by, 'policy.delete'), { condition, toTag }),
  };
}

/** The policy as a request would write it, with the changes (RFC 7396). */
function mergePatch({ id: _, ...policy }: Policy, patch: PolicyPatch): Readonly<Record<string, unknown>> {
  const merged = Object.entries({ ...toPolicyRequest(policy), ...patch });
  return Object.fromEntries(merged.filter(([, value]) => value !== null));
}

/** Whether a field of the policy has its default. */
function isDefault(policy: PolicyRules, field: keyof PolicyRules): boolean {
  return JSON.stringify(policy[field]) === JSON.stringify(defaultPolicy[field]);
}
