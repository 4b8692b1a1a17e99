/** What SQLite knows of one viewer, and how all their blocks are taken away. */
import { toAuditDraft } from '../../audit/record.ts';
import type { ChannelArn, RevocationId, ViewerId } from '../../ids.ts';
import { toLifted } from '../../revocations/audited.ts';
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import type { ViewerState, ViewerStore } from '../../revocations/ports.ts';
import { neverLifts } from '../../revocations/scopes.ts';
import { floorLifetimeSeconds } from '../retention.ts';
import type { WriteAudit } from './audit.ts';
import type { Database, Sql } from './database.ts';
import { listEntries } from './ledger.ts';
import { markLifted, renewLife } from './revocation-records.ts';

/** Binds the viewers to the database. */
export function createViewerStore(database: Database, writeAudit: WriteAudit): ViewerStore {
  return {
    get: (viewerId, nowSeconds) => database.read(() => loadViewer(database, viewerId, nowSeconds)),
    liftBlocks: (viewerId, nowSeconds, by) =>
      database.atomically(() => {
        const blocks = listBlocks(database, viewerId, nowSeconds);
        liftBlocks(database, viewerId, nowSeconds);
        if (by !== undefined && blocks.length > 0) writeAudit(toAuditDraft(by, toLifted(viewerId, blocks)));
        return blocks.length;
      }),
  };
}

function loadViewer(sql: Sql, viewerId: ViewerId, nowSeconds: number): ViewerState {
  const entries = listEntries(sql, viewerId, nowSeconds - sessionLifetimeSeconds);
  const floors = 'SELECT channel_arn, floor FROM floors WHERE viewer_id = ? AND floor >= ?';
  return {
    channels: entries.map(({ channelArn, version, older, issuedAt }) => ({
      channelArn,
      sessionVersion: Math.max(version, older),
      issuedAt,
    })),
    floors: sql.all(floors, viewerId, nowSeconds - floorLifetimeSeconds).map((row) => ({
      channelArn: toChannelArn(row.channel_arn),
      floor: Number(row.floor),
    })),
    blocks: listBlocks(sql, viewerId, nowSeconds),
  };
}

function listBlocks({ all }: Sql, viewerId: ViewerId, nowSeconds: number): ViewerState['blocks'] {
  const blocks =
    'SELECT channel_arn, revocation_id, blocked_until FROM blocks WHERE viewer_id = ? AND blocked_until > ?';
  return all(blocks, viewerId, nowSeconds).map((row) => ({
    revocationId: String(row.revocation_id) as RevocationId,
    channelArn: toChannelArn(row.channel_arn),
    until: row.blocked_until === neverLifts ? null : Number(row.blocked_until),
  }));
}

function toChannelArn(column: unknown): ChannelArn | null {
  return column === '' ? null : (String(column) as ChannelArn);
}

function liftBlocks(sql: Sql, viewerId: ViewerId, nowSeconds: number): void {
  const lift = 'DELETE FROM blocks WHERE viewer_id = ? RETURNING revocation_id';
  for (const block of sql.all(lift, viewerId)) {
    const id = String(block.revocation_id) as RevocationId;
    // The others on a list stay blocked, and so does its record.
    const isOwn = sql.first('SELECT 1 FROM revocations WHERE id = ? AND viewer_id = ?', id, viewerId) !== undefined;
    if (isOwn && renewLife(sql, id, nowSeconds)) markLifted(sql, id);
  }
}
