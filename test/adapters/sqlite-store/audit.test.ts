/** The audit in SQLite: what is kept of it, what others finish, and its order when the clock is set back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { createWriteAudit } from '../../../src/adapters/sqlite-store/audit.ts';
import { openDatabase } from '../../../src/adapters/sqlite-store/database.ts';
import { createRevocationStore } from '../../../src/adapters/sqlite-store/revocations.ts';
import { createSqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { createViewerStore } from '../../../src/adapters/sqlite-store/viewers.ts';
import { describeAuditBounds } from '../../contracts/store/audit-bounds.ts';
import { describeInterruptedAudit } from '../../contracts/store/interrupted-audit.ts';
import { expectOrderAhead } from '../../contracts/store/order-ahead.ts';
import { toCrowd } from '../../support/records.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playgate-sqlite-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const toFile = (name: string) => join(folder, `${name}.db`);

describe('in SQLite', () => {
  describeAuditBounds((name, retention) => createSqliteStore(toFile(name), retention));

  describeInterruptedAudit(async (work) => {
    const store = createSqliteStore(toFile('interrupted'));
    const database = openDatabase(toFile('interrupted'));
    const writeAudit = createWriteAudit(database);
    await work({
      store,
      crowd: toCrowd(180),
      interrupt(onStep) {
        const interrupted = {
          ...database,
          atomically: async <T>(change: () => T) => {
            await onStep();
            return database.atomically(change);
          },
        };
        return {
          revocations: createRevocationStore(interrupted, writeAudit),
          viewers: createViewerStore(interrupted, writeAudit),
        };
      },
    });
    database.close();
    await store.close();
  });

  it('entries keep their order where the clock was set back', async () => {
    const store = createSqliteStore(toFile('ahead'));
    await expectOrderAhead(store, async (aheadMs) => {
      const db = new DatabaseSync(toFile('ahead'));
      db.prepare('UPDATE audit SET at_ms = ?, number = 7').run(aheadMs);
      db.close();
    });
    await store.close();
  });
});
