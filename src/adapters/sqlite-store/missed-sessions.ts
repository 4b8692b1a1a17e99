/** Sessions that a walk in SQLite would miss: a viewer who gets a token while their channel is walked moves to an hour that is walked already. */
import type { RevocationId } from '../../ids.ts';
import type { SessionRecord } from '../../tokens/record.ts';
import type { Sql } from './database.ts';
import { isAhead, listChannelJobs } from './jobs.ts';
import { type LedgerEntry, toHour } from './ledger.ts';
import { enqueue } from './queue.ts';
import { addToCounts } from './revocation-records.ts';
import { raiseFloor } from './scopes.ts';
import { toDeliveryFloor } from './walk.ts';

/** A delivery that a walk would have found. */
interface Missed {
  readonly revocationId: RevocationId;
  readonly floor: number;
}

/** The entry of a viewer without a session, and with it. */
interface Change {
  readonly before: LedgerEntry;
  readonly after: LedgerEntry;
}

/** What the walks of a channel would miss when the entry changes. It runs inside whatever transaction is open. */
export function findMissed(sql: Sql, { viewerId, channelArn }: SessionRecord, { before, after }: Change): Missed[] {
  const [from, to] = [toHour(before.issuedAt), toHour(after.issuedAt)];
  if (from === to) return [];
  return listChannelJobs(sql, channelArn)
    .filter((job) => isAhead(job, from, viewerId) && !isAhead(job, to, viewerId))
    .filter((job) => toDeliveryFloor(before, job.floor) !== undefined)
    .map(({ revocationId, floor }) => ({ revocationId, floor: toDeliveryFloor(after, floor) ?? floor }));
}

/**
 * Queues what was missed. False, and nothing queued, when one of them would end this session too: the viewer's floor is raised
 * then, and their next version is above it. It runs inside whatever transaction is open.
 */
export function meet(sql: Sql, session: SessionRecord, missed: readonly Missed[]): boolean {
  const { viewerId, channelArn, sessionVersion } = session;
  const highest = Math.max(0, ...missed.map(({ floor }) => floor));
  // Floors of the whole channel are below the version, so this one is the viewer's own.
  if (highest >= sessionVersion) {
    raiseFloor(sql, { viewerId, channelArn }, highest);
    return false;
  }
  for (const { revocationId, floor } of missed) {
    const found = { channelArn, viewerId, floor };
    addToCounts(sql, revocationId, { pending: enqueue(sql, revocationId, found, { queue: 'bulk', dueAtMs: 0 }) });
  }
  return true;
}
