/** What stands in a playback token: names, types, and every limit with its source. */
import { z } from 'zod';
import { type ChannelArn, type ViewerId, viewerIdMaxLength } from '../ids.ts';

/** The header of every playback token. AWS documents no `kid`, so none is sent (user guide, private-channels-generate-tokens). */
export const tokenHeader = { alg: 'ES384', typ: 'JWT' } as const;

/** How far ahead `exp` may lie when the token has a viewer id or a single-use id: 10 minutes (same page). */
export const maxExpiryAheadSeconds = 600;

/** Kept free below `maxExpiryAheadSeconds`, so that our clock may run ahead of AWS's by this much (our choice). */
export const clockMarginSeconds = 30;

/** Longest life that a token is given here. */
export const maxTtlSeconds = maxExpiryAheadSeconds - clockMarginSeconds;

/** The whole JWT, in bytes (AWS user guide, service-quotas: playback token size 2 KB). */
export const maxTokenBytes = 2048;

/** With strict origin enforcement a token lists at most five origins (private-channels-generate-tokens). */
export const maxStrictOrigins = 5;

/**
 * Longest comma-separated list of origins, in characters. Everything else in a token is at most 400 bytes of payload,
 * so with this much the whole JWT stays below `maxTokenBytes`; a property test holds it there.
 */
export const maxOriginListLength = 1000;

/** Renditions at or below SD (480p), HD (720p) or FULL_HD (1080p), from narrow to wide. */
export const resolutions = ['SD', 'HD', 'FULL_HD'] as const;
export const resolutionSchema = z.enum(resolutions);
export type Resolution = z.infer<typeof resolutionSchema>;

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

/** The claims of a token someone presents, judged by the limits above. Unknown claims are let through, as IVS documents no ban. */
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
