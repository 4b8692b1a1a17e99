/** The ledger in SQLite: for each viewer on each channel the versions that were handed out, and when. Each function runs inside whatever transaction is open. */
import type { ChannelArn, ViewerId } from '../../ids.ts';
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import type { SessionRecord } from '../../tokens/record.ts';
import type { Row, Sql } from './database.ts';

/** What the ledger keeps of a viewer on a channel. */
export interface LedgerEntry {
  /** The highest version since the newest floor of the channel that was seen. */
  readonly version: number;
  /** Unix seconds of the latest session. */
  readonly issuedAt: number;
  /** The newest floor of the channel that a version was decided with; 0 for none. */
  readonly channelFloor: number;
  /** The highest version among those that were decided with an earlier floor of the channel; 0 for none. */
  readonly older: number;
}

/** The hour of a time, counted from 1970: the ledger is walked by these. */
export function toHour(unixSeconds: number): number {
  return Math.floor(unixSeconds / 3600);
}

/** The entry of a viewer on a channel. */
export function findEntry({ first }: Sql, viewerId: ViewerId, channelArn: ChannelArn): LedgerEntry | undefined {
  const columns = 'version, issued_at, channel_floor, older';
  const row = first(`SELECT ${columns} FROM sessions WHERE viewer_id = ? AND channel_arn = ?`, viewerId, channelArn);
  return row && toEntry(row);
}

/** The entry with one more session. Pure. */
export function toEntryWith(entry: LedgerEntry | undefined, session: SessionRecord): LedgerEntry {
  const { sessionVersion: version, issuedAt, channelFloor } = session;
  if (entry === undefined) return { version, issuedAt, channelFloor, older: 0 };
  const latest = Math.max(entry.issuedAt, issuedAt);
  if (channelFloor > entry.channelFloor)
    return { version, issuedAt: latest, channelFloor, older: Math.max(entry.older, entry.version) };
  if (channelFloor < entry.channelFloor) return { ...entry, issuedAt: latest, older: Math.max(entry.older, version) };
  return { ...entry, issuedAt: latest, version: Math.max(entry.version, version) };
}

/** Writes the entry, in place of the one before. */
export function writeEntry({ change }: Sql, { viewerId, channelArn }: SessionRecord, entry: LedgerEntry): void {
  const { version, issuedAt, channelFloor, older } = entry;
  const columns = 'viewer_id, channel_arn, version, issued_at, hour, channel_floor, older';
  const values = [viewerId, channelArn, version, issuedAt, toHour(issuedAt), channelFloor, older];
  change(`INSERT OR REPLACE INTO sessions (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`, ...values);
}

/** Deletes the entries of a viewer whose sessions are all over. */
export function dropOldEntries({ change }: Sql, viewerId: ViewerId, nowSeconds: number): void {
  change('DELETE FROM sessions WHERE viewer_id = ? AND issued_at < ?', viewerId, nowSeconds - sessionLifetimeSeconds);
}

/** For how many channels the viewer has an entry. */
export function countEntries({ first }: Sql, viewerId: ViewerId): number {
  return Number(first('SELECT COUNT(*) AS count FROM sessions WHERE viewer_id = ?', viewerId)?.count);
}

/** The entries of a viewer with a session since then, in the order of their channels. */
export function listEntries(
  { all }: Sql,
  viewerId: ViewerId,
  since: number,
): (LedgerEntry & { readonly channelArn: ChannelArn })[] {
  const columns = 'channel_arn, version, issued_at, channel_floor, older';
  const where = 'viewer_id = ? AND issued_at >= ? ORDER BY channel_arn';
  return all(`SELECT ${columns} FROM sessions WHERE ${where}`, viewerId, since).map((row) => ({
    channelArn: String(row.channel_arn) as ChannelArn,
    ...toEntry(row),
  }));
}

/** Which members of a channel's hour to read. */
interface HourQuery {
  readonly channelArn: ChannelArn;
  readonly hour: number;
  /** The viewer after whom to begin; empty from the start. */
  readonly after: string;
  readonly limit: number;
}

/** The viewers whose latest session on the channel is of this hour, in the order of their ids. */
export function listHour(
  { all }: Sql,
  { channelArn, hour, after, limit }: HourQuery,
): (LedgerEntry & { readonly viewerId: ViewerId })[] {
  const columns = 'viewer_id, version, issued_at, channel_floor, older';
  const where = 'hour = ? AND channel_arn = ? AND viewer_id > ? ORDER BY viewer_id LIMIT ?';
  return all(`SELECT ${columns} FROM sessions WHERE ${where}`, hour, channelArn, after, limit).map((row) => ({
    viewerId: String(row.viewer_id) as ViewerId,
    ...toEntry(row),
  }));
}

/** The highest version that was handed out to the viewer on the channel, or, without one, everywhere; 0 when there is none. */
export function loadHighestVersion({ first }: Sql, viewerId: ViewerId, channelArn: ChannelArn | ''): number {
  const highest = 'SELECT MAX(MAX(version, older)) AS version FROM sessions WHERE viewer_id = ?';
  const row =
    channelArn === '' ? first(highest, viewerId) : first(`${highest} AND channel_arn = ?`, viewerId, channelArn);
  return Number(row?.version ?? 0);
}

function toEntry(row: Row): LedgerEntry {
  return {
    version: Number(row.version),
    issuedAt: Number(row.issued_at),
    channelFloor: Number(row.channel_floor),
    older: Number(row.older),
  };
}
