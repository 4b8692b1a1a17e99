/** Viewers as they appear on the wire: what is known of one. */
import { z } from 'zod';
import { channelArnSchema, revocationIdSchema, viewerIdSchema } from '../../ids.ts';
import type { KnownViewer } from '../../revocations/viewer-use-cases.ts';
import { timeSchema, toIsoTime } from '../../time.ts';

const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';

/** A viewer id as it stands in tokens. */
export const viewerIdDocument = { name: 'ViewerId', schema: viewerIdSchema, example: 'v-7f3a' };

const viewerSchema = z.object({
  viewerId: viewerIdSchema.describe('As it stands in tokens.'),
  channels: z
    .array(
      z.object({
        channelArn: channelArnSchema,
        sessionVersion: z.int().describe('The highest that was issued there.'),
        issuedAt: timeSchema,
      }),
    )
    .describe('Those for which the viewer got a token within 48 hours.'),
  floors: z
    .array(z.object({ channelArn: channelArnSchema.nullable(), floor: z.int() }))
    .describe(
      'Every session version of the viewer at or below it is dead, on the channel or, where that is null, on all.',
    ),
  blocks: z
    .array(
      z.object({
        revocationId: revocationIdSchema,
        channelArn: channelArnSchema.nullable(),
        until: timeSchema.nullable().describe('Null until lifted.'),
      }),
    )
    .describe('Those of the viewer that hold now, on the channel or, where that is null, on all.'),
});

/** What is known of a viewer. What is said of everyone on a channel is not in it. */
export const viewerDocument = {
  name: 'Viewer',
  schema: viewerSchema,
  example: {
    viewerId: 'v-7f3a',
    channels: [{ channelArn, sessionVersion: 1_795_194_000, issuedAt: '2026-11-20T17:00:00Z' }],
    floors: [{ channelArn, floor: 1_795_194_005 }],
    blocks: [{ revocationId: 'rev_019aa25b6c80d1e2f3a4b5c6', channelArn: null, until: '2026-11-21T17:00:00Z' }],
  },
};

/** What is known of the viewer, with its times as the wire has them. */
export function toWireViewer({ viewerId, channels, floors, blocks }: KnownViewer): z.input<typeof viewerSchema> {
  return {
    viewerId,
    channels: channels.map(({ issuedAt, ...channel }) => ({ ...channel, issuedAt: toIsoTime(issuedAt) })),
    floors: [...floors],
    blocks: blocks.map(({ until, ...block }) => ({ ...block, until: until === null ? null : toIsoTime(until) })),
  };
}
