/** The reach of a revocation in SQLite: whom it would meet, counted in the ledger a piece at a time. */
import type { ChannelArn, ViewerId } from '../../ids.ts';
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import type { Reach, RevocationStore } from '../../revocations/ports.ts';
import { clockAllowanceSeconds } from '../../revocations/scopes.ts';
import type { Database } from './database.ts';
import { toHour } from './ledger.ts';
import { inPieces } from './pieces.ts';

/** Listed viewers, and sessions of a channel, that are counted in one go. */
const viewersInPiece = 250;
const sessionsInPiece = 2000;

/** Binds the estimate to the database. Each viewer of a channel is one row, so that it is always exact. */
export function createReach(database: Database): RevocationStore['estimate'] {
  return function estimate(target, viewerIds, nowSeconds) {
    const since = nowSeconds - sessionLifetimeSeconds;
    if (target.scope === 'channel') return countChannel(database, target.channelArn, nowSeconds);
    const channelArn = 'channelArn' in target ? target.channelArn : undefined;
    const listed = 'viewerId' in target ? [target.viewerId] : viewerIds;
    return countViewers(database, listed, { channelArn, since });
  };
}

interface SessionsQuery {
  readonly channelArn: ChannelArn | undefined;
  readonly since: number;
}

function countViewers(database: Database, viewerIds: readonly ViewerId[], { channelArn, since }: SessionsQuery) {
  const found = 'FROM json_each(?) JOIN sessions ON viewer_id = value WHERE issued_at >= ?';
  const counts = `SELECT COUNT(DISTINCT viewer_id) AS viewers, COUNT(*) AS sessions ${found}`;
  let [viewers, sessions, done] = [0, 0, 0];
  return inPieces<Reach>(database.read, () => {
    const piece = JSON.stringify(viewerIds.slice(done, done + viewersInPiece));
    const row =
      channelArn === undefined
        ? database.first(counts, piece, since)
        : database.first(`${counts} AND channel_arn = ?`, piece, since, channelArn);
    viewers += Number(row?.viewers);
    sessions += Number(row?.sessions);
    done += viewersInPiece;
    return done < viewerIds.length ? 'going' : { viewers, sessions, exact: true };
  });
}

function countChannel(database: Database, channelArn: ChannelArn, nowSeconds: number): Promise<Reach> {
  const since = nowSeconds - sessionLifetimeSeconds;
  const page = 'hour = ? AND channel_arn = ? AND viewer_id > ? ORDER BY viewer_id LIMIT ?';
  const members = `SELECT viewer_id, issued_at >= ? AS is_within FROM sessions WHERE ${page}`;
  const count = `SELECT COUNT(*) AS looked, SUM(is_within) AS viewers, MAX(viewer_id) AS last FROM (${members})`;
  let [viewers, viewerId, hour] = [0, '', toHour(nowSeconds + clockAllowanceSeconds)];
  return inPieces<Reach>(database.read, () => {
    for (let left = sessionsInPiece; left > 0; ) {
      if (hour < toHour(since)) return { viewers, sessions: viewers, exact: true };
      const row = database.first(count, since, hour, channelArn, viewerId, left);
      const looked = Number(row?.looked);
      viewers += Number(row?.viewers ?? 0);
      viewerId = looked < left ? '' : String(row?.last);
      if (looked < left) hour--;
      left -= looked;
    }
    return 'going';
  });
}
