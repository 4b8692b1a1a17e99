/** Use cases of whoever looks what was done: page by page, and all of it. */
import type { Page, PageQuery } from '../page.ts';
import type { AuditStore } from './ports.ts';
import type { AuditEntry } from './record.ts';
import type { AuditFilter } from './request.ts';

/** What can be asked. Each rejects with `store_unavailable` when the store does not answer. */
export interface AuditUseCases {
  /** The newest first. A page may have fewer than `limit` entries, even none, and still a next one. */
  list(query: AuditFilter & PageQuery): Promise<Page<AuditEntry>>;
  /** All of them, the newest first, read as far as it is asked for. */
  listAll(filter: AuditFilter): AsyncIterable<AuditEntry>;
}

/** Entries that are read at a time, and how often for one page: who filters gets an answer in a bounded time. */
const readAtOnce = 200;
const maxReads = 10;

/** Binds the use cases to the store. */
export function createAudit({ audit }: { readonly audit: Pick<AuditStore, 'list'> }): AuditUseCases {
  async function list({ limit, cursor: after, ...filter }: AuditFilter & PageQuery): Promise<Page<AuditEntry>> {
    const items: AuditEntry[] = [];
    let cursor = after;
    for (let read = 0; read < maxReads; read++) {
      const page = await audit.list({ cursor, limit: readAtOnce, since: filter.since });
      for (const entry of page.items) {
        // As many as are asked for were found before, and this is one more.
        if (items.length === limit && matches(entry, filter)) return { items, nextCursor: String(items.at(-1)?.id) };
        if (matches(entry, filter)) items.push(entry);
      }
      if (page.nextCursor === undefined) return { items };
      cursor = page.nextCursor;
    }
    return { items, nextCursor: items.length === limit ? String(items.at(-1)?.id) : String(cursor) };
  }

  return {
    list,
    async *listAll(filter) {
      let cursor: string | undefined;
      do {
        const page = await audit.list({ cursor, limit: readAtOnce, since: filter.since });
        for (const entry of page.items) if (matches(entry, filter)) yield entry;
        cursor = page.nextCursor;
      } while (cursor !== undefined);
    },
  };
}

function matches(entry: AuditEntry, { actor, action, target, requestId }: AuditFilter): boolean {
  return (
    (requestId === undefined || entry.requestId === requestId) &&
    (actor === undefined || entry.actor === actor) &&
    (action === undefined || entry.action === action || entry.action.startsWith(`${action}.`)) &&
    (target === undefined || entry.target === target || entry.about.includes(target))
  );
}
