/** What may be asked: for a token, and about one; and what of it only a client may ask. */
import { z } from 'zod';
import { channelArnSchema, countryCodeSchema, originSchema, viewerIdSchema } from '../ids.ts';
import { maxTtlSeconds, resolutionSchema } from '../token-limits.ts';

/** The body of `POST /v1/tokens` as a client may write it. `viewer` is what the client saw of the viewer. */
export const tokenRequestSchema = z.strictObject({
  channelArn: channelArnSchema,
  viewerId: viewerIdSchema.optional(),
  ttlSeconds: z.int().min(1).max(maxTtlSeconds).optional(),
  singleUse: z.boolean().default(false),
  maximumResolution: resolutionSchema.optional(),
  viewer: z.strictObject({ country: countryCodeSchema.optional(), origin: originSchema.optional() }).optional(),
});
export type TokenRequest = z.output<typeof tokenRequestSchema>;

const forClientsOnly = z
  .never('is for clients only: what is known of a viewer comes from its own credential')
  .optional();

/** The same as a viewer may write it: a viewer is who its own JWT says, where it is. */
export const viewerTokenRequestSchema = z.strictObject({
  ...tokenRequestSchema.shape,
  viewerId: forClientsOnly,
  viewer: forClientsOnly,
});

/** The body of `POST /v1/tokens/inspect`. Origin and country are those of the viewer in question. */
export const inspectRequestSchema = z.strictObject({
  token: z.string().min(1).max(8192),
  origin: originSchema.optional(),
  country: countryCodeSchema.optional(),
});
export type InspectRequest = z.output<typeof inspectRequestSchema>;
