/** A revocation: its fields, each stated once, and the revocation as it is stored: whom it ends, its floor, its block, and how far IVS has been told. */
import { z } from 'zod';
import { type ChannelArn, revocationIdSchema, type ViewerId } from '../ids.ts';
import { timeSchema } from '../time.ts';

/** Whom a revocation ends, by how it is said: one viewer or a list of them, on one channel or everywhere, or everyone on a channel. */
export const scopes = ['viewer_on_channel', 'viewer', 'viewers_on_channel', 'viewers', 'channel'] as const;
export type Scope = (typeof scopes)[number];

/** Whom a revocation of one viewer ends, there or everywhere. */
export type ViewerTarget =
  | { readonly scope: 'viewer_on_channel'; readonly viewerId: ViewerId; readonly channelArn: ChannelArn }
  | { readonly scope: 'viewer'; readonly viewerId: ViewerId };

/** Whom a revocation ends. The viewers of a list are kept beside the record: see `RevocationStore.listViewers`. */
export type RevocationTarget =
  | ViewerTarget
  | { readonly scope: 'viewers_on_channel'; readonly viewerCount: number; readonly channelArn: ChannelArn }
  | { readonly scope: 'viewers'; readonly viewerCount: number }
  | { readonly scope: 'channel'; readonly channelArn: ChannelArn };

/** Most viewers that one revocation may list. */
export const maxListedViewers = 10_000;

/** A refusal of new tokens. `until` is null until someone lifts it. */
const blockSchema = z.object({ until: timeSchema.nullable() }).readonly();

/** How far IVS has been told: one delivery for each (channel, viewer) that was found so far. */
const deliveryCountsSchema = z.object({ pending: z.int(), delivered: z.int(), failed: z.int() }).readonly();
export type DeliveryCounts = z.output<typeof deliveryCountsSchema>;

/** How far a channel's ledger, or a list of viewers, has been walked to find whom IVS must be told of. */
const progressSchema = z.object({ done: z.boolean(), walked: z.int() }).readonly();

/** Longest reason an operator may write, in characters. */
const reasonMaxLength = 500;

/** What there is to a revocation besides its target. */
export const revocationFields = {
  id: revocationIdSchema,
  /** Every session version at or below it is dead. Of a list of viewers it is the highest of theirs. */
  floor: z.int(),
  /** Null when nothing is blocked, or the block was lifted. */
  block: blockSchema.nullable(),
  reason: z.string().max(reasonMaxLength).nullable(),
  createdAt: timeSchema,
  /** Whether the viewer got a token within 48 hours, in the scope: false explains a `delivery` of nothing. Null where it is not about one viewer. */
  seen: z.boolean().nullable(),
  delivery: deliveryCountsSchema,
  /** Null where there is nothing to walk: one viewer's deliveries are all there from the start. */
  progress: progressSchema.nullable(),
};
const revocationSchema = z.object(revocationFields);

/** One decision to end sessions. Times are unix seconds. */
export interface Revocation extends Readonly<z.output<typeof revocationSchema>> {
  readonly target: RevocationTarget;
}
