/** The audit in Redis: what is kept of it, what others finish, and its order when the clock is set back. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toCell } from '../../../src/adapters/redis-store/cells.ts';
import { createRedisConnection } from '../../../src/adapters/redis-store/connection.ts';
import { createKeyspace } from '../../../src/adapters/redis-store/keyspace.ts';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRedisStore } from '../../../src/adapters/redis-store/redis-store.ts';
import { createRevocationStore } from '../../../src/adapters/redis-store/revocations.ts';
import { createViewerStore } from '../../../src/adapters/redis-store/viewers.ts';
import { type AuditRetention, usualRetention } from '../../../src/audit/ports.ts';
import { describeAuditBounds } from '../../contracts/store/audit-bounds.ts';
import { describeInterruptedAudit } from '../../contracts/store/interrupted-audit.ts';
import { expectOrderAhead } from '../../contracts/store/order-ahead.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { toCrowd } from '../../support/records.ts';
import { sharedRedisUrl } from '../../support/shared-redis-url.ts';

const scripts = loadScripts();
/** In two cells, so that there are not too many steps. */
const crowd = toCrowd(5000)
  .filter((viewerId) => toCell(viewerId) < 2)
  .slice(0, 120);
let redis: Redis;

beforeAll(() => {
  redis = new Redis(sharedRedisUrl());
});
afterAll(() => redis.disconnect());

const toOptions = () => ({ scripts, url: sharedRedisUrl(), timeoutMs: 2000, log: createRecordingLog() });
const openStore = (prefix: string, audit: AuditRetention = usualRetention) =>
  createRedisStore({ ...toOptions(), prefix, audit });

describe('in Redis', () => {
  const run = randomUUID();
  describeAuditBounds((name, retention) => openStore(`test-${run}-${name}`, retention));

  describeInterruptedAudit(async (work) => {
    const prefix = `test-${randomUUID()}`;
    const store = openStore(prefix);
    const connection = createRedisConnection(toOptions());
    const keyspace = createKeyspace(connection, prefix);
    await work({
      store,
      crowd,
      interrupt(onStep) {
        const interrupted = {
          ...keyspace,
          durable: {
            home: async (...call: Parameters<typeof keyspace.home>) => {
              await onStep();
              return keyspace.durable.home(...call);
            },
            cell: async (...call: Parameters<typeof keyspace.cell>) => {
              await onStep();
              return keyspace.durable.cell(...call);
            },
          },
        };
        return { revocations: createRevocationStore(interrupted), viewers: createViewerStore(interrupted) };
      },
    });
    await connection.close();
    await store.close();
  });

  it('entries keep their order where the clock was set back', async () => {
    const prefix = `test-${randomUUID()}`;
    const store = openStore(prefix);
    await expectOrderAhead(store, async (aheadMs) => {
      const stream = `{${prefix}}:audit:change`;
      const [[, fields] = ['', []]] = await redis.xrange(stream, '-', '+');
      await redis.del(stream);
      await redis.xadd(stream, `${aheadMs}-7`, ...fields);
      await redis.set(`{${prefix}}:audit-last`, `${aheadMs}-7`);
    });
    await store.close();
  });

  it('entries live in Redis for as long as they are kept, and no longer where none are written', async () => {
    const prefix = `test-${randomUUID()}`;
    const store = openStore(prefix, { maxEntries: 10, keepSeconds: 500 });
    const entry = { actor: 'a', from: null, requestId: null, action: 'a.b', target: 't', about: [], result: 'done' };
    await store.audit.append('token', { ...entry, before: null, after: null });
    expect(await redis.ttl(`{${prefix}}:audit:token`)).toBeGreaterThan(480);
    expect(await redis.ttl(`{${prefix}}:audit:token`)).toBeLessThanOrEqual(500);
    await store.close();
  });
});
