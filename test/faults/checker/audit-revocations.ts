/** Whether each revocation has its entry and each entry its revocation, and each block that is gone was told to be lifted, once. */
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../black-box/answer.ts';
import type { AuditHistory, AuditLine } from '../audit-history.ts';
import type { Violation } from '../history.ts';
import { toText } from './audit-requests.ts';

const creations = ['revocation.create', 'block.import'];

/** Each revocation that is there was audited as it is, once, and nothing was that is not there. */
export function checkRevocations({ entries, standing }: AuditHistory): Violation[] {
  const created = Map.groupBy(entries.filter(isCreation), ({ target }) => target);
  const unaudited = [...standing.revocations.keys()]
    .filter((id) => !created.has(id))
    .map((id) => ({ rule: 'a revocation without an entry', message: id }));
  const wrong = [...created].flatMap(([id, [entry, ...more]]) => {
    if (entry === undefined) return [];
    const now = standing.revocations.get(id);
    if (now === undefined) return [{ rule: 'an entry without its revocation', message: toText(entry) }];
    if (more.length > 0) return [{ rule: 'a revocation with several entries', message: toText(entry) }];
    return isSame(entry.after, now)
      ? []
      : [{ rule: 'a revocation is not what its entry says', message: `${toText(entry)}: ${JSON.stringify(now)}` }];
  });
  return [...unaudited, ...wrong];
}

function isCreation({ action }: AuditLine): boolean {
  return creations.includes(action);
}

/** Its block may have been lifted since. */
function isSame(audited: Json, now: Json): boolean {
  const fields = ['scope', 'viewerId', 'viewerCount', 'channelArn', 'reason'];
  if (fields.some((field) => (audited[field] ?? null) !== (now[field] ?? null))) return false;
  return now.block === null || isDeepStrictEqual(audited.block, now.block);
}

/** Blocks stand until an entry says that they were lifted, and no longer; none is lifted twice. */
export function checkLiftings(history: AuditHistory): Violation[] {
  const { asked, entries, standing } = history;
  const lifted = findLiftings(history);
  // Two liftings of the same block tell of it both where one of them was not answered: it may be finished after the other.
  const done = new Set(asked.filter(({ outcome }) => outcome === 'done').map(({ requestId }) => requestId));
  const held = Map.groupBy(standing.blocks, ({ id }) => id);
  const audited = entries.filter((entry) => isCreation(entry) && entry.after?.block !== null);
  return audited.flatMap(({ target: id, after }) => {
    const { whole = [], viewers = [] } = lifted.get(id) ?? {};
    const isOfList = after.viewerCount !== undefined;
    const twice = isOfList
      ? [whole, ...Map.groupBy(viewers, ({ target }) => target).values()]
      : [whole, viewers, [...whole, ...viewers].filter(({ requestId }) => done.has(requestId ?? ''))];
    const isGone = whole.length > 0 || (!isOfList && viewers.length > 0);
    const left = isGone ? 0 : (after.viewerCount ?? 1) - viewers.length;
    const found = { blocks: held.get(id)?.length ?? 0, isWhole: standing.revocations.get(id)?.block === null };
    return [
      ...twice
        .filter((told) => told.length > 1)
        .map((told) => ({
          rule: 'a block was told to be lifted twice',
          message: `${id}: ${told.map(toText).join('; ')}`,
        })),
      ...(found.blocks === left && found.isWhole === isGone
        ? []
        : [{ rule: 'blocks are not what the entries say', message: `${id}: ${left} left, ${JSON.stringify(found)}` }]),
    ];
  });
}

/** By revocation: who lifted all of it, and who lifted it from one viewer. */
function findLiftings({ entries }: AuditHistory) {
  const found = new Map<string, { readonly whole: AuditLine[]; readonly viewers: AuditLine[] }>();
  const add = (id: string, which: 'whole' | 'viewers', entry: AuditLine) => {
    const of = found.get(id) ?? { whole: [], viewers: [] };
    of[which].push(entry);
    found.set(id, of);
  };
  for (const entry of entries) {
    if (entry.action === 'revocation.lift') add(entry.target, 'whole', entry);
    if (entry.action === 'viewer.lift_blocks') for (const id of entry.about) add(id, 'viewers', entry);
  }
  return found;
}
