/** The deliveries in SQLite that wait to be sent, bound to the database. */
import type { DeliveryStore } from '../../revocations/ports.ts';
import { claimDeliveries } from './claims.ts';
import type { Database, Sql } from './database.ts';
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
    count: () =>
      database.read(() => ({
        waiting: count(database, 'deliveries'),
        pending: count(database, `revocations WHERE ${isPending}`),
        failed: count(database, 'revocations WHERE failed > 0'),
        oldestDecidedAt: findOldest(database),
      })),
  };
}

/** As the index says it that has these alone. */
const isPending = 'pending > 0 OR walk_done = 0';

function count(sql: Sql, rows: string): number {
  return Number(sql.first(`SELECT count(*) AS found FROM ${rows}`)?.found);
}

/** Ids begin with the time of their making. */
function findOldest(sql: Sql): number | null {
  const found = sql.first(`SELECT created_at FROM revocations WHERE ${isPending} ORDER BY id LIMIT 1`);
  return found === undefined ? null : Number(found.created_at);
}
