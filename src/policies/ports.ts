/** What policies ask of the outside: where they are kept. */
import type { AuditDraft } from '../audit/record.ts';
import type { ChannelArn, PolicyId, RestrictionPolicyArn } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import type { Policy } from './record.ts';

/** How many channels are named that have a policy. */
export const maxNamedChannels = 100;

/** The policies. Each method rejects with `store_unavailable` when the store does not answer; a change is durable when it resolves, and its entry in the audit with it. */
export interface PolicyStore {
  get(id: PolicyId): Promise<Policy | undefined>;
  /**
   * Writes the policy, in place of what was there under its id. The next token is decided by it. With `before` it is written only
   * where this stands, `null` for nothing: `changed` where it does not.
   */
  put(policy: Policy, before?: Policy | null, entry?: AuditDraft): Promise<'stored' | 'changed'>;
  /** While channels have it, nothing is deleted, and it answers which: 100 of them at most. `not_found` too where another one than `before` stands. */
  delete(
    id: PolicyId,
    before?: Policy,
    entry?: AuditDraft,
  ): Promise<'deleted' | 'not_found' | { readonly usedBy: readonly ChannelArn[] }>;
  /** In the order of their ids. */
  list(page: PageQuery): Promise<Page<Policy>>;
}

/** A playback restriction policy as IVS has it. Empty lists restrict nothing. */
export interface IvsRestrictionPolicy {
  /** Not unique, and may be empty. */
  readonly name: string;
  readonly allowedCountries: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly strictOriginEnforcement: boolean;
}

/** The part of the IVS API that is about restriction policies. Rejects with `ivs_unavailable`, or `rate_limited` where IVS throttles. */
export interface RestrictionPolicyControl {
  /** Undefined when IVS knows no such policy. */
  getRestrictionPolicy(arn: RestrictionPolicyArn): Promise<IvsRestrictionPolicy | undefined>;
}
