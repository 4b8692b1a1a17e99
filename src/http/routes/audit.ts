/** `/v1/admin/audit`: who changed what. */
import { z } from 'zod';
import { type AuditEntry, auditIdSchema } from '../../audit/record.ts';
import { auditFilterFields } from '../../audit/request.ts';
import { answer } from '../answer.ts';
import { readers } from '../callers.ts';
import { defineRoute, type Route } from '../route.ts';
import { auditEntriesDocument, auditEntryDocument, toWireAuditEntry } from '../wire/audit.ts';
import { pageOf, pageQuerySchema, toWirePage } from '../wire/page.ts';

const path = '/v1/admin/audit';
const shared = { tag: 'audit', method: 'get', callers: readers } as const;

/** For whoever reads: what was done, page by page, and all of it. */
export const auditRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    path,
    operationId: 'listAudit',
    summary: 'List what was done, newest first',
    description:
      'Every filter that is given must hold. A page may have fewer entries than `limit`, even none, and still a `nextCursor`. Entries are kept for `AUDIT_DAYS`, and `AUDIT_MAX_ENTRIES` of them. Those of tokens are there with `AUDIT_TOKENS` alone.',
    query: pageQuerySchema(auditIdSchema).extend(auditFilterFields),
    answers: { 200: { description: 'A page of entries', body: pageOf(auditEntryDocument) } },
    handle: async ({ query }, { audit }) => answer(200, toWirePage(await audit.list(query), toWireAuditEntry)),
  }),
  defineRoute({
    ...shared,
    path: `${path}/export`,
    operationId: 'exportAudit',
    summary: 'Write down what was done, one entry a line, newest first',
    description: 'The answer is sent as it is read; one that breaks off is not whole.',
    query: z.strictObject(auditFilterFields),
    answers: { 200: { description: 'Lines of JSON', body: auditEntriesDocument, form: 'lines' } },
    handle: async ({ query }, { audit }) => answer(200, toWireEntries(audit.listAll(query))),
  }),
];

async function* toWireEntries(entries: AsyncIterable<AuditEntry>) {
  for await (const entry of entries) yield toWireAuditEntry(entry);
}
