/** Settling in SQLite: what becomes of a delivery that was tried. Each function runs inside whatever transaction is open. */
import type { Delivery, DeliveryOutcome } from '../../revocations/delivery.ts';
import type { Sql } from './database.ts';
import { keepFailed } from './failed-deliveries.ts';
import { addToCounts } from './revocation-records.ts';

/** A delivery with what became of it. */
export interface Settled {
  readonly delivery: Delivery;
  readonly outcome: DeliveryOutcome;
}

const ofDelivery = 'revocation_id = ? AND channel_arn = ? AND viewer_id = ?';

/** Notes what became of a delivery. One that waits no longer stays as it was settled before. */
export function settle(sql: Sql, { delivery, outcome }: Settled): void {
  const { revocationId: id } = delivery;
  if (outcome.kind === 'retry') move(sql, delivery, 'due_at_ms = ?', outcome.atMs);
  else if (outcome.kind === 'alone') move(sql, delivery, "queue = 'alone', due_at_ms = ?", 0);
  else if (takeOut(sql, delivery)) {
    const isOneMore = outcome.kind === 'failed' && keepFailed(sql, delivery, outcome.reason);
    addToCounts(sql, id, { pending: -1, delivered: Number(outcome.kind === 'delivered'), failed: Number(isOneMore) });
  }
}

function move({ change }: Sql, { revocationId, channelArn, viewerId }: Delivery, place: string, dueAtMs: number): void {
  change(`UPDATE deliveries SET ${place} WHERE ${ofDelivery}`, dueAtMs, revocationId, channelArn, viewerId);
}

/** One whose floor was raised since it was claimed stays: IVS has not been told of that. */
function takeOut({ change }: Sql, { revocationId, channelArn, viewerId, floor }: Delivery): boolean {
  const values = [revocationId, channelArn, viewerId, floor];
  return change(`DELETE FROM deliveries WHERE ${ofDelivery} AND floor <= ?`, ...values) > 0;
}
