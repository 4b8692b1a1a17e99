/** One step of a walk in SQLite: whom it finds in the ledger of a channel, or in a list of viewers. Each function runs inside whatever transaction is open. */
import type { ChannelArn, ViewerId } from '../../ids.ts';
import type { Sql } from './database.ts';
import type { Advance, Job } from './jobs.ts';
import { type LedgerEntry, listEntries, listHour } from './ledger.ts';
import type { Found } from './queue.ts';
import { loadFloor, loadHighestOwnFloor, raiseFloor } from './scopes.ts';

/** Most viewers that are looked at in a step, and about the most deliveries that it finds. */
const mostInStep = 200;

/** Where a step ended, and whom it found. */
export interface Stretch extends Advance {
  readonly found: readonly Found[];
}

/** Walks on from where the job is, until so many are found or enough are looked at. Whoever calls it moves the job. */
export function walk(sql: Sql, job: Job, limit: number): Stretch {
  return job.scope === 'channel' && job.channelArn !== ''
    ? walkChannel(sql, { ...job, channelArn: job.channelArn }, limit)
    : walkList(sql, job, limit);
}

type ChannelJob = Job & { readonly channelArn: ChannelArn };

function walkChannel(sql: Sql, job: ChannelJob, limit: number): Stretch {
  const { channelArn, lastHour } = job;
  const found: Found[] = [];
  let { hour, viewerId } = job;
  let walked = 0;
  while (hour >= lastHour && found.length < limit && walked < mostInStep) {
    // No more than are still wanted: each that is read is looked at, and none a second time.
    const most = Math.min(limit - found.length, mostInStep - walked);
    const entries = listHour(sql, { channelArn, hour, after: viewerId, limit: most });
    for (const entry of entries) {
      const floor = toDeliveryFloor(entry, job.floor);
      if (floor === undefined || entry.issuedAt < job.since) continue;
      found.push({ channelArn, viewerId: entry.viewerId, floor });
      if (floor > job.floor) raiseFloor(sql, { viewerId: entry.viewerId, channelArn }, floor);
    }
    walked += entries.length;
    viewerId = entries.length < most ? '' : (entries.at(-1)?.viewerId ?? '');
    if (entries.length < most) hour--;
  }
  return { found, walked, hour, viewerId, done: hour < lastHour };
}

/**
 * The floor up to which the sessions of an entry end with a floor of the channel; undefined when all of them came after it.
 * A clock that ran ahead may have given a version above the floor before the decision. Pure.
 */
export function toDeliveryFloor(entry: LedgerEntry, channelFloor: number): number | undefined {
  if (entry.channelFloor < channelFloor) return Math.max(channelFloor, entry.version, entry.older);
  return entry.older > 0 ? Math.max(channelFloor, entry.older) : undefined;
}

function walkList(sql: Sql, job: Job, limit: number): Stretch {
  const page = 'revocation_id = ? AND viewer_id > ? ORDER BY viewer_id LIMIT ?';
  const most = Math.min(limit, mostInStep);
  const rows = sql.all(
    `SELECT viewer_id, floor FROM listed_viewers WHERE ${page}`,
    job.revocationId,
    job.viewerId,
    most,
  );
  const found: Found[] = [];
  let { viewerId } = job;
  let walked = 0;
  for (const row of rows) {
    if (found.length >= most) break;
    viewerId = String(row.viewer_id);
    found.push(...findSessions(sql, job, viewerId as ViewerId, Number(row.floor)));
    walked++;
  }
  return { found, walked, hour: job.hour, viewerId, done: walked === rows.length && rows.length < most };
}

/** A listed viewer has one delivery on the channel, whether they were seen or not; everywhere, one for each channel with a session. */
function findSessions(sql: Sql, { channelArn, since }: Job, viewerId: ViewerId, ownFloor: number): Found[] {
  if (channelArn !== '')
    return [{ channelArn, viewerId, floor: Math.max(ownFloor, loadHighestOwnFloor(sql, viewerId, channelArn)) }];
  const everywhere = Math.max(ownFloor, loadFloor(sql, { viewerId, channelArn: '' }));
  return listEntries(sql, viewerId, since).map((entry) => ({
    channelArn: entry.channelArn,
    viewerId,
    floor: Math.max(everywhere, loadFloor(sql, { viewerId, channelArn: entry.channelArn })),
  }));
}
