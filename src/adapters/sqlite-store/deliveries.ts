/** Deliveries in SQLite: queued with their revocation, claimed region by region, settled one by one. */
import { type ChannelArn, type Region, type RevocationId, toRegion, type ViewerId } from '../../ids.ts';
import { type Delivery, type DeliveryBatch, sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import type { DeliveryClaim, DeliverySettlement, DeliveryStore, RevocationDraft } from '../../revocations/ports.ts';
import type { DeliveryCounts } from '../../revocations/record.ts';
import type { Database, Row, Sql } from './database.ts';

/** Binds the deliveries to the database. */
export function createDeliveryStore(database: Database): DeliveryStore {
  return {
    claim: (claim) => database.atomically(() => claimDeliveries(database, claim)),
    settle: (settlement) => database.atomically(() => settleDeliveries(database, settlement)),
  };
}

/** Queues a delivery for each (channel, viewer) that a revocation concerns. Runs inside whatever transaction is open. */
export function queueDeliveries(sql: Sql, draft: RevocationDraft, floor: number): void {
  const { target, createdAt } = draft;
  const since = createdAt - sessionLifetimeSeconds;
  if (target.scope === 'viewer_on_channel') queueOne(sql, draft, floor, target);
  if (target.scope === 'viewer') {
    const { viewerId } = target;
    const watched = 'SELECT channel_arn FROM sessions WHERE viewer_id = ? AND issued_at >= ?';
    for (const row of sql.all(watched, viewerId, since))
      queueOne(sql, draft, floor, { viewerId, channelArn: String(row.channel_arn) as ChannelArn });
  }
  if (target.scope === 'channel') queueCrowd(sql, draft, floor, target.channelArn);
}

/** How far IVS has been told of a revocation. Runs inside whatever transaction is open. */
export function countDeliveries({ all }: Sql, id: RevocationId): DeliveryCounts {
  const counts = all('SELECT state, COUNT(*) AS count FROM deliveries WHERE revocation_id = ? GROUP BY state', id);
  const count = (state: string) => Number(counts.find((entry) => entry.state === state)?.count ?? 0);
  return { pending: count('pending'), delivered: count('delivered'), failed: count('failed') };
}

const intoDeliveries = 'INSERT INTO deliveries (revocation_id, channel_arn, viewer_id, region, floor, created_at)';

function queueOne(
  { change }: Sql,
  { id, createdAt }: RevocationDraft,
  floor: number,
  { channelArn, viewerId }: Pick<Delivery, 'channelArn' | 'viewerId'>,
): void {
  const values = [id, channelArn, viewerId, toRegion(channelArn), floor, createdAt];
  change(`${intoDeliveries} VALUES (?, ?, ?, ?, ?, ?)`, ...values);
}

function queueCrowd({ change }: Sql, { id, createdAt }: RevocationDraft, floor: number, channelArn: ChannelArn): void {
  const crowd = 'FROM sessions WHERE channel_arn = ? AND issued_at >= ? AND revoked_with_channel = 0';
  const values = [id, toRegion(channelArn), floor, createdAt, channelArn, createdAt - sessionLifetimeSeconds];
  change(`${intoDeliveries} SELECT ?, channel_arn, viewer_id, ?, ?, ? ${crowd}`, ...values);
  change('UPDATE sessions SET revoked_with_channel = 1 WHERE channel_arn = ?', channelArn);
}

function claimDeliveries(sql: Sql, { nowMs, limit, leaseMs }: DeliveryClaim): DeliveryBatch | undefined {
  const region = findDueRegion(sql, nowMs);
  if (region === undefined) return undefined;
  const deliveries = findDue(sql, region, nowMs, limit);
  const lease = 'UPDATE deliveries SET due_at_ms = ? WHERE revocation_id = ? AND channel_arn = ? AND viewer_id = ?';
  for (const { revocationId, channelArn, viewerId } of deliveries)
    sql.change(lease, nowMs + leaseMs, revocationId, channelArn, viewerId);
  for (const id of new Set(deliveries.map(({ revocationId }) => revocationId)))
    sql.change('UPDATE revocations SET served_at_ms = ? WHERE id = ?', nowMs, id);
  const serve = 'INSERT OR REPLACE INTO regions (region, served_at_ms, free_at_ms) VALUES (?, ?, ?)';
  sql.change(serve, region, nowMs, nowMs + leaseMs);
  return { region, deliveries };
}

/** The least recently served of the regions that may be called and have something due. */
function findDueRegion({ first }: Sql, nowMs: number): Region | undefined {
  const row = first(
    `SELECT due.region FROM (SELECT DISTINCT region FROM deliveries WHERE state = 'pending' AND due_at_ms <= ?) AS due
     LEFT JOIN regions ON regions.region = due.region
     WHERE COALESCE(free_at_ms, 0) <= ? ORDER BY COALESCE(served_at_ms, 0) LIMIT 1`,
    nowMs,
    nowMs,
  );
  return row && (String(row.region) as Region);
}

/** One of each revocation, then another of each, and so on, least recently served first: a crowd keeps nobody waiting. */
function findDue({ all }: Sql, region: Region, nowMs: number, limit: number): Delivery[] {
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
  return rows.map(toDelivery);
}

function settleDeliveries({ change }: Sql, { region, settled, nowMs, paceMs }: DeliverySettlement): void {
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
