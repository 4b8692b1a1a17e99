/** Revocations as they appear on the wire: the target laid out flat. */
import { z } from 'zod';
import { channelArnSchema, viewerIdSchema } from '../../ids.ts';
import { type Revocation, type RevocationTarget, revocationFields } from '../../revocations/record.ts';
import { toIsoTime } from '../../time.ts';

const targetFields = {
  scope: z.enum(['viewer_on_channel', 'viewer', 'channel']),
  viewerId: viewerIdSchema.nullable(),
  channelArn: channelArnSchema.nullable(),
};
const targetSchema = z.object(targetFields);
const revocationSchema = z.object({ ...targetFields, ...revocationFields });

/** A revocation and its delivery; `viewerId` or `channelArn` is null where the scope has none. */
export const revocationDocument = {
  name: 'Revocation',
  schema: revocationSchema,
  example: {
    id: 'rev_019aa25b6c80d1e2f3a4b5c6',
    scope: 'viewer_on_channel' as const,
    viewerId: 'v-7f3a',
    channelArn: 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh',
    floor: 1_795_194_005,
    block: { until: '2026-11-21T17:00:00Z' },
    reason: 'shared account',
    createdAt: '2026-11-20T17:00:00Z',
    delivery: { pending: 1, delivered: 0, failed: 0 },
  },
};

/** The revocation, its target laid out flat and its times as the wire has them. */
export function toWireRevocation({
  target,
  block,
  createdAt,
  ...revocation
}: Revocation): z.input<typeof revocationSchema> {
  return {
    ...revocation,
    ...toWireTarget(target),
    block: block && { until: block.until === null ? null : toIsoTime(block.until) },
    createdAt: toIsoTime(createdAt),
  };
}

function toWireTarget(target: RevocationTarget): z.input<typeof targetSchema> {
  return { viewerId: null, channelArn: null, ...target };
}
