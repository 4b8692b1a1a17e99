/** The audit in Redis: two streams at home, of changes and of tokens. */
import type { AuditRetention, AuditStore } from '../../audit/ports.ts';
import { compareAuditIds, toAuditEntry } from '../audit-rows.ts';
import { toPage } from '../page.ts';
import { toRows } from './answers.ts';
import type { Keyspace } from './keyspace.ts';

/** Binds the audit to its keys. What is older than it is kept is not told, though it may be there until the next one is written. */
export function createAuditStore(keyspace: Keyspace, { keepSeconds }: AuditRetention): AuditStore {
  return {
    append: async (kind, entry) =>
      void (await keyspace.durable.home('append-audit', kind, keyspace.toAuditArgument(entry))),
    async list({ cursor, limit, since = 0 }) {
      const sinceMs = Math.max(since * 1000, Date.now() - keepSeconds * 1000, 0);
      const answer = await keyspace.home('list-audit', cursor ?? '', sinceMs, limit + 1);
      const rows = toRows(answer as unknown[]).toSorted((a, b) => compareAuditIds(b.id, a.id));
      return toPage(rows.slice(0, limit + 1), limit, ({ id, value }) => toAuditEntry(id, value));
    },
  };
}
