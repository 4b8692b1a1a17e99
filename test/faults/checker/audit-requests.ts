/** Whether each request for a change has the entries that it must have, and each entry is of a request, or of the service itself. */
import type { AskedChange, AuditHistory, AuditLine, Bounds } from '../audit-history.ts';
import type { Violation } from '../history.ts';

/** Who asks in a run, and from where. */
const [actor, from] = ['bootstrap-admin', '127.0.0.1'];

/** An acknowledged change has its entry, once; one that was refused has none. */
export function checkRequests({ asked, entries }: AuditHistory): Violation[] {
  const byRequest = Map.groupBy(entries, ({ requestId }) => requestId);
  return asked.flatMap((change) => {
    const own = byRequest.get(change.requestId) ?? [];
    const { least, most } = toBounds(change);
    const what = `${change.requestId} (${change.action} ${change.target ?? ''}, ${change.outcome})`;
    const foreign = own
      .filter((entry) => !isOf(change, entry))
      .map((entry) => broken('an entry of another change', `${what}: ${toText(entry)}`));
    if (own.length < least) return [broken('an acknowledged change has no entry', what), ...foreign];
    if (own.length <= most) return foreign;
    const rule = change.outcome === 'refused' ? 'an entry of what was refused' : 'more entries than changes';
    return [broken(rule, `${what}: ${own.map(toText).join('; ')}`), ...foreign];
  });
}

function toBounds({ outcome, entries }: AskedChange): Bounds {
  if (outcome === 'done') return entries;
  return { least: 0, most: outcome === 'refused' ? 0 : entries.most };
}

function isOf({ action, target }: AskedChange, entry: AuditLine): boolean {
  if (action === 'keys') return /^(key_pair|rotation)\./.test(entry.action);
  return entry.action === action && (target === undefined || entry.target === target);
}

/** Whatever was not there at first was asked for by somebody, or done by the service. */
export function checkEntries({ asked, entries, earlier }: AuditHistory): Violation[] {
  const known = new Set(asked.map(({ requestId }) => requestId));
  return entries.slice(earlier).flatMap((entry) => {
    if (entry.requestId === null && entry.actor.startsWith('service:')) return [];
    if (entry.requestId === null || !known.has(entry.requestId))
      return [broken('an entry that nobody asked for', toText(entry))];
    return entry.actor === actor && entry.from === from ? [] : [broken('an entry of somebody else', toText(entry))];
  });
}

/** Each entry is later than the one before. */
export function checkOrder({ entries }: AuditHistory): Violation[] {
  return entries.slice(1).flatMap((entry, index) => {
    const before = entries[index];
    return before === undefined || isBefore(before.id, entry.id)
      ? []
      : [broken('entries out of order', `${before.id}, then ${entry.id}`)];
  });
}

function isBefore(one: string, other: string): boolean {
  const [[ms = 0, number = 0], [otherMs = 0, otherNumber = 0]] = [
    one.split('-').map(Number),
    other.split('-').map(Number),
  ];
  return ms === otherMs ? number < otherNumber : ms < otherMs;
}

/** An entry in a few words. */
export function toText({ id, requestId, action, target }: AuditLine): string {
  return `${id} ${requestId} ${action} ${target}`;
}

function broken(rule: string, message: string): Violation {
  return { rule, message };
}
