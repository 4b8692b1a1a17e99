/** A viewer's record as its cell keeps it: what its fields say. `viewer.lua` writes them. Pure. */
import type { ChannelArn, RevocationId } from '../../ids.ts';
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import type { ViewerState } from '../../revocations/ports.ts';
import { neverLifts, type ScopeState } from '../../revocations/scopes.ts';
import type { Device, DeviceState } from '../../tokens/devices.ts';
import { floorLifetimeSeconds } from '../retention.ts';
import { toChannelArn, toShortArn } from './cells.ts';
import type { Fields } from './revocation-record.ts';

/** The viewer's own scopes on one channel: there, and everywhere. */
export function toViewerScopes(fields: Fields, channelArn: ChannelArn): readonly [ScopeState, ScopeState] {
  const channel = toShortArn(channelArn);
  const here = { floor: Number(fields[`f:${channel}`] ?? 0), blockedUntil: 0 };
  const everywhere = { floor: Number(fields.f ?? 0), blockedUntil: 0 };
  for (const name in fields) {
    if (!name.startsWith('b:')) continue;
    const block = parseBlock(name);
    const scope = block.channel === '' ? everywhere : block.channel === channel ? here : undefined;
    if (scope !== undefined) scope.blockedUntil = Math.max(scope.blockedUntil, Number(fields[name]));
  }
  return [here, everywhere];
}

/** What is known of the viewer, in the order of the channels, and which fields of the record are blocks that hold. */
export function toViewerState(fields: Fields, nowSeconds: number): ViewerState {
  const entries = Object.entries(fields).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return {
    channels: entries.filter(([name]) => name.startsWith('s:')).flatMap((entry) => toChannels(entry, nowSeconds)),
    floors: entries.filter(([name]) => /^f(:|$)/.test(name)).flatMap((entry) => toFloors(entry, nowSeconds)),
    blocks: findBlocks(fields, nowSeconds).map(({ id, channel, until }) => ({
      revocationId: id,
      channelArn: channel === '' ? null : toChannelArn(channel),
      until: until === neverLifts ? null : until,
    })),
  };
}

/** The field of what was spent of the viewer's limit, under the key that `toViewerKey` gives. */
export function toLimitField(key: string): string {
  return key === '' ? 't' : `t:${key}`;
}

/** The viewer's devices on a channel, as `devices.lua` writes them. */
export function toDevices(fields: Fields, channelArn: ChannelArn): DeviceState {
  const channel = toShortArn(channelArn);
  const [version = 0, , , older = 0] = (fields[`s:${channel}`] ?? '0').split('|').map(Number);
  const devices = (fields[`d:${channel}`] ?? '').split(' ').filter((text) => text !== '');
  return { devices: devices.map(toDevice), latestVersion: Math.max(version, older) };
}

function toDevice(text: string): Device {
  const [version, id = ''] = text.split('=');
  return { id, version: Number(version) };
}

/** The blocks that hold, each with the field that it is. */
export function findBlocks(fields: Fields, nowSeconds: number) {
  return Object.entries(fields)
    .filter(([name, until]) => name.startsWith('b:') && Number(until) > nowSeconds)
    .map(([name, until]) => ({ ...parseBlock(name), field: name, until: Number(until) }))
    .toSorted((one, other) => (one.field < other.field ? -1 : 1));
}

/** The field of a block; `channel` is `''` for everywhere. */
export function toBlockField(id: RevocationId, channel: string): string {
  return channel === '' ? `b:${id}` : `b:${id}:${channel}`;
}

/** The revocation and the channel of a block's field; the channel is `''` for everywhere. */
export function parseBlock(name: string): { readonly id: RevocationId; readonly channel: string } {
  const [, id = '', ...channel] = name.split(':');
  return { id: id as RevocationId, channel: channel.join(':') };
}

function toChannels([name, text]: readonly [string, string], nowSeconds: number): ViewerState['channels'] {
  const [version = 0, issuedAt = version, , older = 0] = text.split('|').map(Number);
  if (issuedAt <= nowSeconds - sessionLifetimeSeconds) return [];
  return [{ channelArn: toChannelArn(name.slice(2)), sessionVersion: Math.max(version, older), issuedAt }];
}

function toFloors([name, text]: readonly [string, string], nowSeconds: number): ViewerState['floors'] {
  const floor = Number(text);
  if (floor + floorLifetimeSeconds <= nowSeconds) return [];
  return [{ channelArn: name === 'f' ? null : toChannelArn(name.slice(2)), floor }];
}
