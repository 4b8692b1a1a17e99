/** What an operator may ask for: whom to revoke, why, and whether to block. */
import { z } from 'zod';
import type { Result } from '../errors.ts';
import { channelArnSchema } from '../ids.ts';
import { parseInput, readField } from '../input.ts';
import { findPastTime, timeSchema } from '../time.ts';

/** Longest reason an operator may write, in characters. */
const reasonMaxLength = 500;

/** Longest viewer id of an identity provider that can be revoked by its own name, in characters. */
export const subjectMaxLength = 512;

/** `{ viewerId?, channelArn?, reason?, block?: { until? } }`. At least one of viewerId and channelArn. */
export const revocationRequestSchema = z
  .strictObject({
    /** A viewer id, or the identity provider's own name for the viewer where tokens carry its keyed hash. */
    viewerId: z.string().min(1).max(subjectMaxLength).optional(),
    channelArn: channelArnSchema.optional(),
    reason: z.string().max(reasonMaxLength).optional(),
    block: z.strictObject({ until: timeSchema.optional() }).optional(),
  })
  .refine((request) => request.viewerId !== undefined || request.channelArn !== undefined, {
    message: 'needs a viewerId, a channelArn, or both',
    // Looked at even when something else is wrong, so that all is told at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });
export type RevocationRequest = z.output<typeof revocationRequestSchema>;

/** The request in a body of unknown shape, or every problem with it. */
export function parseRevocationRequest(body: unknown, nowSeconds: number): Result<RevocationRequest> {
  const until = readField(readField(body, 'block'), 'until');
  return parseInput(revocationRequestSchema, body, findPastTime(until, 'block.until', nowSeconds));
}
