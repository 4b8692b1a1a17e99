/** The Store in one SQLite file, for a laptop or a single container. Every method is one transaction. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { ApiClient } from '../../access/record.ts';
import type { Channel } from '../../channels/record.ts';
import { OutageError } from '../../errors.ts';
import type { KeyPairId } from '../../ids.ts';
import type { KeyPair } from '../../keys/record.ts';
import type { Page, PageQuery } from '../../page.ts';
import type { Policy } from '../../policies/record.ts';
import type { Store } from '../../ports.ts';
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import { combineScopes } from '../../revocations/scopes.ts';
import { toPage } from '../page.ts';
import { createRevocationTables } from './revocation-tables.ts';
import { schema } from './schema.ts';

export type SqliteStore = Store & { close(): Promise<void> };

type Kind = 'channel' | 'policy' | 'client' | 'key_pair';

/** Between two sweeps of what time has made useless. */
const sweepEverySeconds = 60;

/** Opens the store. `file` is a path, made with its folder when it is not there, or `:memory:`. */
export function createSqliteStore(file: string): SqliteStore {
  const db = openDatabase(file);
  const all = (sql: string, ...values: SQLInputValue[]) => db.prepare(sql).all(...values);
  const first = (sql: string, ...values: SQLInputValue[]) => db.prepare(sql).get(...values);
  const change = (sql: string, ...values: SQLInputValue[]) => Number(db.prepare(sql).run(...values).changes);
  const revocationTables = createRevocationTables({ all, first, change });
  let sweptAt = 0;

  /** Runs the work as one transaction, taking the write lock at its start. */
  async function atomically<T>(work: () => T): Promise<T> {
    try {
      db.exec('BEGIN IMMEDIATE');
      try {
        const value = work();
        db.exec('COMMIT');
        return value;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    } catch (error) {
      throw new OutageError('store_unavailable', { cause: error });
    }
  }

  async function read<T>(work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      throw new OutageError('store_unavailable', { cause: error });
    }
  }

  const find = <T>(kind: Kind, id: string) =>
    parseJson<T>(first('SELECT json FROM records WHERE kind = ? AND id = ?', kind, id)?.json);
  const write = (kind: Kind, id: string, record: unknown) =>
    change('INSERT OR REPLACE INTO records (kind, id, json) VALUES (?, ?, ?)', kind, id, JSON.stringify(record));
  const remove = (kind: Kind, id: string) => change('DELETE FROM records WHERE kind = ? AND id = ?', kind, id) > 0;
  function list<T>(kind: Kind, { cursor = '', limit }: PageQuery): Page<T> {
    const sql = 'SELECT id, json FROM records WHERE kind = ? AND id > ? ORDER BY id LIMIT ?';
    const rows = all(sql, kind, cursor, limit + 1).map((row) => ({ id: String(row.id), json: row.json }));
    return toPage(rows, limit, ({ json }) => parseJson<T>(json));
  }
  const listKeyPairs = () => list<KeyPair>('key_pair', { limit: 1000 }).items;
  const findActive = (region: string) =>
    listKeyPairs().find((pair) => pair.region === region && pair.state === 'active');

  function sweep(nowSeconds: number): void {
    if (nowSeconds - sweptAt < sweepEverySeconds) return;
    sweptAt = nowSeconds;
    change('DELETE FROM sessions WHERE issued_at < ?', nowSeconds - sessionLifetimeSeconds);
    revocationTables.sweep(nowSeconds);
  }

  return {
    close: async () => db.close(),
    ping: () => read(() => void first('SELECT 1')),

    loadIssuance: ({ channelArn, viewerId, region }) =>
      read(() => {
        const channel = find<Channel>('channel', channelArn);
        return {
          channel,
          policy: channel?.policyId ? find<Policy>('policy', channel.policyId) : undefined,
          activeKeyPairId: findActive(region)?.id,
          scopes: revocationTables.loadScopes(viewerId, channelArn),
        };
      }),
    recordSession: ({ channelArn, viewerId, sessionVersion, issuedAt }) =>
      atomically(() => {
        const { floor, blockedUntil } = combineScopes(revocationTables.loadScopes(viewerId, channelArn));
        if (floor >= sessionVersion || blockedUntil > issuedAt) return 'overtaken' as const;
        change(
          'INSERT OR REPLACE INTO sessions (viewer_id, channel_arn, issued_at) VALUES (?, ?, ?)',
          viewerId,
          channelArn,
          issuedAt,
        );
        sweep(issuedAt);
        return 'recorded' as const;
      }),

    recordRevocation: (draft) => atomically(() => revocationTables.record(draft)),
    getRevocation: (id) => read(() => revocationTables.find(id)),
    listRevocations: (page) => read(() => revocationTables.list(page)),
    liftBlock: (id, nowSeconds) => atomically(() => revocationTables.lift(id, nowSeconds)),
    claimDeliveries: (claim) => atomically(() => revocationTables.claim(claim)),
    settleDeliveries: (settlement) => atomically(() => revocationTables.settle(settlement)),

    getChannel: (channelArn) => read(() => find<Channel>('channel', channelArn)),
    putChannel: (channel) =>
      atomically(() => {
        if (channel.policyId !== null && find('policy', channel.policyId) === undefined)
          return 'policy_not_found' as const;
        write('channel', channel.channelArn, channel);
        return 'stored' as const;
      }),
    deleteChannel: (channelArn) => atomically(() => remove('channel', channelArn)),
    listChannels: (page) => read(() => list<Channel>('channel', page)),

    getPolicy: (id) => read(() => find<Policy>('policy', id)),
    putPolicy: (policy) => atomically(() => void write('policy', policy.id, policy)),
    deletePolicy: (id) =>
      atomically(() => {
        const usesPolicy = "SELECT 1 FROM records WHERE kind = 'channel' AND json ->> 'policyId' = ?";
        if (first(usesPolicy, id) !== undefined) return 'in_use' as const;
        return remove('policy', id) ? ('deleted' as const) : ('not_found' as const);
      }),
    listPolicies: (page) => read(() => list<Policy>('policy', page)),

    getClient: (id) => read(() => find<ApiClient>('client', id)),
    putClient: (client) => atomically(() => void write('client', client.id, client)),
    deleteClient: (id) => atomically(() => remove('client', id)),
    listClients: (page) => read(() => list<ApiClient>('client', page)),

    getKeyPair: (id) => read(() => find<KeyPair>('key_pair', id)),
    putKeyPair: (keyPair) => atomically(() => void write('key_pair', keyPair.id, keyPair)),
    markImported: (id, imported) =>
      atomically(() => {
        const pending = find<KeyPair>('key_pair', id);
        if (pending === undefined || pending.state === 'retiring') return undefined;
        const state = (findActive(pending.region)?.id ?? id) === id ? 'active' : 'imported';
        const keyPair: KeyPair = { ...pending, ...imported, state };
        write('key_pair', id, keyPair);
        return keyPair;
      }),
    retireKeyPair: (id) => atomically(() => retireKeyPair(id)),
    deleteKeyPair: (id) => atomically(() => remove('key_pair', id)),
    listKeyPairs: () => read(listKeyPairs),
  };

  function retireKeyPair(id: KeyPairId): KeyPair | undefined {
    const keyPair = find<KeyPair>('key_pair', id);
    if (keyPair === undefined) return undefined;
    const retired: KeyPair = { ...keyPair, state: 'retiring' };
    write('key_pair', id, retired);
    if (keyPair.state !== 'active') return retired;
    const heir = listKeyPairs().findLast(({ region, state }) => region === keyPair.region && state === 'imported');
    if (heir !== undefined) write('key_pair', heir.id, { ...heir, state: 'active' });
    return retired;
  }
}

function openDatabase(file: string): DatabaseSync {
  if (file !== ':memory:') {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Made before SQLite opens it, which gives its write-ahead log the permissions that the database has.
    closeSync(openSync(file, 'a', 0o600));
  }
  const db = new DatabaseSync(file);
  db.exec(schema);
  return db;
}

function parseJson<T>(value: unknown): T | undefined {
  return typeof value === 'string' ? (JSON.parse(value) as T) : undefined;
}
