/** What an operator may ask for: whom to revoke, why, and whether to block. */
import { z } from 'zod';
import { channelArnSchema } from '../ids.ts';
import { futureTimeSchema } from '../time.ts';
import { revocationFields } from './record.ts';

/** Longest viewer id of an identity provider that can be revoked by its own name, in characters. */
export const subjectMaxLength = 512;

/** The body of `POST /v1/admin/revocations`. At least one of viewerId and channelArn. A block ends after `nowSeconds`, or when lifted. */
export function revocationRequestSchema(nowSeconds: number) {
  return z
    .strictObject({
      /** A viewer id, or the identity provider's own name for the viewer where tokens carry its keyed hash. */
      viewerId: z.string().min(1).max(subjectMaxLength).optional(),
      channelArn: channelArnSchema.optional(),
      reason: revocationFields.reason.unwrap().optional(),
      block: z.strictObject({ until: futureTimeSchema(nowSeconds).optional() }).optional(),
    })
    .refine((request) => request.viewerId !== undefined || request.channelArn !== undefined, {
      message: 'needs a viewerId, a channelArn, or both',
      // Looked at even when something else is wrong, so that all is told at once.
      when: ({ value }) => typeof value === 'object' && value !== null,
    });
}
export type RevocationRequest = z.output<ReturnType<typeof revocationRequestSchema>>;
