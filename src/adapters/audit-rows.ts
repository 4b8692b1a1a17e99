/** Entries of the audit as both stores have them: an id, which says when it was written, and the rest as JSON. */
import { type AuditDraft, type AuditEntry, auditIdSchema } from '../audit/record.ts';
import { parseStored } from './stored-json.ts';

/** Below 0 when the first was written before the second. */
export function compareAuditIds(a: string, b: string): number {
  const [first, second] = [toParts(a), toParts(b)];
  return first.ms - second.ms || first.number - second.number;
}

/** The millisecond of an entry's writing, and its number in that. */
export function toParts(id: string): { readonly ms: number; readonly number: number } {
  const [ms, number] = id.split('-').map(Number);
  return { ms: ms ?? 0, number: number ?? 0 };
}

/** Undefined when nothing is there. */
export function toAuditEntry(id: string, json: unknown): AuditEntry | undefined {
  const draft = parseStored<AuditDraft>(json);
  return draft && { id: auditIdSchema.parse(id), at: Math.floor(toParts(id).ms / 1000), ...draft };
}
