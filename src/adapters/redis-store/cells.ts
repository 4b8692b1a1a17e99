/** Where in Redis something lies: at home what belongs to all, in one of 64 cells what belongs to one viewer. Pure. */
import type { ChannelArn, ViewerId } from '../../ids.ts';

/** How many cells there are. Another number loses every viewer: their records lie where the old one said. */
export const cellCount = 64;

/** The cell of a viewer, 0 to 63: the FNV-1a hash of the id, folded. Ids are ASCII, so a character is a byte. */
export function toCell(viewerId: ViewerId): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < viewerId.length; index++) hash = Math.imul(hash ^ viewerId.charCodeAt(index), 0x01000193);
  hash ^= hash >>> 16;
  return (hash ^ (hash >>> 8)) & (cellCount - 1);
}

/** What begins every key at home. Its hash tag keeps them in one slot of a cluster. */
export function toHomePrefix(name: string): string {
  return `{${name}}:`;
}

/** What begins every key of a cell. Its hash tag keeps them in one slot of a cluster, another than home's. */
export function toCellPrefix(name: string, cell: number): string {
  return `{${name}:${cell}}:`;
}

/** What the ARN of every channel begins with; in the cells, where there are millions, it is left out. */
const arnPrefix = 'arn:aws:ivs:';

/** A channel as the cells name it. */
export function toShortArn(channelArn: ChannelArn): string {
  return channelArn.slice(arnPrefix.length);
}

/** The channel that the cells name so. */
export function toChannelArn(shortArn: string): ChannelArn {
  return `${arnPrefix}${shortArn}` as ChannelArn;
}
