/** Deletes from SQLite what time has made useless. */
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import { floorLifetimeSeconds } from '../retention.ts';
import type { Sql } from './database.ts';

/** Between two sweeps. */
const sweepEverySeconds = 60;

/** A sweep that does nothing when one was less than a minute before. It runs inside whatever transaction is open. */
export function createSweep({ change }: Sql): (nowSeconds: number) => void {
  let sweptAt = 0;
  return function sweep(nowSeconds) {
    if (nowSeconds - sweptAt < sweepEverySeconds) return;
    sweptAt = nowSeconds;
    change('DELETE FROM sessions WHERE issued_at < ?', nowSeconds - sessionLifetimeSeconds);
    change('DELETE FROM floors WHERE floor < ?', nowSeconds - floorLifetimeSeconds);
    change('DELETE FROM blocks WHERE blocked_until < ?', nowSeconds);
    const over = 'SELECT id FROM revocations WHERE expires_at < ?';
    change(`DELETE FROM deliveries WHERE revocation_id IN (${over})`, nowSeconds);
    change('DELETE FROM revocations WHERE expires_at < ?', nowSeconds);
  };
}
