/** What access asks of the outside: where API clients are kept. */
import type { AuditDraft } from '../audit/record.ts';
import type { ClientId } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import type { ApiClient } from './record.ts';

/** The API clients. Each method rejects with `store_unavailable` when the store does not answer; a change is durable when it resolves, and its entry in the audit with it. */
export interface ClientStore {
  get(id: ClientId): Promise<ApiClient | undefined>;
  /**
   * Writes the record, in place of what was there under its id. With `before` it is written only where this stands, `null` for
   * nothing: `changed` where it does not.
   */
  put(client: ApiClient, before?: ApiClient | null, entry?: AuditDraft): Promise<'stored' | 'changed'>;
  /** False when there was none, or another one than `before`. */
  delete(id: ClientId, before?: ApiClient, entry?: AuditDraft): Promise<boolean>;
  /** In the order of their ids. */
  list(page: PageQuery): Promise<Page<ApiClient>>;
  /** Notes that the client was used, in unix seconds; nothing when there is none. */
  noteUse(id: ClientId, usedAt: number): Promise<void>;
  /** When each was used last, as far as it was noted. */
  findUses(ids: readonly ClientId[]): Promise<readonly (number | undefined)[]>;
}
