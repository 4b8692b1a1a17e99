/** The revocations in SQLite, bound to the database: made, read, lifted. */
import { OutageError } from '../../errors.ts';
import type { RevocationId, ViewerId } from '../../ids.ts';
import type { Page, PageQuery } from '../../page.ts';
import type { Idempotency, Recorded, RevocationDraft, RevocationStore } from '../../revocations/ports.ts';
import { toPage } from '../page.ts';
import type { Database, Sql } from './database.ts';
import { decide } from './decisions.ts';
import { countKept, listFailed, retryFailed } from './failed-deliveries.ts';
import { findKeyUse, writeKeyUse } from './idempotency.ts';
import { listIntents } from './intents.ts';
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
export function createRevocationStore(database: Database): RevocationStore {
  const { atomically, read } = database;
  return {
    async record(draft, viewerIds, idempotency) {
      const begun = await atomically(() => begin(database, draft, idempotency));
      return begun.kind === 'begun' ? goOn(database, begun, viewerIds) : begun;
    },
    get: (id) => read(() => findRevocation(database, id)),
    list: (query) => read(() => listRevocations(database, query)),
    listViewers: (id, page) => read(() => listViewers(database, id, page)),
    async liftBlock(id, nowSeconds) {
      const begun = await atomically(() => beginLifting(database, id, nowSeconds));
      if (begun === 'going') await finishIntent(database, id);
      return begun !== 'gone';
    },
    listFailed: (id, page) => read(() => listFailed(database, id, page)),
    retryFailed: (id, nowMs) => retryAll(database, id, nowMs),
    estimate: createReach(database),
    async finishIntents(nowMs, olderThanMs) {
      const ids = await read(() => listIntents(database, nowMs - olderThanMs, intentsInCall));
      let finished = 0;
      for (const id of ids) if ((await finishIntent(database, id)) !== 'gone') finished++;
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
function begin(sql: Sql, draft: RevocationDraft, idempotency: Idempotency | undefined): Recorded | Begun {
  const { id, target, createdAt } = draft;
  const use = idempotency && findKeyUse(sql, idempotency, createdAt);
  if (use !== undefined && use.fingerprint !== idempotency?.fingerprint) return { kind: 'key_reused' };
  const earlier = findDraft(sql, use?.revocationId ?? id)?.id;
  if (earlier !== undefined) {
    const revocation = findRevocation(sql, earlier);
    return revocation ? { kind: 'repeated', revocation } : { kind: 'begun', id: earlier, isRepeated: true };
  }
  if ('viewerCount' in target) beginList(sql, draft);
  else if (!decide(sql, draft, target)) return { kind: 'too_many_blocks' };
  if (idempotency !== undefined) writeKeyUse(sql, idempotency, id, createdAt);
  const revocation = findRevocation(sql, id);
  return revocation ? { kind: 'recorded', revocation } : { kind: 'begun', id, isRepeated: false };
}

async function goOn(database: Database, { id, isRepeated }: Begun, viewerIds: readonly ViewerId[]): Promise<Recorded> {
  const isListed = await writeList(database, id, viewerIds);
  const ending = await finishIntent(database, id);
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
  const listed = rows.map((row) => ({ id: String(row.viewer_id) as ViewerId }));
  return toPage(listed, limit, (row) => row.id);
}

async function retryAll(database: Database, id: RevocationId, nowMs: number): Promise<number | undefined> {
  const kept = await database.read(() => countKept(database, id));
  if (kept === undefined) return undefined;
  let retried = 0;
  return inPieces(database.atomically, () => {
    const most = Math.min(retriesInPiece, kept - retried);
    const count = retryFailed(database, id, nowMs, most);
    retried += count;
    // No more than there were at first: what is refused meanwhile waits for the next time.
    return count === 0 || retried >= kept ? retried : 'going';
  });
}
