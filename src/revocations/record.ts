/** A revocation as it is stored: whom it ends, its floor, its block, and how far IVS has been told. */
import type { ChannelArn, RevocationId, ViewerId } from '../ids.ts';

/** Whom a revocation ends: a viewer on one channel, a viewer everywhere, or everyone on a channel. */
export type RevocationTarget =
  | { readonly scope: 'viewer_on_channel'; readonly viewerId: ViewerId; readonly channelArn: ChannelArn }
  | { readonly scope: 'viewer'; readonly viewerId: ViewerId }
  | { readonly scope: 'channel'; readonly channelArn: ChannelArn };

/** A refusal of new tokens. `until` is in unix seconds, null until someone lifts it. */
export interface Block {
  readonly until: number | null;
}

/** How far IVS has been told: one delivery for each (channel, viewer). */
export interface DeliveryCounts {
  readonly pending: number;
  readonly delivered: number;
  readonly failed: number;
}

/** One decision to end sessions. Times are unix seconds. */
export interface Revocation {
  readonly id: RevocationId;
  readonly target: RevocationTarget;
  /** Every session version at or below it is dead. */
  readonly floor: number;
  /** Null when nothing is blocked, or the block was lifted. */
  readonly block: Block | null;
  readonly reason: string | null;
  readonly createdAt: number;
  readonly delivery: DeliveryCounts;
}
