/** How much of the audit each store keeps, and for how long. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import { createSqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import type { AuditRetention } from '../../../src/audit/ports.ts';
import { toAuditDraft } from '../../../src/audit/record.ts';
import { byAnn } from '../../support/author.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { sharedRedisUrl } from '../../support/shared-redis-url.ts';

const open = {
  Redis: (audit: AuditRetention) =>
    createRedisStore({
      ...{ scripts: loadScripts(), url: sharedRedisUrl(), timeoutMs: 2000 },
      ...{ log: createRecordingLog(), prefix: `test-${randomUUID()}`, audit },
    }),
  SQLite: (audit: AuditRetention) => createSqliteStore(':memory:', audit),
};
const toEntry = (action: string) => toAuditDraft(byAnn, { action, target: 't' });

describe.each(Object.entries(open))('the audit in %s', (_, openStore) => {
  it('keeps so many entries of each kind, the newest: tokens push out no changes', async () => {
    const store = openStore({ maxEntries: 5, keepSeconds: 3600 });
    for (let count = 0; count < 8; count++) await store.audit.append('change', toEntry(`change.${count}`));
    for (let count = 0; count < 8; count++) await store.audit.append('token', toEntry(`token.${count}`));
    const { items } = await store.audit.list({ limit: 100 });
    expect(items.map(({ action }) => action)).toEqual([
      ...[7, 6, 5, 4, 3].map((count) => `token.${count}`),
      ...[7, 6, 5, 4, 3].map((count) => `change.${count}`),
    ]);
    await store.close();
  });

  it('shows none that is older than it is kept', async () => {
    const store = openStore({ maxEntries: 100, keepSeconds: 1 });
    await store.audit.append('change', toEntry('change.old'));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await store.audit.list({ limit: 10 })).items).toEqual([]);
    await store.audit.append('change', toEntry('change.new'));
    expect((await store.audit.list({ limit: 10 })).items.map(({ action }) => action)).toEqual(['change.new']);
    await store.close();
  });
});
