/** Whether every change has its entry in the audit, and every entry its change. Pure. */
import type { AuditHistory } from '../audit-history.ts';
import type { Violation } from '../history.ts';
import { checkKeys, checkRecordChains } from './audit-records.ts';
import { checkEntries, checkOrder, checkRequests } from './audit-requests.ts';
import { checkLiftings, checkRevocations } from './audit-revocations.ts';

/** Everything that was broken, in the order of the rules; nothing when all held. */
export function checkAudit(history: AuditHistory): Violation[] {
  return [
    ...checkRequests(history),
    ...checkEntries(history),
    ...checkOrder(history),
    ...checkRecordChains(history),
    ...checkKeys(history),
    ...checkRevocations(history),
    ...checkLiftings(history),
    ...history.leaks.map((message) => ({ rule: 'a secret in the audit or a log', message })),
  ];
}
