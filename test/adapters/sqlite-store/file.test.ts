/** The file of the SQLite store: kept over a restart, private, swept, and refused when it cannot be used. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { floorLifetimeSeconds, recordLifetimeSeconds } from '../../../src/adapters/retention.ts';
import { createSqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { sessionLifetimeSeconds } from '../../../src/revocations/delivery.ts';
import { combineScopes, neverLifts } from '../../../src/revocations/scopes.ts';
import { drainDeliveries } from '../../support/drain-deliveries.ts';
import {
  nowSeconds,
  toChannel,
  toChannelArn,
  toClient,
  toDraft,
  toPendingKeyPair,
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

describe('a SQLite store that is opened again', () => {
  it('still has everything', async () => {
    const policy = toPolicy('evening', { singleUse: true });
    const first = createSqliteStore(file);
    await first.policies.put(policy);
    await first.channels.put(toChannel(news, { policyId: policy.id }));
    await first.clients.put(toClient('client_1'));
    await first.keyPairs.put(toPendingKeyPair('key_1'));
    await first.keyPairs.markImported(toPendingKeyPair('key_1').id, { arn: 'arn:1', fingerprint: '1' });
    await first.issuance.recordSession({
      viewerId: anna,
      channelArn: news,
      sessionVersion: nowSeconds(),
      issuedAt: nowSeconds(),
    });
    const revocation = await first.revocations.record(
      toDraft({ scope: 'viewer', viewerId: anna }, { block: { until: null } }),
    );
    await first.close();

    const second = createSqliteStore(file);
    const state = await second.issuance.load({ channelArn: news, viewerId: anna, region: usWest2 });
    expect(state).toMatchObject({ channel: { policyId: policy.id }, policy, activeKeyPairId: 'key_1' });
    expect(combineScopes(state.scopes)).toEqual({ floor: revocation.floor, blockedUntil: neverLifts });
    expect(await second.clients.get(toClient('client_1').id)).toEqual(toClient('client_1'));
    expect(await second.revocations.get(revocation.id)).toEqual(revocation);
    expect(await drainDeliveries(second)).toMatchObject([
      { channelArn: news, viewerId: anna, floor: revocation.floor },
    ]);
    const again = await second.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }));
    expect(again.floor).toBeGreaterThan(revocation.floor);
    expect(again.delivery.pending).toBe(1);
    await second.close();
  });

  it('gives out again what a process that ended in the middle of a call had claimed, once its lease is over', async () => {
    const [nowMs, leaseMs] = [Date.now(), 30_000];
    const first = createSqliteStore(file);
    const session = { viewerId: anna, channelArn: news, sessionVersion: nowSeconds(), issuedAt: nowSeconds() };
    await first.issuance.recordSession(session);
    const { id } = await first.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }));
    expect(await first.deliveries.claim({ nowMs, limit: 20, leaseMs })).toBeDefined();
    await first.close();

    const second = createSqliteStore(file);
    expect(await second.deliveries.claim({ nowMs: nowMs + leaseMs - 1, limit: 20, leaseMs })).toBeUndefined();
    const again = await second.deliveries.claim({ nowMs: nowMs + leaseMs, limit: 20, leaseMs });
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
  const count = (table: string) => {
    const db = new DatabaseSync(file);
    const row = db.prepare(`SELECT COUNT(*) AS count FROM ${table}`).get();
    db.close();
    return row?.count;
  };
  const tables = ['sessions', 'floors', 'blocks', 'revocations', 'deliveries'];

  it('deletes what time has made useless, and keeps blocks without end with their records', async () => {
    const store = createSqliteStore(file);
    const start = nowSeconds();
    const watch = async (name: string, issuedAt: number, channelArn = sport) => {
      const session = { viewerId: toViewerId(name), channelArn, sessionVersion: issuedAt + 10, issuedAt };
      expect(await store.issuance.recordSession(session)).toBe('recorded');
    };
    await watch('anna', start, news);
    await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }));
    await store.revocations.record(
      toDraft({ scope: 'viewer', viewerId: toViewerId('ben') }, { block: { until: start + 100 } }),
    );
    const endless = await store.revocations.record(
      toDraft({ scope: 'channel', channelArn: news }, { block: { until: null } }),
    );
    expect(tables.map(count)).toEqual([1, 3, 2, 3, 2]);

    await watch('cleo', start + 200);
    expect(tables.map(count)).toEqual([2, 3, 1, 3, 2]);
    await watch('dora', start + floorLifetimeSeconds + 100);
    expect(tables.map(count)).toEqual([3, 0, 1, 3, 2]);
    await watch('emil', start + sessionLifetimeSeconds + 201);
    expect(tables.map(count)).toEqual([2, 0, 1, 3, 2]);
    await watch('finn', start + recordLifetimeSeconds + 200);
    expect(tables.map(count)).toEqual([1, 0, 1, 1, 1]);
    expect(await store.revocations.get(endless.id)).toMatchObject({ block: { until: null } });

    await store.revocations.liftBlock(endless.id, start + recordLifetimeSeconds + 200);
    await watch('gina', start + 2 * recordLifetimeSeconds + 300);
    expect(tables.map(count)).toEqual([1, 0, 0, 0, 0]);
    await store.close();
  });
});
