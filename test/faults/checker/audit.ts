/** What must be so of the audit: every change that was acknowledged has its entry, and every entry its change. Pure. */
import type { Json } from '../../black-box/answer.ts';
import type { Violation } from '../history.ts';

/** What was heard and found of the audit and of what it is about. */
export interface AuditFindings {
  /** Requests that changed something and were answered with success, by their `X-Request-Id`. */
  readonly acknowledged: readonly { readonly requestId: string; readonly what: string }[];
  /** As they were exported, the newest first. */
  readonly entries: readonly Json[];
  /** The policies and clients that stand, by their ids, as they are shown. */
  readonly records: ReadonlyMap<string, Json>;
  /** The revocations that stand, by their ids, as they are shown. */
  readonly revocations: ReadonlyMap<string, Json>;
}

/** What is broken. */
export function findAuditViolations(findings: AuditFindings): readonly Violation[] {
  return [...findMissing(findings), ...findDivergence(findings), ...findDecisions(findings)];
}

function findMissing({ acknowledged, entries }: AuditFindings): readonly Violation[] {
  const counts = new Map<string, number>();
  for (const { requestId } of entries) counts.set(requestId, (counts.get(requestId) ?? 0) + 1);
  return acknowledged.flatMap(({ requestId, what }) => {
    const count = counts.get(requestId) ?? 0;
    if (count === 1) return [];
    return [{ rule: 'acknowledged change without its entry', message: `${what} (${requestId}) has ${count} entries` }];
  });
}

/** The entries about a record lead from nothing to what stands, each from where the one before ended. */
function findDivergence({ entries, records }: AuditFindings): readonly Violation[] {
  const ofRecords = entries.filter(({ action }) => /^(policy|client)\./.test(action)).toReversed();
  const histories = Map.groupBy(ofRecords, ({ target }): string => target);
  const rule = 'entries that are not what was changed';
  return [...new Set([...histories.keys(), ...records.keys()])].flatMap((id) => {
    let stands: Json = null;
    for (const { before, after, action } of histories.get(id) ?? []) {
      if (!isSame(before, stands))
        return [{ rule, message: `${action} of ${id} does not begin where the one before ended` }];
      stands = after;
    }
    const found = records.get(id) ?? null;
    return isShownAs(stands, found) ? [] : [{ rule, message: `${id} is not what its last entry says` }];
  });
}

function findDecisions({ entries, revocations }: AuditFindings): readonly Violation[] {
  const created = entries.filter(({ action }) => action === 'revocation.create');
  const ids = new Set<string>(created.map(({ target }) => target));
  const unaudited = [...revocations.keys()].filter((id) => !ids.has(id));
  const unmade = [...ids].filter((id) => !revocations.has(id));
  const lifts = entries.filter(({ action }) => action === 'revocation.lift' || action === 'viewer.lift_blocks');
  const lifted = new Set<string>(lifts.flatMap(({ target, about }) => [target, ...about]));
  const blocked = new Set<string>(created.filter(({ after }) => after.block !== null).map(({ target }) => target));
  const open = [...revocations].filter(([, { block, viewerId }]) => block === null && viewerId !== null);
  return [
    ...unaudited.map((id) => ({ rule: 'decision without its entry', message: id })),
    ...unmade.map((id) => ({ rule: 'entry without its decision', message: id })),
    ...open
      .filter(([id]) => blocked.has(id) && !lifted.has(id))
      .map(([id]) => ({ rule: 'lifting without its entry', message: id })),
  ];
}

function isSame(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether what is shown has every field as the entry has it; what is shown beside is made when it is asked for. */
function isShownAs(audited: Json, shown: Json): boolean {
  if (audited === null || shown === null) return audited === shown;
  return Object.entries(audited).every(([name, value]) => isSame(value, shown[name]));
}
