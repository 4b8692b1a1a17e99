/** What an operator may ask for: whom to revoke, why, whether to block, what else to do; and which revocations to see. */
import { z } from 'zod';
import { channelArnSchema } from '../ids.ts';
import { futureTimeSchema } from '../time.ts';
import { boundedListSchema } from './bounded-list.ts';
import { maxListedViewers, revocationFields, scopes } from './record.ts';

/** Longest viewer id of an identity provider that can be revoked by its own name, in characters. */
export const subjectMaxLength = 512;

/** A viewer as an operator knows it: a viewer id, or the identity provider's own name where tokens carry its keyed hash. */
export const viewerNameSchema = z.string().min(1).max(subjectMaxLength);

/** The body of `POST /v1/admin/revocations`: a viewer or viewers, a channel, or both. A block ends after `nowSeconds`, or when lifted. */
export function revocationRequestSchema(nowSeconds: number) {
  return z
    .strictObject({
      viewerId: viewerNameSchema.optional(),
      viewerIds: boundedListSchema(viewerNameSchema, maxListedViewers).optional(),
      channelArn: channelArnSchema.optional(),
      reason: revocationFields.reason.unwrap().optional(),
      block: z.strictObject({ until: futureTimeSchema(nowSeconds).optional() }).optional(),
      dryRun: z.literal(true, 'must be true, or left out').optional(),
      stopStream: z.literal(true, 'must be true, or left out').optional(),
    })
    .refine((request) => namesViewers(request) || request.channelArn !== undefined, {
      message: 'needs a viewerId or viewerIds, a channelArn, or both',
      when: isObject,
    })
    .refine(({ viewerId, viewerIds }) => viewerId === undefined || viewerIds === undefined, {
      message: 'must not stand beside viewerId',
      path: ['viewerIds'],
      when: isObject,
    })
    .refine((request) => request.stopStream === undefined || !namesViewers(request), {
      message: 'ends the stream for everyone on the channel: it must not stand beside viewers',
      path: ['stopStream'],
      when: isObject,
    });
}
export type RevocationRequest = z.output<ReturnType<typeof revocationRequestSchema>>;

/** What may be asked of the list of revocations, beside its page; every part that is there must hold. */
export const revocationFilterFields = {
  viewerId: viewerNameSchema.optional().describe('Of this viewer alone, or of a list with this viewer.'),
  channelArn: channelArnSchema.optional().describe('Of this channel, or of viewers on it.'),
  scope: z.enum(scopes).optional().describe('Of this scope.'),
  active: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('Whether a block of it holds now.'),
  delivery: z
    .enum(['pending', 'failed'])
    .optional()
    .describe('`pending`: IVS is still being told. `failed`: IVS refused something of it.'),
};
const revocationFilterSchema = z.object(revocationFilterFields);
export type RevocationFilter = z.output<typeof revocationFilterSchema>;

function namesViewers({ viewerId, viewerIds }: { readonly viewerId?: unknown; readonly viewerIds?: unknown }): boolean {
  return viewerId !== undefined || viewerIds !== undefined;
}

/** Rules about several fields are looked at even when something else is wrong, so that all is told at once. */
function isObject({ value }: { readonly value: unknown }): boolean {
  return typeof value === 'object' && value !== null;
}
