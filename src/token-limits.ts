/** The limits of a playback token, each with its source: what IVS sets, and what is kept free of it here. */
import { z } from 'zod';

/** How far ahead `exp` may lie when the token has a viewer id or a single-use id: 10 minutes (AWS user guide, private-channels-generate-tokens). */
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
/** Parses one of these, spelled as IVS takes it in the claim `aws:maximum-resolution`. */
export const resolutionSchema = z.enum(resolutions);
export type Resolution = z.infer<typeof resolutionSchema>;
