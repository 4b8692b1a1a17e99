/** Issued tokens, and what was found of one, as they appear on the wire. */
import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../../errors.ts';
import { channelArnSchema, keyPairIdSchema, viewerIdSchema } from '../../ids.ts';
import { timeSchema, toIsoOrNull, toIsoTime } from '../../time.ts';
import { type Inspection, inspectReasons } from '../../tokens/inspect.ts';
import type { IssuedToken } from '../../tokens/issue.ts';

const token =
  'eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCJ9.eyJhd3M6Y2hhbm5lbC1hcm4iOiJhcm46YXdzOml2czp1cy13ZXN0LTI6MTIzNDU2Nzg5MDEyOmNoYW5uZWwvYWJjZEFCQ0RlZmdoIn0.c2lnbmF0dXJl';
const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';

const issuedTokenSchema = z.object({
  token: z.string().describe('The ES384 JWT that IVS takes.'),
  expiresAt: timeSchema,
  expiresIn: z.int().describe('Seconds until then, for a caller whose clock may be wrong.'),
  renewAfter: z.int().describe('Seconds after which to ask for the next token: what plays goes on meanwhile.'),
  channelArn: channelArnSchema,
  viewerId: viewerIdSchema,
  sessionVersion: z
    .int()
    .describe(
      'The second of issue, or of the first token of the device; a revocation ends every version up to its floor.',
    ),
  playbackUrl: z.string().describe('The multivariant playlist with the token.'),
});
/** An issued token, alone and within the playback URL: whoever bears it may start to watch until it expires. */
export const issuedTokenDocument = {
  name: 'PlaybackToken',
  schema: issuedTokenSchema,
  example: {
    token,
    expiresAt: '2026-11-20T17:02:00Z',
    expiresIn: 120,
    renewAfter: 96,
    channelArn,
    viewerId: 'v-7f3a',
    sessionVersion: 1_795_194_000,
    playbackUrl: `https://a1b2c3d4e5f6.us-west-2.playback.live-video.net/api/video/v1/news.m3u8?token=${token}`,
  },
};

/** The token with its time as the wire has it. How limits stand is said in the headers. */
export function toWireToken({ expiresAt, quotas: _, ...issued }: IssuedToken): z.input<typeof issuedTokenSchema> {
  return { ...issued, expiresAt: toIsoTime(expiresAt) };
}

const inspectionSchema = z.object({
  plays: z.boolean(),
  reason: z
    .enum(inspectReasons)
    .nullable()
    .describe('Null when it plays; else the first reason found: what the edge refuses, then what issuing does.'),
  claims: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('As they stand in the token. Nothing vouches for them unless `keyId` is there.'),
  keyId: keyPairIdSchema.nullable().describe('The key pair whose signature it bears.'),
  verdict: z
    .enum(['issued', ...Object.keys(errorCodes)] as ['issued', ...ErrorCode[]])
    .nullable()
    .describe('What would be decided if its viewer asked for a token of the channel now, from there.'),
  until: timeSchema.nullable().describe('When issuing would not refuse its viewer for a block any more.'),
  opensAt: timeSchema.nullable().describe('When the channel opens.'),
  closedAt: timeSchema.nullable().describe('When the channel closed, which does not open again.'),
  retryAfter: z.int().nullable().describe('Seconds after which a limit gives a token again.'),
  floor: z.int().nullable().describe('A session version at or below it is dead.'),
  expiresAt: timeSchema.nullable(),
});
/** What was found of a token: the first reason against it, and what was read before that. The rest is null. */
export const inspectionDocument = {
  name: 'Inspection',
  schema: inspectionSchema,
  example: {
    plays: false,
    reason: 'revoked' as const,
    claims: {
      'aws:channel-arn': channelArn,
      'aws:viewer-id': 'v-7f3a',
      'aws:viewer-session-version': 1_795_194_000,
      exp: 1_795_194_120,
    },
    keyId: 'key_019aa25b6c80d1e2f3a4b5c6',
    verdict: 'issued' as const,
    until: null,
    opensAt: null,
    closedAt: null,
    retryAfter: null,
    floor: 1_795_194_005,
    expiresAt: '2026-11-20T17:02:00Z',
  },
};

/** What was found, with its times as the wire has them. */
export function toWireInspection(inspection: Inspection): z.input<typeof inspectionSchema> {
  const { claims, until, opensAt, closedAt, retryAfterSeconds, expiresAt, ...found } = inspection;
  return {
    ...found,
    claims: claims && { ...claims },
    until: toIsoOrNull(until),
    opensAt: toIsoOrNull(opensAt),
    closedAt: toIsoOrNull(closedAt),
    retryAfter: retryAfterSeconds,
    expiresAt: toIsoOrNull(expiresAt),
  };
}
