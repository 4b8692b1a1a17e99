/** What policies ask of the outside: where they are kept. */
import type { PolicyId } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import type { Policy } from './record.ts';

/** The policies. Each method rejects with `store_unavailable` when the store does not answer; a change is durable when it resolves. */
export interface PolicyStore {
  get(id: PolicyId): Promise<Policy | undefined>;
  /** Writes the policy, in place of what was there under its id. The next token is decided by it. */
  put(policy: Policy): Promise<void>;
  /** `in_use` (and nothing deleted) while a channel has it. */
  delete(id: PolicyId): Promise<'deleted' | 'not_found' | 'in_use'>;
  /** In the order of their ids. */
  list(page: PageQuery): Promise<Page<Policy>>;
}
