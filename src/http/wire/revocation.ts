/** Revocations as they appear on the wire: the target laid out flat. */
import { z } from 'zod';
import { channelArnSchema, viewerIdSchema } from '../../ids.ts';
import type { FailedDelivery } from '../../revocations/ports.ts';
import { type Revocation, type RevocationTarget, revocationFields, scopes } from '../../revocations/record.ts';
import { type Estimate, type Revoked, streamOutcomes } from '../../revocations/use-cases.ts';
import { toIsoTime } from '../../time.ts';

const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';

const targetFields = {
  scope: z.enum(scopes),
  viewerId: viewerIdSchema.nullable(),
  viewerCount: z.int().nullable().describe('How many viewers a list has; null for other scopes.'),
  channelArn: channelArnSchema.nullable(),
};
const targetSchema = z.object(targetFields);
const { seen, progress } = revocationFields;
const fields = {
  ...targetFields,
  ...revocationFields,
  seen: seen.describe(
    'Whether the viewer got a token within 48 hours, in the scope; null where it is not about one viewer.',
  ),
  progress: progress.describe(
    'How far a channel, or a list, was gone through for whom IVS must be told of; null for one viewer.',
  ),
};
const revocationSchema = z.object(fields);

/** A revocation and its delivery; `viewerId`, `viewerCount` or `channelArn` is null where the scope has none. */
export const revocationDocument = {
  name: 'Revocation',
  schema: revocationSchema,
  example: {
    id: 'rev_019aa25b6c80d1e2f3a4b5c6',
    scope: 'viewer_on_channel' as const,
    viewerId: 'v-7f3a',
    viewerCount: null,
    channelArn,
    floor: 1_795_194_005,
    block: { until: '2026-11-21T17:00:00Z' },
    reason: 'shared account',
    createdAt: '2026-11-20T17:00:00Z',
    seen: true,
    delivery: { pending: 1, delivered: 0, failed: 0 },
    progress: null,
  },
};

/** The revocation, its target laid out flat and its times as the wire has them. */
export function toWireRevocation({
  id,
  target,
  block,
  createdAt,
  ...revocation
}: Revocation): z.input<typeof revocationSchema> {
  return {
    id,
    ...toWireTarget(target),
    ...revocation,
    block: block && { until: block.until === null ? null : toIsoTime(block.until) },
    createdAt: toIsoTime(createdAt),
  };
}

function toWireTarget({ scope, ...whom }: RevocationTarget): z.input<typeof targetSchema> {
  return { scope, viewerId: null, viewerCount: null, channelArn: null, ...whom };
}

const createdRevocationSchema = z.object({
  ...fields,
  stream: z
    .enum(streamOutcomes)
    .nullable()
    .describe('What became of the stream; null when it was not asked to be stopped.'),
});

/** The revocation, and what became of the stream that was to be stopped with it. */
export const createdRevocationDocument = {
  name: 'CreatedRevocation',
  schema: createdRevocationSchema,
  example: { ...revocationDocument.example, stream: null },
};

/** The revocation with what became of the stream. */
export function toWireRevoked({ revocation, stream }: Revoked): z.input<typeof createdRevocationSchema> {
  return { ...toWireRevocation(revocation), stream };
}

const estimateSchema = z.object({
  dryRun: z.literal(true),
  scope: targetFields.scope,
  viewers: z.int().describe('How many it would meet.'),
  sessions: z.int().describe('How many pairs of a channel and a viewer: IVS would be told of each.'),
  exact: z.boolean().describe('False when there are so many that the true numbers may be lower.'),
});

/** Whom a revocation would meet. */
export const estimateDocument = {
  name: 'RevocationEstimate',
  schema: estimateSchema,
  example: { dryRun: true as const, scope: 'channel' as const, viewers: 1204, sessions: 1204, exact: true },
};

/** The estimate, which says of itself that nothing was done. */
export function toWireEstimate(estimate: Estimate): z.input<typeof estimateSchema> {
  return { dryRun: true, ...estimate };
}

const failedDeliverySchema = z.object({
  channelArn: channelArnSchema,
  viewerId: viewerIdSchema,
  reason: z.string().describe("IVS's error code."),
});

/** A viewer on a channel of whom IVS would not be told, and why. */
export const failedDeliveryDocument = {
  name: 'FailedDelivery',
  schema: failedDeliverySchema,
  example: { channelArn, viewerId: 'v-7f3a', reason: 'ResourceNotFoundException' },
};

/** The failed delivery as it is. */
export function toWireFailedDelivery({ channelArn, viewerId, reason }: FailedDelivery) {
  return { channelArn, viewerId, reason } satisfies z.input<typeof failedDeliverySchema>;
}
