/** A viewer's devices on a channel in SQLite, where a policy counts them. Each function runs inside whatever transaction is open. */
import type { ChannelArn, ViewerId } from '../../ids.ts';
import { type DeviceState, type JoinedDevices, joinDevices } from '../../tokens/devices.ts';
import type { SessionRecord } from '../../tokens/record.ts';
import type { Sql } from './database.ts';
import { loadHighestVersion } from './ledger.ts';
import { enqueueReplaced } from './queue.ts';
import { raiseFloor } from './scopes.ts';

/** The devices, the oldest first, and the highest version. */
export function loadDevices(sql: Sql, viewerId: ViewerId, channelArn: ChannelArn): DeviceState {
  const where = 'viewer_id = ? AND channel_arn = ? ORDER BY version';
  const rows = sql.all(`SELECT version, device_id FROM devices WHERE ${where}`, viewerId, channelArn);
  return {
    devices: rows.map((row) => ({ id: String(row.device_id), version: Number(row.version) })),
    latestVersion: loadHighestVersion(sql, viewerId, channelArn),
  };
}

/** What a session does to the devices; undefined where they are not counted. `outrun`: its version must be another. */
export function planDevices(sql: Sql, session: SessionRecord, floor: number): JoinedDevices | 'outrun' | undefined {
  const { viewerId, channelArn, sessionVersion, device } = session;
  return device && joinDevices(loadDevices(sql, viewerId, channelArn), floor, sessionVersion, device);
}

/** Writes it, and queues the end of those that were too many. Whether there were some. */
export function writeDevices(sql: Sql, session: SessionRecord, { devices, endedFloor }: JoinedDevices): boolean {
  const { viewerId, channelArn, issuedAt } = session;
  sql.change('DELETE FROM devices WHERE viewer_id = ? AND channel_arn = ?', viewerId, channelArn);
  const insert = 'INSERT INTO devices (viewer_id, channel_arn, version, device_id) VALUES (?, ?, ?, ?)';
  for (const { version, id } of devices) sql.change(insert, viewerId, channelArn, version, id);
  if (endedFloor === 0) return false;
  raiseFloor(sql, { viewerId, channelArn }, endedFloor);
  enqueueReplaced(sql, { channelArn, viewerId, floor: endedFloor }, issuedAt);
  return true;
}
