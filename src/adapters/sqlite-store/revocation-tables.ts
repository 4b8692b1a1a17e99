/** Floors, blocks, revocations and deliveries in SQLite. Each function runs inside a transaction of the store. */
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { type ChannelArn, type Region, type RevocationId, toRegion, type ViewerId } from '../../ids.ts';
import type { Page, PageQuery } from '../../page.ts';
import type { RevocationDraft, Store } from '../../ports.ts';
import { type Delivery, type DeliveryBatch, sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import type { Revocation, RevocationTarget } from '../../revocations/record.ts';
import { neverLifts, type ScopeState, toFloor } from '../../revocations/scopes.ts';
import { toPage } from '../page.ts';
import { floorLifetimeSeconds, recordLifetimeSeconds } from '../retention.ts';

type Row = Record<string, SQLOutputValue>;

/** The slice of the database that is used here. */
interface Sql {
  all(sql: string, ...values: SQLInputValue[]): Row[];
  first(sql: string, ...values: SQLInputValue[]): Row | undefined;
  change(sql: string, ...values: SQLInputValue[]): number;
}

/** A scope as its columns; the half that a scope does not have is empty. */
type ScopeKey = readonly [scope: RevocationTarget['scope'], viewerId: string, channelArn: string];

export type RevocationTables = ReturnType<typeof createRevocationTables>;

/** Binds the functions to the database. */
export function createRevocationTables({ all, first, change }: Sql) {
  function loadScope(key: ScopeKey): ScopeState {
    const where = 'scope = ? AND viewer_id = ? AND channel_arn = ?';
    const floor = first(`SELECT floor FROM floors WHERE ${where}`, ...key)?.floor;
    const blockedUntil = first(`SELECT MAX(blocked_until) AS until FROM blocks WHERE ${where}`, ...key)?.until;
    return { floor: Number(floor ?? 0), blockedUntil: Number(blockedUntil ?? 0) };
  }

  function loadScopes(viewerId: ViewerId, channelArn: ChannelArn): ScopeState[] {
    return [
      loadScope(['viewer_on_channel', viewerId, channelArn]),
      loadScope(['viewer', viewerId, '']),
      loadScope(['channel', '', channelArn]),
    ];
  }

  /** The highest floor that may have shaped a token in the target's scope. */
  function highestOverlappingFloor(target: RevocationTarget): number {
    if (target.scope === 'viewer_on_channel')
      return Math.max(...loadScopes(target.viewerId, target.channelArn).map(({ floor }) => floor));
    const row =
      target.scope === 'viewer'
        ? first("SELECT MAX(floor) AS floor FROM floors WHERE viewer_id = ? OR scope = 'channel'", target.viewerId)
        : first("SELECT MAX(floor) AS floor FROM floors WHERE channel_arn = ? OR scope = 'viewer'", target.channelArn);
    return Number(row?.floor ?? 0);
  }

  function queueDeliveries({ id, target, createdAt }: RevocationDraft, floor: number): void {
    const into = 'INSERT INTO deliveries (revocation_id, channel_arn, viewer_id, region, floor, created_at)';
    // The region is the fourth field of the ARN, which differs between the channels of a viewer.
    const insert = (channelArn: string, viewerId: string) =>
      change(
        `${into} VALUES (?, ?, ?, ?, ?, ?)`,
        id,
        channelArn,
        viewerId,
        toRegion(channelArn as ChannelArn),
        floor,
        createdAt,
      );
    const since = createdAt - sessionLifetimeSeconds;
    if (target.scope === 'viewer_on_channel') insert(target.channelArn, target.viewerId);
    if (target.scope === 'viewer')
      for (const row of all(
        'SELECT channel_arn FROM sessions WHERE viewer_id = ? AND issued_at >= ?',
        target.viewerId,
        since,
      ))
        insert(String(row.channel_arn), target.viewerId);
    if (target.scope !== 'channel') return;
    const crowd = 'FROM sessions WHERE channel_arn = ? AND issued_at >= ? AND revoked_with_channel = 0';
    change(
      `${into} SELECT ?, channel_arn, viewer_id, ?, ?, ? ${crowd}`,
      id,
      toRegion(target.channelArn),
      floor,
      createdAt,
      target.channelArn,
      since,
    );
    change('UPDATE sessions SET revoked_with_channel = 1 WHERE channel_arn = ?', target.channelArn);
  }

  function toRevocation(row: Row | undefined): Revocation | undefined {
    if (row === undefined) return undefined;
    const draft = JSON.parse(String(row.draft)) as RevocationDraft;
    const counts = all(
      'SELECT state, COUNT(*) AS count FROM deliveries WHERE revocation_id = ? GROUP BY state',
      draft.id,
    );
    const count = (state: string) => Number(counts.find((entry) => entry.state === state)?.count ?? 0);
    return {
      ...draft,
      block: row.lifted === 0 ? draft.block : null,
      floor: Number(row.floor),
      delivery: { pending: count('pending'), delivered: count('delivered'), failed: count('failed') },
    };
  }

  function find(id: RevocationId): Revocation | undefined {
    return toRevocation(first('SELECT draft, floor, lifted FROM revocations WHERE id = ?', id));
  }

  return {
    loadScopes,
    find,

    record(draft: RevocationDraft): Revocation {
      const { id, target, block, createdAt } = draft;
      const key: ScopeKey = [
        target.scope,
        target.scope === 'channel' ? '' : target.viewerId,
        target.scope === 'viewer' ? '' : target.channelArn,
      ];
      const floor = toFloor(createdAt, highestOverlappingFloor(target));
      const until = block === null ? 0 : (block.until ?? neverLifts);
      const expiresAt = until === neverLifts ? neverLifts : Math.max(createdAt, until) + recordLifetimeSeconds;
      change('INSERT OR REPLACE INTO floors (scope, viewer_id, channel_arn, floor) VALUES (?, ?, ?, ?)', ...key, floor);
      if (block !== null)
        change(
          'INSERT INTO blocks (revocation_id, scope, viewer_id, channel_arn, blocked_until) VALUES (?, ?, ?, ?, ?)',
          id,
          ...key,
          until,
        );
      change(
        'INSERT INTO revocations (id, draft, floor, expires_at) VALUES (?, ?, ?, ?)',
        id,
        JSON.stringify(draft),
        floor,
        expiresAt,
      );
      queueDeliveries(draft, floor);
      const recorded = find(id);
      if (recorded === undefined) throw new TypeError('a revocation was not recorded');
      return recorded;
    },

    list({ cursor, limit }: PageQuery): Page<Revocation> {
      const sql = 'SELECT id, draft, floor, lifted FROM revocations WHERE id < ? ORDER BY id DESC LIMIT ?';
      const rows = all(sql, cursor ?? '~', limit + 1).map((row) => ({ id: String(row.id), row }));
      return toPage(rows, limit, ({ row }) => toRevocation(row));
    },

    lift(id: RevocationId, nowSeconds: number): boolean {
      change('DELETE FROM blocks WHERE revocation_id = ?', id);
      const expiresAt = nowSeconds + recordLifetimeSeconds;
      return change('UPDATE revocations SET lifted = 1, expires_at = ? WHERE id = ?', expiresAt, id) > 0;
    },

    claim({ nowMs, limit, leaseMs }: Parameters<Store['claimDeliveries']>[0]): DeliveryBatch | undefined {
      const region = first(
        `SELECT due.region FROM (SELECT DISTINCT region FROM deliveries WHERE state = 'pending' AND due_at_ms <= ?) AS due
         LEFT JOIN regions ON regions.region = due.region
         WHERE COALESCE(free_at_ms, 0) <= ? ORDER BY COALESCE(served_at_ms, 0) LIMIT 1`,
        nowMs,
        nowMs,
      )?.region;
      if (region === undefined) return undefined;
      // One of each revocation, then another of each, and so on, least recently served first: a crowd keeps nobody waiting.
      const rows = all(
        `SELECT revocation_id, channel_arn, viewer_id, deliveries.floor, created_at,
           ROW_NUMBER() OVER (PARTITION BY revocation_id ORDER BY due_at_ms) AS turn
         FROM deliveries JOIN revocations ON revocations.id = revocation_id
         WHERE state = 'pending' AND due_at_ms <= ? AND region = ?
         ORDER BY turn, served_at_ms, revocation_id LIMIT ?`,
        nowMs,
        region,
        limit,
      );
      const deliveries = rows.map(toDelivery);
      for (const { revocationId, channelArn, viewerId } of deliveries)
        change(
          'UPDATE deliveries SET due_at_ms = ? WHERE revocation_id = ? AND channel_arn = ? AND viewer_id = ?',
          nowMs + leaseMs,
          revocationId,
          channelArn,
          viewerId,
        );
      for (const id of new Set(deliveries.map(({ revocationId }) => revocationId)))
        change('UPDATE revocations SET served_at_ms = ? WHERE id = ?', nowMs, id);
      const serve = 'INSERT OR REPLACE INTO regions (region, served_at_ms, free_at_ms) VALUES (?, ?, ?)';
      change(serve, region, nowMs, nowMs + leaseMs);
      return { region: String(region) as Region, deliveries };
    },

    settle({ region, settled, nowMs, paceMs }: Parameters<Store['settleDeliveries']>[0]): void {
      for (const { delivery, outcome } of settled)
        change(
          "UPDATE deliveries SET state = ?, due_at_ms = ? WHERE revocation_id = ? AND channel_arn = ? AND viewer_id = ? AND state = 'pending'",
          outcome.kind === 'retry' ? 'pending' : outcome.kind,
          outcome.kind === 'retry' ? outcome.atMs : 0,
          delivery.revocationId,
          delivery.channelArn,
          delivery.viewerId,
        );
      change('UPDATE regions SET free_at_ms = MAX(served_at_ms + ?, ?) WHERE region = ?', paceMs, nowMs, region);
    },

    /** Deletes what time has made useless. */
    sweep(nowSeconds: number): void {
      change('DELETE FROM floors WHERE floor < ?', nowSeconds - floorLifetimeSeconds);
      change('DELETE FROM blocks WHERE blocked_until < ?', nowSeconds);
      change(
        'DELETE FROM deliveries WHERE revocation_id IN (SELECT id FROM revocations WHERE expires_at < ?)',
        nowSeconds,
      );
      change('DELETE FROM revocations WHERE expires_at < ?', nowSeconds);
    },
  };
}

function toDelivery(row: Row): Delivery {
  return {
    revocationId: String(row.revocation_id) as RevocationId,
    channelArn: String(row.channel_arn) as ChannelArn,
    viewerId: String(row.viewer_id) as ViewerId,
    floor: Number(row.floor),
    createdAt: Number(row.created_at),
  };
}
