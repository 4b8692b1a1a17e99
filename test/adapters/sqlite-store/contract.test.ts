/** The SQLite store against the contract of every Store, in memory and in a file. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createSqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
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
