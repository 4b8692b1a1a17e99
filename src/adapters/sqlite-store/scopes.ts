/** Floors and blocks in SQLite, by scope. Each function runs inside whatever transaction is open. */
import type { ChannelArn, ViewerId } from '../../ids.ts';
import type { RevocationTarget } from '../../revocations/record.ts';
import type { ScopeState } from '../../revocations/scopes.ts';
import type { Sql } from './database.ts';

/** A scope as its columns; the half that a scope does not have is empty. */
export type ScopeKey = readonly [scope: RevocationTarget['scope'], viewerId: string, channelArn: string];

/** The columns of a target's scope. */
export function toScopeKey(target: RevocationTarget): ScopeKey {
  return [
    target.scope,
    target.scope === 'channel' ? '' : target.viewerId,
    target.scope === 'viewer' ? '' : target.channelArn,
  ];
}

/** The state of each scope that a viewer is under on a channel. */
export function loadScopes(sql: Sql, viewerId: ViewerId, channelArn: ChannelArn): ScopeState[] {
  return [
    loadScope(sql, ['viewer_on_channel', viewerId, channelArn]),
    loadScope(sql, ['viewer', viewerId, '']),
    loadScope(sql, ['channel', '', channelArn]),
  ];
}

/** The highest floor that may have shaped a token in the target's scope; 0 when there is none. */
export function loadHighestOverlappingFloor(sql: Sql, target: RevocationTarget): number {
  if (target.scope === 'viewer_on_channel')
    return Math.max(...loadScopes(sql, target.viewerId, target.channelArn).map(({ floor }) => floor));
  const row =
    target.scope === 'viewer'
      ? sql.first("SELECT MAX(floor) AS floor FROM floors WHERE viewer_id = ? OR scope = 'channel'", target.viewerId)
      : sql.first(
          "SELECT MAX(floor) AS floor FROM floors WHERE channel_arn = ? OR scope = 'viewer'",
          target.channelArn,
        );
  return Number(row?.floor ?? 0);
}

function loadScope({ first }: Sql, key: ScopeKey): ScopeState {
  const where = 'scope = ? AND viewer_id = ? AND channel_arn = ?';
  const floor = first(`SELECT floor FROM floors WHERE ${where}`, ...key)?.floor;
  const blockedUntil = first(`SELECT MAX(blocked_until) AS until FROM blocks WHERE ${where}`, ...key)?.until;
  return { floor: Number(floor ?? 0), blockedUntil: Number(blockedUntil ?? 0) };
}
