/** Floors and blocks in SQLite, by scope. Each function runs inside whatever transaction is open. */
import type { ChannelArn, RevocationId, ViewerId } from '../../ids.ts';
import { neverLifts, type ScopeState } from '../../revocations/scopes.ts';
import type { Sql } from './database.ts';

/** A scope as its columns; the half that a scope does not have is empty. */
export interface ScopeKey {
  readonly viewerId: ViewerId | '';
  readonly channelArn: ChannelArn | '';
}

/** The states of the scopes that a viewer is under on a channel. */
interface ViewerScopes {
  readonly onChannel: ScopeState;
  readonly everywhere: ScopeState;
  readonly everyone: ScopeState;
}

/** The state of each scope that a viewer is under on a channel. */
export function loadScopes(sql: Sql, viewerId: ViewerId, channelArn: ChannelArn): ViewerScopes {
  return {
    onChannel: loadScope(sql, { viewerId, channelArn }),
    everywhere: loadScope(sql, { viewerId, channelArn: '' }),
    everyone: loadScope(sql, { viewerId: '', channelArn }),
  };
}

/** The highest floor of the scope; 0 when there is none. */
export function loadFloor({ first }: Sql, { viewerId, channelArn }: ScopeKey): number {
  const row = first('SELECT floor FROM floors WHERE viewer_id = ? AND channel_arn = ?', viewerId, channelArn);
  return Number(row?.floor ?? 0);
}

/** The highest of a viewer's own floors that overlap with them on the channel, or, without one, everywhere; 0 when there is none. */
export function loadHighestOwnFloor(sql: Sql, viewerId: ViewerId, channelArn: ChannelArn | ''): number {
  if (channelArn !== '')
    return Math.max(loadFloor(sql, { viewerId, channelArn }), loadFloor(sql, { viewerId, channelArn: '' }));
  return Number(sql.first('SELECT MAX(floor) AS floor FROM floors WHERE viewer_id = ?', viewerId)?.floor ?? 0);
}

/** Raises the floor of the scope; a higher one stays. */
export function raiseFloor({ change }: Sql, { viewerId, channelArn }: ScopeKey, floor: number): void {
  const raise = 'ON CONFLICT DO UPDATE SET floor = MAX(floor, excluded.floor)';
  change(`INSERT INTO floors (viewer_id, channel_arn, floor) VALUES (?, ?, ?) ${raise}`, viewerId, channelArn, floor);
}

/** A block of a revocation. `until` is null until it is lifted. */
export interface BlockOf {
  readonly revocationId: RevocationId;
  readonly until: number | null;
}

/** Blocks the scope. */
export function addBlock({ change }: Sql, { viewerId, channelArn }: ScopeKey, { revocationId, until }: BlockOf): void {
  const insert =
    'INSERT OR REPLACE INTO blocks (viewer_id, channel_arn, revocation_id, blocked_until) VALUES (?, ?, ?, ?)';
  change(insert, viewerId, channelArn, revocationId, until ?? neverLifts);
}

/** How many blocks stand on a viewer now that are not of this revocation. */
export function countBlocks({ first }: Sql, viewerId: ViewerId, nowSeconds: number, except: RevocationId): number {
  const where = 'viewer_id = ? AND blocked_until > ? AND revocation_id <> ?';
  return Number(first(`SELECT COUNT(*) AS count FROM blocks WHERE ${where}`, viewerId, nowSeconds, except)?.count);
}

/** How many blocks stand on everyone on a channel now. */
export function countChannelBlocks({ first }: Sql, channelArn: ChannelArn, nowSeconds: number): number {
  const where = "viewer_id = '' AND channel_arn = ? AND blocked_until > ?";
  return Number(first(`SELECT COUNT(*) AS count FROM blocks WHERE ${where}`, channelArn, nowSeconds)?.count);
}

/** Takes away at most so many blocks of a revocation. How many there were. */
export function removeBlocks({ change }: Sql, id: RevocationId, most: number): number {
  const some = 'SELECT viewer_id, channel_arn, revocation_id FROM blocks WHERE revocation_id = ? LIMIT ?';
  return change(`DELETE FROM blocks WHERE (viewer_id, channel_arn, revocation_id) IN (${some})`, id, most);
}

function loadScope(sql: Sql, key: ScopeKey): ScopeState {
  const where = 'viewer_id = ? AND channel_arn = ?';
  const longest = `SELECT MAX(blocked_until) AS until FROM blocks WHERE ${where}`;
  const blockedUntil = Number(sql.first(longest, key.viewerId, key.channelArn)?.until ?? 0);
  return { floor: loadFloor(sql, key), blockedUntil };
}
