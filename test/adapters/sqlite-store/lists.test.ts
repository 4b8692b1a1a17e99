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

/** Begins a decision, and ends the store when so many have come to this step. */
async function dieWhile(step: string, work: (store: SqliteStore) => Promise<unknown>, most = 1): Promise<void> {
  const db = new DatabaseSync(file);
  const died = work(first).catch(() => undefined);
  const inStep = db.prepare('SELECT 1 FROM intents WHERE step = ?');
  while (inStep.all(step).length < most) await new Promise(setImmediate);
  await first.close();
  await died;
  db.close();
}

describe('a decision on a list whose process died', () => {
  const record = (draft: RevocationDraft) => (store: SqliteStore) => store.revocations.record(draft, crowd);

  it('is finished though another one cannot be, which has its turn again later', async () => {
    const [bad, good] = [toListDraft(), toListDraft()];
    await dieWhile('applying', record(bad));
    first = createSqliteStore(file);
    await dieWhile('applying', record(good), 2);
    const db = new DatabaseSync(file);
    const write = (draft: string) => db.prepare('UPDATE revocations SET draft = ? WHERE id = ?').run(draft, bad.id);
    const { draft = '' } = db.prepare('SELECT draft FROM revocations WHERE id = ?').get(bad.id) ?? {};
    write('{');
    await expect(second.revocations.finishIntents(Date.now() + 1000, 0)).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(await second.revocations.get(good.id)).toBeDefined();
    expect(await second.revocations.finishIntents(Date.now(), 1000)).toBe(0);
    write(String(draft));
    expect(await second.revocations.finishIntents(Date.now() + 2000, 1000)).toBe(1);
    expect(await second.revocations.get(bad.id)).toBeDefined();
    db.close();
  });

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
    expect(await record(draft)(second)).toMatchObject({ kind: 'recorded', revocation: { id: draft.id } });
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
