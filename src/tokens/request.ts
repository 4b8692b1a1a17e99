/** What may be asked: for a token, and about one; and what of it only a client may ask. */
import { z } from 'zod';
import { channelArnSchema, countryCodeSchema, originSchema, viewerIdSchema } from '../ids.ts';
import { viewerNameSchema } from '../revocations/request.ts';
import { timeSchema } from '../time.ts';
import { maxTtlSeconds, resolutionSchema } from '../token-limits.ts';

/** What a page or an app calls the device that it runs on. It is not checked: see `docs/operations.md`. */
const deviceIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, - or _')
  .describe('The same for every token of one device, where a policy counts them; without it each token counts as one.');

/** The body of `POST /v1/tokens` as a client may write it. `viewer` is what the client saw of the viewer. */
export const tokenRequestSchema = z.strictObject({
  channelArn: channelArnSchema,
  viewerId: viewerIdSchema.optional(),
  ttlSeconds: z.int().min(1).max(maxTtlSeconds).optional(),
  deviceId: deviceIdSchema.optional(),
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

/** The body of `POST /v1/tokens/inspect`: a token, or a whole playback URL with one. Origin and country are those of the viewer in question. */
export const inspectRequestSchema = z
  .strictObject({
    token: z.string().min(1).max(8192).optional(),
    playbackUrl: z
      .url({ protocol: /^https?$/, error: 'must be a playback URL' })
      .max(16_384)
      .refine((url) => findToken(url) !== undefined, 'must have the parameter token')
      .optional(),
    origin: originSchema.optional(),
    country: countryCodeSchema.optional(),
  })
  .refine(({ token, playbackUrl }) => (token === undefined) !== (playbackUrl === undefined), {
    message: 'needs a token or a playbackUrl',
  })
  .transform(({ token, playbackUrl, ...request }) => ({
    ...request,
    token: token ?? findToken(playbackUrl ?? '') ?? '',
  }));
export type InspectRequest = z.output<typeof inspectRequestSchema>;

/** The token in a playback URL; undefined when there is none. */
function findToken(url: string): string | undefined {
  return (URL.canParse(url) && new URL(url).searchParams.get('token')) || undefined;
}

/** The body of `POST /v1/admin/explain`: who it is about in one of three ways, where they are, and when; absent: now. */
export const explainRequestSchema = z
  .strictObject({
    channelArn: channelArnSchema,
    viewerId: viewerNameSchema.optional(),
    subject: z.string().min(1).max(1024).optional(),
    jwt: z.string().min(1).max(8192).optional(),
    country: countryCodeSchema.optional(),
    origin: originSchema.optional(),
    at: timeSchema.optional(),
  })
  .refine(({ viewerId, subject, jwt }) => [viewerId, subject, jwt].filter((name) => name !== undefined).length === 1, {
    message: 'needs one of viewerId, subject and jwt',
  });
export type ExplainRequest = z.output<typeof explainRequestSchema>;
