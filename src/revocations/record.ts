/** A revocation: its fields, each stated once, and the revocation as it is stored: whom it ends, its floor, its block, and how far IVS has been told. */
import { z } from 'zod';
import { type ChannelArn, revocationIdSchema, type ViewerId } from '../ids.ts';
import { timeSchema } from '../time.ts';

/** Whom a revocation ends: a viewer on one channel, a viewer everywhere, or everyone on a channel. */
export type RevocationTarget =
  | { readonly scope: 'viewer_on_channel'; readonly viewerId: ViewerId; readonly channelArn: ChannelArn }
  | { readonly scope: 'viewer'; readonly viewerId: ViewerId }
  | { readonly scope: 'channel'; readonly channelArn: ChannelArn };

/** A refusal of new tokens. `until` is null until someone lifts it. */
const blockSchema = z.object({ until: timeSchema.nullable() }).readonly();

/** How far IVS has been told: one delivery for each (channel, viewer). */
const deliveryCountsSchema = z.object({ pending: z.int(), delivered: z.int(), failed: z.int() }).readonly();
export type DeliveryCounts = z.output<typeof deliveryCountsSchema>;

/** Longest reason an operator may write, in characters. */
const reasonMaxLength = 500;

/** What there is to a revocation besides its target. */
export const revocationFields = {
  id: revocationIdSchema,
  /** Every session version at or below it is dead. */
  floor: z.int(),
  /** Null when nothing is blocked, or the block was lifted. */
  block: blockSchema.nullable(),
  reason: z.string().max(reasonMaxLength).nullable(),
  createdAt: timeSchema,
  delivery: deliveryCountsSchema,
};
const revocationSchema = z.object(revocationFields);

/** One decision to end sessions. Times are unix seconds. */
export interface Revocation extends Readonly<z.output<typeof revocationSchema>> {
  readonly target: RevocationTarget;
}
