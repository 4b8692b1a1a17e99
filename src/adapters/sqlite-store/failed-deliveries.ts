/** Failed deliveries in SQLite: kept with their revocation, listed, and made pending again. Each function runs inside whatever transaction is open. */
import type { RevocationId } from '../../ids.ts';
import type { Page, PageQuery } from '../../page.ts';
import type { Delivery } from '../../revocations/delivery.ts';
import type { FailedDelivery } from '../../revocations/ports.ts';
import type { Scope } from '../../revocations/record.ts';
import { toPage } from '../page.ts';
import type { Sql } from './database.ts';
import { enqueue, type Found } from './queue.ts';
import { addToCounts } from './revocation-records.ts';

/** Most that are kept for one revocation; its count is true beyond. */
const mostKept = 10_000;

/** Keeps a delivery that IVS refused, if there is room. Whether it is one more: one that was kept before and not sent again since was counted then. */
export function keepFailed({ change }: Sql, delivery: Delivery, reason: string): boolean {
  const { revocationId, channelArn, viewerId, floor } = delivery;
  const again =
    'UPDATE failed_deliveries SET floor = ?, reason = ? WHERE revocation_id = ? AND channel_arn = ? AND viewer_id = ?';
  if (change(again, floor, reason, revocationId, channelArn, viewerId) > 0) return false;
  const room = 'UPDATE revocations SET failed_kept = failed_kept + 1 WHERE id = ? AND failed_kept < ?';
  if (change(room, revocationId, mostKept) === 0) return true;
  const insert =
    'INSERT INTO failed_deliveries (revocation_id, channel_arn, viewer_id, floor, reason) VALUES (?, ?, ?, ?, ?)';
  change(insert, revocationId, channelArn, viewerId, floor, reason);
  return true;
}

/** A page of what IVS refused of a revocation, by channel and viewer. */
export function listFailed({ all }: Sql, id: RevocationId, { cursor = '', limit }: PageQuery): Page<FailedDelivery> {
  const [channelArn = '', viewerId = ''] = cursor.split(' ');
  const after = 'revocation_id = ? AND (channel_arn, viewer_id) > (?, ?) ORDER BY channel_arn, viewer_id LIMIT ?';
  const columns = 'channel_arn, viewer_id, reason';
  const rows = all(`SELECT ${columns} FROM failed_deliveries WHERE ${after}`, id, channelArn, viewerId, limit + 1);
  const failed = rows.map((row) => ({
    id: `${row.channel_arn} ${row.viewer_id}`,
    channelArn: String(row.channel_arn) as FailedDelivery['channelArn'],
    viewerId: String(row.viewer_id) as FailedDelivery['viewerId'],
    reason: String(row.reason),
  }));
  return toPage(failed, limit, (row) => ({ channelArn: row.channelArn, viewerId: row.viewerId, reason: row.reason }));
}

/** How many failed deliveries are kept; undefined when there is no such revocation. */
export function countKept({ first }: Sql, id: RevocationId): number | undefined {
  const row = first('SELECT failed_kept FROM revocations WHERE id = ? AND acknowledged = 1', id);
  return row && Number(row.failed_kept);
}

/** Makes at most so many failed deliveries pending again. How many there were. */
export function retryFailed(sql: Sql, id: RevocationId, nowMs: number, most: number): number {
  const scope = sql.first('SELECT scope FROM revocations WHERE id = ?', id)?.scope as Scope | undefined;
  const queue = scope === 'viewer' || scope === 'viewer_on_channel' ? 'urgent' : 'bulk';
  const some = 'DELETE FROM failed_deliveries WHERE revocation_id = ? AND (channel_arn, viewer_id) IN';
  const first = 'SELECT channel_arn, viewer_id FROM failed_deliveries WHERE revocation_id = ? LIMIT ?';
  const rows = sql.all(`${some} (${first}) RETURNING channel_arn, viewer_id, floor`, id, id, most);
  let pending = 0;
  for (const row of rows) {
    const found = { channelArn: row.channel_arn, viewerId: row.viewer_id, floor: row.floor } as Found;
    pending += enqueue(sql, id, found, { queue, dueAtMs: nowMs });
  }
  addToCounts(sql, id, { pending, failed: -rows.length });
  sql.change('UPDATE revocations SET failed_kept = failed_kept - ? WHERE id = ?', rows.length, id);
  return rows.length;
}
