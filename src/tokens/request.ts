/** What may be asked: for a token, and about one; and who may ask for which of it. */
import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import type { InputProblem, Result } from '../errors.ts';
import { channelArnSchema, countryCodeSchema, originSchema, viewerIdSchema } from '../ids.ts';
import { parseInput } from '../input.ts';
import { maxTtlSeconds, resolutionSchema } from '../token-limits.ts';

/** The body of `POST /v1/tokens`. `viewerId` and `viewer` are for clients: a viewer is who its own JWT says, where it is. */
export const tokenRequestSchema = z.strictObject({
  channelArn: channelArnSchema,
  viewerId: viewerIdSchema.optional(),
  ttlSeconds: z.int().min(1).max(maxTtlSeconds).optional(),
  singleUse: z.boolean().default(false),
  maximumResolution: resolutionSchema.optional(),
  viewer: z.strictObject({ country: countryCodeSchema.optional(), origin: originSchema.optional() }).default({}),
});
export type TokenRequest = z.output<typeof tokenRequestSchema>;

/** The body of `POST /v1/tokens/inspect`. Origin and country are those of the viewer in question. */
export const inspectRequestSchema = z.strictObject({
  token: z.string().min(1).max(8192),
  origin: originSchema.optional(),
  country: countryCodeSchema.optional(),
});
export type InspectRequest = z.output<typeof inspectRequestSchema>;

/** The request in a body of unknown shape, or every problem with it. */
export function parseTokenRequest(caller: Caller, body: unknown): Result<TokenRequest> {
  return parseInput(tokenRequestSchema, body, findClientOnlyFields(caller, body));
}

/** What a viewer wrote that only a client may say. */
function findClientOnlyFields(caller: Caller, body: unknown): InputProblem[] {
  if (caller.kind === 'client' || typeof body !== 'object' || body === null) return [];
  return ['viewerId', 'viewer']
    .filter((field) => Object.hasOwn(body, field))
    .map((path) => ({ path, message: 'is for clients only: what is known of a viewer comes from its own credential' }));
}
