/** The revocations in SQLite, bound to the database: made, read, lifted. */
import type { AuditDraft } from '../../audit/record.ts';
import { OutageError } from '../../errors.ts';
import type { RevocationId, ViewerId } from '../../ids.ts';
import type { Page, PageQuery } from '../../page.ts';
import type { Idempotency, Recorded, RevocationDraft, RevocationStore } from '../../revocations/ports.ts';
import { toPage } from '../page.ts';
import type { WriteAudit } from './audit.ts';
import type { Database, Row, Sql } from './database.ts';
import { decide } from './decisions.ts';
import { countKept, listFailed, retryFailed } from './failed-deliveries.ts';
import { findKeyUse, writeKeyUse } from './idempotency.ts';
import { listIntents, touchIntent } from './intents.ts';
import { beginLifting, beginList, finishIntent, writeList } from './lists.ts';
import { inPieces } from './pieces.ts';
import { createReach } from './reach.ts';
import { listRevocations } from './revocation-list.ts';
import { findDraft, findRevocation } from './revocation-records.ts';

/** Failed deliveries that are made pending in one transaction. */
const retriesInPiece = 100;

/** Intents that are taken up in one call. */
const intentsInCall = 20;

/** Binds the revocations to the database. */
export function createRevocationStore(database: Database, writeAudit: WriteAudit): RevocationStore {
  const { atomically, read } = database;
  return {
    async record(draft, viewerIds, idempotency, entry) {
      const begun = await atomically(() => {
        const made = begin(database, draft, idempotency, entry);
        // One on a list is written when it is whole.
        if (made.isNew === true) writeAudit(entry);
        return made.begun;
      });
      return begun.kind === 'begun' ? goOn(database, writeAudit, begun, viewerIds) : begun;
    },
    get: (id) => read(() => findRevocation(database, id)),
    list: (query) => read(() => listRevocations(database, query)),
    listViewers: (id, page) => read(() => listViewers(database, id, page)),
    listBlocked: (id, page, nowSeconds) => read(() => listBlocked(database, id, page, nowSeconds)),
    async liftBlock(id, nowSeconds, entry) {
      const begun = await atomically(() => beginLifting({ sql: database, writeAudit }, id, nowSeconds, entry));
      if (begun === 'going') await finishIntent(database, writeAudit, id);
      return begun !== 'gone';
    },
    listFailed: (id, page) => read(() => listFailed(database, id, page)),
    retryFailed: (id, nowMs, entry) => retryAll(database, writeAudit, { id, nowMs, entry }),
    estimate: createReach(database),
    async finishIntents(nowMs, olderThanMs) {
      const ids = await read(() => listIntents(database, nowMs - olderThanMs, intentsInCall));
      const failures: unknown[] = [];
      let finished = 0;
      for (const id of ids)
        try {
          if ((await finishIntent(database, writeAudit, id)) !== 'gone') finished++;
        } catch (error) {
          failures.push(error);
          // Behind the others; where this fails too, none of them would fare better.
          await atomically(() => touchIntent(database, id));
        }
      if (failures.length > 0) throw failures[0];
      return finished;
    },
  };
}

/** A decision on a list that was begun, now or by the same request before. */
interface Begun {
  readonly kind: 'begun';
  readonly id: RevocationId;
  readonly isRepeated: boolean;
}

/** Makes the whole decision unless it is on a list, of which it only notes that it was begun. */
function begin(
  sql: Sql,
  draft: RevocationDraft,
  idempotency: Idempotency | undefined,
  entry: AuditDraft | undefined,
): { readonly begun: Recorded | Begun; readonly isNew?: true } {
  const { id, target, createdAt } = draft;
  const use = idempotency && findKeyUse(sql, idempotency, createdAt);
  if (use !== undefined && use.fingerprint !== idempotency?.fingerprint) return { begun: { kind: 'key_reused' } };
  const earlier = findDraft(sql, use?.revocationId ?? id)?.id;
  if (earlier !== undefined) {
    const revocation = findRevocation(sql, earlier);
    const isRepeated = earlier !== id;
    if (revocation === undefined) return { begun: { kind: 'begun', id: earlier, isRepeated } };
    return { begun: { kind: isRepeated ? 'repeated' : 'recorded', revocation } };
  }
  if ('viewerCount' in target) beginList(sql, draft, entry);
  else if (!decide(sql, draft, target)) return { begun: { kind: 'too_many_blocks' } };
  if (idempotency !== undefined) writeKeyUse(sql, idempotency, id, createdAt);
  const revocation = findRevocation(sql, id);
  if (revocation === undefined) return { begun: { kind: 'begun', id, isRepeated: false } };
  return { begun: { kind: 'recorded', revocation }, isNew: true };
}

async function goOn(
  database: Database,
  writeAudit: WriteAudit,
  { id, isRepeated }: Begun,
  viewerIds: readonly ViewerId[],
): Promise<Recorded> {
  const isListed = await writeList(database, id, viewerIds);
  const ending = await finishIntent(database, writeAudit, id);
  if (ending === 'undone' && isListed) return { kind: 'too_many_blocks' };
  const revocation = await database.read(() => findRevocation(database, id));
  // Another took it back: whether for too many blocks, only a new try can tell.
  if (revocation === undefined)
    throw new OutageError('store_unavailable', { cause: new Error('taken back meanwhile') });
  return { kind: isRepeated ? 'repeated' : 'recorded', revocation };
}

/** The viewers of a list, a page of them. */
function listViewers({ all }: Sql, id: RevocationId, { cursor = '', limit }: PageQuery): Page<ViewerId> {
  const page = 'revocation_id = ? AND viewer_id > ? ORDER BY viewer_id LIMIT ?';
  const rows = all(`SELECT viewer_id FROM listed_viewers WHERE ${page}`, id, cursor, limit + 1);
  return toPageOfViewers(rows, limit);
}

/** Those of them on whom its block stands, a page of them. */
function listBlocked(sql: Sql, id: RevocationId, { cursor = '', limit }: PageQuery, now: number): Page<ViewerId> {
  const listed = 'blocks JOIN listed_viewers USING (revocation_id, viewer_id)';
  const page = 'revocation_id = ? AND viewer_id > ? AND blocked_until > ? ORDER BY viewer_id LIMIT ?';
  const rows = sql.all(`SELECT viewer_id FROM ${listed} WHERE ${page}`, id, cursor, now, limit + 1);
  return toPageOfViewers(rows, limit);
}

function toPageOfViewers(rows: readonly Row[], limit: number): Page<ViewerId> {
  const viewers = rows.map((row) => ({ id: String(row.viewer_id) as ViewerId }));
  return toPage(viewers, limit, ({ id }) => id);
}

async function retryAll(
  database: Database,
  writeAudit: WriteAudit,
  { id, nowMs, entry }: { readonly id: RevocationId; readonly nowMs: number; readonly entry: AuditDraft | undefined },
): Promise<number | undefined> {
  const kept = await database.read(() => countKept(database, id));
  if (kept === undefined) return undefined;
  let retried = 0;
  return inPieces(database.atomically, () => {
    const most = Math.min(retriesInPiece, kept - retried);
    const count = retryFailed(database, id, nowMs, most);
    // With the first of them: it is one change, however many transactions it takes.
    if (retried === 0 && count > 0) writeAudit(entry);
    retried += count;
    // No more than there were at first: what is refused meanwhile waits for the next time.
    return count === 0 || retried >= kept ? retried : 'going';
  });
}
