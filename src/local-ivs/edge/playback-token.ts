/** What a playback token says, once its form is right; nothing here trusts it yet. */
import { z } from 'zod';
import type { Refused } from './refusals.ts';

/** The largest token in bytes, all of it (AWS service quotas: playback token size 2 KB). */
const maxTokenBytes = 2048;
const maxViewerIdCharacters = 40;
const maxAdsPlayerParamsBytes = 1000;
const int64End = 2 ** 63;

/** A token of the right form, with its signature still to be verified. */
export interface PlaybackToken {
  readonly claims: PlaybackTokenClaims;
  /** What the signature covers: header and payload as they were sent. */
  readonly signingInput: string;
  /** r and s, 48 bytes each (RFC 7518 section 3.4). */
  readonly signature: Buffer;
}

/** The claims of a playback token by their names (AWS user guide, private-channels-generate-tokens). */
export type PlaybackTokenClaims = z.infer<typeof claimsSchema>;

const claimsSchema = z.object({
  'aws:channel-arn': z.string(),
  'aws:access-control-allow-origin': z.string().optional(),
  'aws:strict-origin-enforcement': z.boolean().default(false),
  'aws:single-use-uuid': z.guid().optional(),
  'aws:viewer-id': z.string().min(1).refine(isViewerIdLength).optional(),
  'aws:viewer-session-version': z.number().refine(isInt64FromZero).default(0),
  'aws:maximum-resolution': z.enum(['SD', 'HD', 'FULL_HD']).optional(),
  'aws:ads-opt-out': z.boolean().optional(),
  'aws:ads-player-params': z.record(z.string(), z.string()).refine(isWithinAdsLimit).optional(),
  'aws:ads-playback-config-name': z.string().optional(),
  'aws:ads-reporting-mode': z.enum(['CLIENT', 'SERVER']).optional(),
  exp: z.number().refine(Number.isInteger),
  nbf: z.number().optional(),
});

/** Reads a compact JWS signed with ES384. Limits that depend on the time, the channel or the request are not looked at here. */
export function parsePlaybackToken(token: string): PlaybackToken | Refused {
  if (Buffer.byteLength(token) > maxTokenBytes) return { refused: 'token_too_large' };
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0)
    return { refused: 'token_segments' };
  const headerJson = decodeJsonObject(header);
  const payloadJson = decodeJsonObject(payload);
  const signatureBytes = decodeBase64Url(signature);
  if (!headerJson || !payloadJson || !signatureBytes) return { refused: 'token_malformed' };
  // RFC 7515 section 4.1.11: a `crit` extension that is not understood makes the JWS invalid, and IVS names none.
  if (headerJson.alg !== 'ES384' || 'crit' in headerJson) return { refused: 'token_algorithm' };
  const claims = claimsSchema.safeParse(payloadJson);
  if (!claims.success) return { refused: 'token_claim', claim: String(claims.error.issues[0]?.path[0]) };
  return { claims: claims.data, signingInput: `${header}.${payload}`, signature: signatureBytes };
}

function decodeJsonObject(segment: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = decodeBase64Url(segment);
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decodeBase64Url(segment: string): Buffer | undefined {
  // Buffer.from would skip what is not of the alphabet, so that many texts would carry the same signature.
  return /^[\w-]+$/.test(segment) ? Buffer.from(segment, 'base64url') : undefined;
}

function isViewerIdLength(value: string): boolean {
  return [...value].length <= maxViewerIdCharacters;
}

function isInt64FromZero(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < int64End;
}

function isWithinAdsLimit(parameters: Readonly<Record<string, string>>): boolean {
  return Buffer.byteLength(Object.entries(parameters).flat().join('')) <= maxAdsPlayerParamsBytes;
}
