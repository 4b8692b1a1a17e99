/** Whether the entries of each record lead from nothing to what stands: `after` of one is `before` of the next. */
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../black-box/answer.ts';
import type { AuditHistory, AuditLine } from '../audit-history.ts';
import type { Violation } from '../history.ts';
import { toText } from './audit-requests.ts';

/** Fields that are answered and nobody changes. */
const notAudited = ['lastUsedAt'];

/** Channels, policies and clients. */
export function checkRecordChains({ entries, standing }: AuditHistory): Violation[] {
  const chains = Map.groupBy(entries.filter(isOfRecord), toName);
  const names = new Set([...chains.keys(), ...standing.records.keys()]);
  return [...names].flatMap((name) => {
    const { violations, last } = follow(chains.get(name) ?? [], null);
    const now = standing.records.get(name) ?? null;
    if (isShown(last, now)) return violations;
    return [...violations, toDiffering('a record is not what its last entry says', name, { last, now })];
  });
}

function isOfRecord({ action }: AuditLine): boolean {
  return /^(channel|policy|client)\./.test(action) && action !== 'channel.authorize';
}

function toName({ action, target }: AuditLine): string {
  return `${action.slice(0, action.indexOf('.'))} ${target}`;
}

/** Whether what is answered is what was audited; what has no value is not audited. */
function isShown(audited: Json, answered: Json): boolean {
  if (audited === null || answered === null) return audited === answered;
  const names = new Set([...Object.keys(audited), ...Object.keys(answered)]);
  return [...names]
    .filter((name) => !notAudited.includes(name))
    .every((name) => isDeepStrictEqual(audited[name] ?? null, answered[name] ?? null));
}

/** The key pairs of each place, and its rotation. */
export function checkKeys({ entries, standing }: AuditHistory): Violation[] {
  const ofKeys = entries.filter(({ action }) => /^(key_pair|rotation)\./.test(action));
  return [...standing.keyPairs].flatMap(([place, now]) => {
    const chain = ofKeys.filter(({ target, about }) => target === place || about.includes(place));
    const { violations, last } = follow(chain, { keyPairs: [], rotation: null });
    const shown = now.map(({ id, name, state, arn }) => ({ id, name, state, arn }));
    const byId = (one: Json, other: Json) => (one.id < other.id ? -1 : 1);
    if (isDeepStrictEqual(last.keyPairs.toSorted(byId), shown.toSorted(byId)) && last.rotation === null)
      return violations;
    return [...violations, toDiffering('the keys are not what their last entry says', place, { last, now: shown })];
  });
}

/** Follows a chain from what was there at first. */
function follow(chain: readonly AuditLine[], first: Json): { readonly violations: Violation[]; readonly last: Json } {
  const violations: Violation[] = [];
  let last = first;
  for (const entry of chain) {
    if (!isDeepStrictEqual(entry.before, last))
      violations.push(toDiffering('an entry begins elsewhere', toText(entry), { last, now: entry.before }));
    last = entry.after;
  }
  return { violations, last };
}

function toDiffering(
  rule: string,
  what: string,
  { last, now }: { readonly last: Json; readonly now: Json },
): Violation {
  return { rule, message: `${what}: ${JSON.stringify(last)}, then ${JSON.stringify(now)}` };
}
