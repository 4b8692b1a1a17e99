/** Entries of the audit as they appear on the wire. */
import { z } from 'zod';
import { type AuditEntry, type AuditedFields, auditEntrySchema } from '../../audit/record.ts';
import { toIsoTime } from '../../time.ts';
import type { JsonDocument } from '../route.ts';

const wireSchema = auditEntrySchema.extend({ at: z.iso.datetime() });

const example: z.input<typeof wireSchema> = {
  id: '1795194000123-0',
  at: '2026-11-20T17:00:00Z',
  actor: 'person:ann',
  from: '203.0.113.7',
  requestId: '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed',
  action: 'channel.patch',
  target: 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh',
  about: ['evening'],
  before: { policyId: null, access: 'entitled' },
  after: { policyId: 'evening', access: 'entitled' },
  result: 'done',
};

/** An entry. */
export const auditEntryDocument = {
  name: 'AuditEntry',
  schema: wireSchema,
  example,
} satisfies JsonDocument;

/** Entries as lines. */
export const auditEntriesDocument = {
  name: 'AuditEntries',
  schema: z.array(wireSchema),
  example: [example],
  parts: [auditEntryDocument],
} satisfies JsonDocument;

/** The entry as the wire has it: every time in it as RFC 3339. */
export function toWireAuditEntry({ at, before, after, ...entry }: AuditEntry): z.input<typeof wireSchema> {
  return {
    ...{ ...entry, about: [...entry.about], at: toIsoTime(at) },
    ...{ before: before && toWireFields(before), after: after && toWireFields(after) },
  };
}

/** The fields of records that are times, in unix seconds. */
const times: ReadonlySet<string> = new Set([
  ...['until', 'expiresAt', 'previousKeyExpiresAt', 'createdAt', 'opensAt', 'closesAt'],
]);

function toWireFields(fields: AuditedFields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toWireValue(name, value)]));
}

function toWireValue(name: string, value: unknown): unknown {
  if (typeof value === 'number' && times.has(name)) return toIsoTime(value);
  if (Array.isArray(value)) return value.map((item) => toWireValue('', item));
  return typeof value === 'object' && value !== null ? toWireFields({ ...value }) : value;
}
