/** The deliveries in SQLite that wait to be sent, bound to the database. */
import type { DeliveryStore } from '../../revocations/ports.ts';
import { claimDeliveries } from './claims.ts';
import type { Database } from './database.ts';
import { inPieces } from './pieces.ts';
import { settle } from './settlement.ts';

/** Deliveries that are settled in one transaction: more than are sent in one call. */
const settledInPiece = 50;

/** Binds the deliveries to the database. */
export function createDeliveryStore(database: Database): DeliveryStore {
  return {
    claim: (claim) => database.atomically(() => claimDeliveries(database, claim)),
    settle(settled) {
      let done = 0;
      return inPieces(database.atomically, () => {
        for (const one of settled.slice(done, done + settledInPiece)) settle(database, one);
        done += settledInPiece;
        return done < settled.length ? 'going' : undefined;
      });
    },
  };
}
