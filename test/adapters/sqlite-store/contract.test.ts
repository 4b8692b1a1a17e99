/** The SQLite store against the contract of every Store, in memory and in a file. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { createSqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { expectSumHolds } from '../../contracts/store/limits.ts';
import { describeStoreContract } from '../../contracts/store-contract.ts';
import { describeStoreModel } from '../../contracts/store-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'playgate-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));

describeStoreContract('the SQLite store in memory', () => createSqliteStore(':memory:'));
describeStoreContract('the SQLite store in a file', () => createSqliteStore(join(folder, `${randomUUID()}.db`)));

describeStoreModel('the SQLite store', () => {
  const file = join(folder, `${randomUUID()}.db`);
  return [createSqliteStore(file), createSqliteStore(file)];
});

describe('two processes over one file', () => {
  it('let no more through together than a limit says', async () => {
    const file = join(folder, `${randomUUID()}.db`);
    const stores = [createSqliteStore(file), createSqliteStore(file)];
    await expectSumHolds(stores);
    for (const store of stores) await store.close();
  });
});
