/** What stands in a playback token: names and types. Its limits are in `token-limits.ts`. */
import { z } from 'zod';
import { type ChannelArn, type ViewerId, viewerIdMaxLength } from '../ids.ts';
import { type Resolution, resolutionSchema, resolutions } from '../token-limits.ts';

/** The header of every playback token. AWS documents no `kid`, so none is sent (user guide, private-channels-generate-tokens). */
export const tokenHeader = { alg: 'ES384', typ: 'JWT' } as const;

/** The claims of a private channel's token, as IVS names them. */
export interface PlaybackClaims {
  readonly 'aws:channel-arn': ChannelArn;
  /** In every token, because only a token with a viewer id can be revoked. */
  readonly 'aws:viewer-id': ViewerId;
  /** Unix seconds of issue, or more where a revocation's floor stands above them. The API's field is a 32-bit integer. */
  readonly 'aws:viewer-session-version': number;
  /** Comma-separated origins; absent allows all. */
  readonly 'aws:access-control-allow-origin'?: string;
  readonly 'aws:strict-origin-enforcement'?: true;
  readonly 'aws:single-use-uuid'?: string;
  readonly 'aws:maximum-resolution'?: Resolution;
  /** Unix seconds, an integer. */
  readonly exp: number;
}

/** The claims of a token someone presents, judged by their types and by the limits of `token-limits.ts`. Unknown claims are let through, as IVS documents no ban. */
export const presentedClaimsSchema = z.looseObject({
  'aws:channel-arn': z.string(),
  'aws:viewer-id': z.string().min(1).max(viewerIdMaxLength).optional(),
  'aws:viewer-session-version': z.int().min(0).optional(),
  'aws:access-control-allow-origin': z.string().optional(),
  'aws:strict-origin-enforcement': z.boolean().optional(),
  'aws:single-use-uuid': z.uuid().optional(),
  'aws:maximum-resolution': resolutionSchema.optional(),
  exp: z.int(),
});
export type PresentedClaims = z.infer<typeof presentedClaimsSchema>;

/** The narrower of two resolution caps; undefined is no cap. */
export function toNarrowerResolution(a: Resolution | undefined, b: Resolution | undefined): Resolution | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return resolutions.indexOf(a) <= resolutions.indexOf(b) ? a : b;
}
