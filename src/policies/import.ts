/** How a restriction policy of IVS, which IVS ignores on private channels, becomes one that holds there. */
import type { Author } from '../audit/record.ts';
import { changeRecord, type ToTag } from '../conditional.ts';
import { fail, type Result, succeed } from '../errors.ts';
import { type PolicyId, policyIdSchema, type RestrictionPolicyArn } from '../ids.ts';
import { parseInput } from '../input.ts';
import type { Clock } from '../system.ts';
import type { ToPolicyPlace } from './policy-place.ts';
import type { IvsRestrictionPolicy, RestrictionPolicyControl } from './ports.ts';
import type { Policy } from './record.ts';
import { type PolicyImport, policyRequestSchema } from './request.ts';

interface ImportPorts {
  readonly toPlace: ToPolicyPlace;
  readonly ivs: RestrictionPolicyControl;
  readonly clock: Clock;
  readonly toTag: ToTag;
}

/**
 * Writes the policy as IVS has it now, under the id given, else its name, else the last part of its ARN. Whom one that it replaces has asked
 * (`entitlementUrl`, which IVS does not know) is asked on. `not_found` when IVS has no such policy,
 * `conflict` when there is a policy of this id and it is not to be replaced, `invalid_request` for what cannot be written here. Rejects with an
 * OutageError when the store or IVS does not answer.
 */
export type ImportPolicy = (by: Author, request: PolicyImport) => Promise<Result<Policy>>;

/** Binds the import to its ports. */
export function createImportPolicy({ toPlace, ivs, clock, toTag }: ImportPorts): ImportPolicy {
  return async function importPolicy(by, { arn, id: asked, replace = false }) {
    const found = await ivs.getRestrictionPolicy(arn);
    if (found === undefined) return fail('not_found', 'IVS has no such playback restriction policy');
    const id = asked ?? toId(found, arn);
    const rules = parseInput(policyRequestSchema(Math.floor(clock.nowMs() / 1000)), toRequest(found));
    if (!rules.ok) return rules;
    const policy = { id, ...rules.value };
    return changeRecord<Policy>(toPlace(id, by, 'policy.import'), { condition: {}, toTag }, (before) => {
      if (before !== undefined && !replace)
        return fail('conflict', `There is a policy ${id} already: give another id, or "replace": true`);
      const { entitlementUrl } = before ?? {};
      return succeed({ ...policy, ...(entitlementUrl !== undefined && { entitlementUrl }) });
    });
  };
}

function toId({ name }: IvsRestrictionPolicy, arn: RestrictionPolicyArn): PolicyId {
  const id = policyIdSchema.safeParse(name);
  return id.success ? id.data : policyIdSchema.parse(arn.split('/').at(-1));
}

/** IVS serves viewers whose country it does not know (AWS user guide, undesired-content). An origin `*` is every one, which no list says here. */
function toRequest({ allowedCountries, allowedOrigins, strictOriginEnforcement }: IvsRestrictionPolicy) {
  const origins = allowedOrigins.includes('*') ? [] : allowedOrigins;
  return { allowedCountries, allowedOrigins: origins, strictOriginEnforcement, unknownCountry: 'allow' };
}
