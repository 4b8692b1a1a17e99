/** The queues of deliveries in SQLite: how one is put in. Each function runs inside whatever transaction is open. */
import type { RevocationId } from '../../ids.ts';
import { type Delivery, toBudget } from '../../revocations/delivery.ts';
import type { Row, Sql } from './database.ts';

/** `urgent` for single viewers, `bulk` for what jobs find, `alone` for what must be sent by itself, `device` for devices that a newer one replaced. */
export type Queue = 'urgent' | 'bulk' | 'alone' | 'device';

/** Stands for the revocation of deliveries that nobody decided on: one for each viewer on each channel at most. */
const replacedId = 'device' as RevocationId;

/** Whom IVS must be told of. */
export type Found = Pick<Delivery, 'channelArn' | 'viewerId' | 'floor'>;

/** Where a delivery waits, and from when on it may be sent. */
export interface Place {
  readonly queue: Queue;
  readonly dueAtMs: number;
}

/** Queues a delivery. One that waits already keeps its place and gets the higher floor. How many that makes more: 1 or 0. */
export function enqueue(sql: Sql, id: RevocationId, found: Found, { queue, dueAtMs }: Place): 0 | 1 {
  const { channelArn, viewerId, floor } = found;
  const budget = toBudget(channelArn);
  const columns = 'revocation_id, channel_arn, viewer_id, floor, budget, queue, due_at_ms';
  const insert = `INSERT OR IGNORE INTO deliveries (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`;
  openBudget(sql, budget);
  if (sql.change(insert, id, channelArn, viewerId, floor, budget, queue, dueAtMs) > 0) return 1;
  const raise =
    'UPDATE deliveries SET floor = MAX(floor, ?) WHERE revocation_id = ? AND channel_arn = ? AND viewer_id = ?';
  sql.change(raise, floor, id, channelArn, viewerId);
  return 0;
}

/** Queues the end of sessions that a newer device replaced, behind all that operators decided. It is counted for no revocation. */
export function enqueueReplaced(sql: Sql, found: Found, nowSeconds: number): void {
  if (enqueue(sql, replacedId, found, { queue: 'device', dueAtMs: nowSeconds * 1000 }) === 0) return;
  const note = 'UPDATE deliveries SET decided_at = ? WHERE revocation_id = ? AND channel_arn = ? AND viewer_id = ?';
  sql.change(note, nowSeconds, replacedId, found.channelArn, found.viewerId);
}

/** Makes a budget known to those who claim. */
export function openBudget({ change }: Sql, budget: string): void {
  change('INSERT OR IGNORE INTO budgets (budget) VALUES (?)', budget);
}

/** The delivery of a row with `created_at`, the time of its decision. */
export function toDelivery(row: Row): Delivery {
  return {
    revocationId: String(row.revocation_id) as RevocationId,
    channelArn: String(row.channel_arn) as Delivery['channelArn'],
    viewerId: String(row.viewer_id) as Delivery['viewerId'],
    floor: Number(row.floor),
    createdAt: Number(row.created_at),
  };
}
