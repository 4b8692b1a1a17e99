/** Decisions on long lists in SQLite: taken in steps, and finished by another process when whoever began them died. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteStore, type SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import type { RevocationDraft } from '../../../src/revocations/ports.ts';
import { neverLifts } from '../../../src/revocations/scopes.ts';
import { loadScopes, revokeList } from '../../contracts/store/steps.ts';
import { drainDeliveries } from '../../support/drain-deliveries.ts';
import { nowSeconds, toChannelArn, toCrowd, toDraft, toListTarget } from '../../support/records.ts';

const news = toChannelArn('news');
const crowd = toCrowd(500);
const last = crowd.at(-1) ?? crowd[0];
let folder: string;
let file: string;
let first: SqliteStore;
let second: SqliteStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playgate-sqlite-'));
  file = join(folder, 'playgate.db');
  [first, second] = [createSqliteStore(file), createSqliteStore(file)];
});
afterEach(async () => {
  await second.close();
  rmSync(folder, { recursive: true });
});

const toListDraft = () => toDraft(toListTarget(crowd, news), { block: { until: null } });

/** Begins a decision, and ends the store when it has come to this step. */
async function dieWhile(step: string, work: (store: SqliteStore) => Promise<unknown>): Promise<void> {
  const db = new DatabaseSync(file);
  const died = work(first).catch(() => undefined);
  const isThere = db.prepare('SELECT 1 FROM intents WHERE step = ?');
  while (isThere.get(step) === undefined) await new Promise(setImmediate);
  await first.close();
  await died;
  db.close();
}

describe('a decision on a list whose process died', () => {
  const record = (draft: RevocationDraft) => (store: SqliteStore) => store.revocations.record(draft, crowd);

  it('while it was applied is finished by another, with a delivery for each viewer', async () => {
    const draft = toListDraft();
    await dieWhile('applying', record(draft));
    expect(await second.revocations.get(draft.id)).toBeUndefined();
    expect(await second.revocations.finishIntents(Date.now() + 1000, 2000)).toBe(0);
    expect(await second.revocations.finishIntents(Date.now() + 3000, 2000)).toBe(1);
    expect(await second.revocations.finishIntents(Date.now() + 3000, 2000)).toBe(0);
    expect(await second.revocations.get(draft.id)).toMatchObject({ id: draft.id, progress: { done: false } });
    for (const viewerId of [crowd[0], last])
      expect(viewerId && (await loadScopes(second, viewerId, news)).blockedUntil).toBe(neverLifts);
    expect(await drainDeliveries(second)).toHaveLength(crowd.length);
  });

  it('while it was applied is finished by whoever asks for it again', async () => {
    const draft = toListDraft();
    await dieWhile('applying', record(draft));
    expect(await record(draft)(second)).toMatchObject({ kind: 'repeated', revocation: { id: draft.id } });
    expect(await drainDeliveries(second)).toHaveLength(crowd.length);
  });

  it('before its list was written is taken back, and can be made again', async () => {
    const draft = toListDraft();
    await dieWhile('listing', record(draft));
    expect(await second.revocations.finishIntents(Date.now() + 3000, 2000)).toBe(1);
    expect((await second.revocations.listViewers(draft.id, { limit: 10 })).items).toEqual([]);
    expect(await record(draft)(second)).toMatchObject({ kind: 'recorded' });
  });

  it('while its block was lifted is lifted by another', async () => {
    const { id } = await revokeList(second, crowd, news, { block: { until: null } });
    await dieWhile('lifting', (store) => store.revocations.liftBlock(id, nowSeconds()));
    expect((await second.revocations.get(id))?.block).not.toBeNull();
    expect(await second.revocations.finishIntents(Date.now() + 3000, 2000)).toBe(1);
    expect((await second.revocations.get(id))?.block).toBeNull();
    expect(last && (await loadScopes(second, last, news)).blockedUntil).toBe(0);
  });
});
