/** What the audit asks of the outside: where its entries are kept. */
import type { Page, PageQuery } from '../page.ts';
import type { AuditDraft, AuditEntry } from './record.ts';

/**
 * Administrative changes and token requests are kept apart, so that no crowd of tokens pushes out who changed what. Both share one
 * order of ids.
 */
export type AuditKind = 'change' | 'token';

/** What is asked of the entries. */
interface AuditPageQuery extends PageQuery {
  /** None that was written before, in unix seconds. */
  readonly since?: number | undefined;
}

/** How many entries of each kind a store keeps, and for how long. The oldest go first. */
export interface AuditRetention {
  readonly maxEntries: number;
  readonly keepSeconds: number;
}

/** As much as is kept where nothing is set: a year. */
export const usualRetention: AuditRetention = { maxEntries: 100_000, keepSeconds: 365 * 24 * 3600 };

/**
 * The entries. Those of changes are written by the stores of what is changed, in the same step: each method there that changes something takes
 * the entry along. Each method rejects with `store_unavailable` when the store does not answer.
 */
export interface AuditStore {
  /** Writes entries of what is in no store: what was asked of IVS, and tokens. Durable when it resolves. */
  append(kind: AuditKind, entry: AuditDraft): Promise<void>;
  /** Of both kinds, the newest first. */
  list(query: AuditPageQuery): Promise<Page<AuditEntry>>;
}
