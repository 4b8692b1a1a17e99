/** The file of the SQLite store: kept over a restart, private, swept, and refused when it cannot be used. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { floorLifetimeSeconds, recordLifetimeSeconds } from '../../../src/adapters/retention.ts';
import { schemaVersion } from '../../../src/adapters/sqlite-store/schema.ts';
import { createSqliteStore, type SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { sessionLifetimeSeconds } from '../../../src/revocations/delivery.ts';
import { combineScopes, neverLifts } from '../../../src/revocations/scopes.ts';
import { claim, revoke, revokeList, watch } from '../../contracts/store/steps.ts';
import { drainDeliveries } from '../../support/drain-deliveries.ts';
import { addImportedPair } from '../../support/key-pairs.ts';
import {
  nowSeconds,
  toChannel,
  toChannelArn,
  toClient,
  toDraft,
  toPolicy,
  toViewerId,
  usWest2,
} from '../../support/records.ts';
import { expectWithin } from '../../support/within.ts';

const news = toChannelArn('news');
const sport = toChannelArn('sport');
const anna = toViewerId('anna');
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playgate-sqlite-'));
  file = join(folder, 'made', 'playgate.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a SQLite store that is asked for much at once', () => {
  it('lets the event loop have its turn again and again', async () => {
    const store = createSqliteStore(file);
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const begunAtMs = performance.now();
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        revoke(store, { scope: 'viewer', viewerId: toViewerId(`viewer-${index}`) }, { block: { until: null } }),
      ),
    );
    isDone = true;
    // Each turn is at most 10 ms of work and the call that goes over it, of 10 ms at most on any machine that can run this.
    expect(turns).toBeGreaterThan((performance.now() - begunAtMs) / 40);
    await store.close();
  });
});

describe('a SQLite store that is opened again', () => {
  it('still has everything', async () => {
    const policy = toPolicy('evening', { singleUse: true });
    const first = createSqliteStore(file);
    await first.policies.put(policy);
    await first.channels.put(toChannel(news, { policyId: policy.id }));
    await first.clients.put(toClient('client_1'));
    await addImportedPair(first, 'key_1');
    await watch(first, anna, news);
    const revocation = await revoke(first, { scope: 'viewer', viewerId: anna }, { block: { until: null } });
    await first.close();

    const second = createSqliteStore(file);
    const state = await second.issuance.load({ channelArn: news, viewerId: anna, place: usWest2 });
    expect(state).toMatchObject({ channel: { policyId: policy.id }, policy, activeKeyPairId: 'key_1' });
    expect(combineScopes(state.scopes)).toEqual({ floor: revocation.floor, blockedUntil: neverLifts });
    expect(await second.clients.get(toClient('client_1').id)).toEqual(toClient('client_1'));
    expect(await second.revocations.get(revocation.id)).toEqual(revocation);
    expect(await drainDeliveries(second)).toMatchObject([
      { channelArn: news, viewerId: anna, floor: revocation.floor },
    ]);
    const again = await revoke(second, { scope: 'viewer', viewerId: anna });
    expect(again.floor).toBeGreaterThan(revocation.floor);
    expect(again.delivery.pending).toBe(1);
    await second.close();
  });

  it('gives out again what a process that ended in the middle of a call had claimed, once its lease is over', async () => {
    const [nowMs, leaseMs] = [Date.now(), 30_000];
    const first = createSqliteStore(file);
    await watch(first, anna, news);
    const { id } = await revoke(first, { scope: 'viewer', viewerId: anna });
    expect(await claim(first, { nowMs, leaseMs })).toBeDefined();
    await first.close();

    const second = createSqliteStore(file);
    expect(await claim(second, { nowMs: nowMs + leaseMs - 1 })).toBeUndefined();
    const again = await claim(second, { nowMs: nowMs + leaseMs });
    expect(again?.deliveries).toMatchObject([{ revocationId: id, viewerId: anna }]);
    await second.close();
  });

  it('still has what another process was killed after: each change is in the file when it resolves', async () => {
    const first = createSqliteStore(file);
    await first.clients.put(toClient('client_1'));
    const second = createSqliteStore(file);
    expect(await second.clients.get(toClient('client_1').id)).toEqual(toClient('client_1'));
    await second.close();
    await first.close();
  });
});

describe('the file of a SQLite store', () => {
  it('can be read by its owner alone, its write-ahead log too', async () => {
    const store = createSqliteStore(file);
    await store.clients.put(toClient('client_1'));
    for (const part of [file, `${file}-wal`]) expect(statSync(part).mode & 0o777, part).toBe(0o600);
    expect(statSync(join(folder, 'made')).mode & 0o777).toBe(0o700);
    await store.close();
  });

  it('answers store_unavailable once it is closed', async () => {
    const store = createSqliteStore(file);
    await store.close();
    await expect(store.health.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(store.clients.put(toClient('client_1'))).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it.each([
    { which: 'an earlier version', tables: 'CREATE TABLE records (id TEXT)', version: 0 },
    { which: 'a later version', tables: '', version: schemaVersion + 1 },
  ])('is refused with its name and left as it is when its tables are of $which', ({ tables, version }) => {
    mkdirSync(join(folder, 'made'));
    const db = new DatabaseSync(file);
    db.exec(`CREATE TABLE other (id TEXT); ${tables}; PRAGMA user_version = ${version}`);
    db.close();
    expect(() => createSqliteStore(file)).toThrow(
      `${file} has tables of version ${version}, and this Playgate needs version ${schemaVersion}`,
    );
    expect(countTables()).toBe(tables === '' ? 1 : 2);
  });

  it('is no longer in use when another lies in its place', async () => {
    const store = createSqliteStore(file);
    await store.health.ping();
    renameSync(file, `${file}.old`);
    await expect(store.health.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
    writeFileSync(file, '');
    await expect(store.health.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
    await store.close();
  });

  it('is not in use while nothing can be written, though it can be read', async () => {
    const store = createSqliteStore(file);
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    expect(await store.clients.get(toClient('client_1').id)).toBeUndefined();
    await expect(store.health.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
    other.close();
    await store.close();
  });

  it('answers store_unavailable within a second while another process holds it locked, and works afterwards', async () => {
    const store = createSqliteStore(file);
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await expectWithin(1000, () =>
      expect(store.clients.put(toClient('client_1'))).rejects.toMatchObject({ code: 'store_unavailable' }),
    );
    other.exec('ROLLBACK');
    other.close();
    await store.clients.put(toClient('client_1'));
    expect(await store.clients.get(toClient('client_1').id)).toBeDefined();
    await store.close();
  });
});

describe('sweeping', () => {
  const tables = [
    'sessions',
    'floors',
    'blocks',
    'idempotency_keys',
    'revocations',
    'deliveries',
    'listed_viewers',
    'jobs',
  ];
  const counts = () => tables.map(count);
  const start = nowSeconds();

  /** Watches until a whole sweep has been made: each session sweeps a piece. */
  async function sweepAt(store: SqliteStore, name: string, nowSeconds: number): Promise<void> {
    for (let piece = 0; piece < 12; piece++)
      await watch(store, toViewerId(name), sport, { sessionVersion: nowSeconds + 10_000, issuedAt: nowSeconds });
  }

  it('deletes what time has made useless, and keeps blocks without end with their records', async () => {
    const store = createSqliteStore(file);
    await watch(store, anna, news);
    const key = { key: 'k', fingerprint: 'f' };
    await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }), [], key);
    const [ben, cleo] = [toViewerId('ben'), toViewerId('cleo')];
    await revokeList(store, [ben, cleo], news, { block: { until: start + 100 } });
    await drainDeliveries(store);
    const endless = await revoke(store, { scope: 'viewer', viewerId: ben }, { block: { until: null } });
    expect(counts()).toEqual([1, 4, 3, 1, 3, 0, 2, 0]);

    await sweepAt(store, 'dora', start + 200);
    expect(counts()).toEqual([2, 4, 1, 1, 3, 0, 2, 0]);
    await sweepAt(store, 'dora', start + floorLifetimeSeconds + 100);
    expect(counts()).toEqual([2, 0, 1, 1, 3, 0, 2, 0]);
    await sweepAt(store, 'dora', start + sessionLifetimeSeconds + 3700);
    expect(counts()).toEqual([1, 0, 1, 0, 3, 0, 2, 0]);
    await sweepAt(store, 'dora', start + recordLifetimeSeconds + 200);
    expect(counts()).toEqual([1, 0, 1, 0, 1, 0, 0, 0]);
    expect(await store.revocations.get(endless.id)).toMatchObject({ block: { until: null } });

    await store.revocations.liftBlock(endless.id, start + recordLifetimeSeconds + 200);
    await sweepAt(store, 'dora', start + 2 * recordLifetimeSeconds + 300);
    expect(counts()).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    await store.close();
  });

  it("keeps a channel's floor for as long as sessions that saw it, and while its ledger is walked", async () => {
    const store = createSqliteStore(file);
    await watch(store, anna, news);
    await revoke(store, { scope: 'channel', channelArn: news });
    await sweepAt(store, 'dora', start + floorLifetimeSeconds + 100);
    expect(count('floors')).toBe(1);
    await sweepAt(store, 'dora', start + sessionLifetimeSeconds + floorLifetimeSeconds + 100);
    expect([count('floors'), count('jobs')]).toEqual([1, 1]);
    await drainDeliveries(store);
    await sweepAt(store, 'dora', start + sessionLifetimeSeconds + floorLifetimeSeconds + 200);
    expect([count('floors'), count('jobs')]).toEqual([0, 0]);
    await store.close();
  });
});

function count(table: string): unknown {
  const db = new DatabaseSync(file);
  const row = db.prepare(`SELECT COUNT(*) AS count FROM ${table}`).get();
  db.close();
  return row?.count;
}

function countTables(): unknown {
  return count("sqlite_schema WHERE type = 'table'");
}
