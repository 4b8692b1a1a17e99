/** How an entry of the audit goes along with what it tells of. */
import type { AuditRetention } from '../../audit/ports.ts';
import type { AuditDraft } from '../../audit/record.ts';

/** An entry as the scripts take it; `''` for none. See `audit.lua`. */
export type ToAuditArgument = (entry: AuditDraft | undefined) => string;

/** Binds it to how much is kept, and for how long. */
export function createToAuditArgument({ maxEntries, keepSeconds }: AuditRetention): ToAuditArgument {
  return (entry) => (entry === undefined ? '' : `${maxEntries} ${keepSeconds} ${JSON.stringify(entry)}`);
}
