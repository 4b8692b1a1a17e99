/** Channels as they appear on the wire. */
import { z } from 'zod';
import { type IvsStream, streamHealths } from '../../channels/ports.ts';
import { type Channel, channelFields, channelSchema } from '../../channels/record.ts';
import { timeSchema, toIsoTime } from '../../time.ts';

const wireSchema = channelSchema.extend({ entitlementUrl: channelFields.entitlementUrl });

/** A registered channel with its playback URL, which has no token; `policyId` is null without a policy. */
export const channelDocument = {
  name: 'Channel',
  schema: wireSchema,
  example: {
    channelArn: 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh',
    name: 'news',
    playbackUrl: 'https://a1b2c3d4e5f6.us-west-2.playback.live-video.net/api/video/v1/news.m3u8',
    policyId: 'evening',
    access: 'entitled' as const,
    entitlementUrl: 'https://shop.example/entitlements',
  },
};

/** The channel as it was registered, and what stands in the way of its tokens. */
export const putChannelDocument = {
  name: 'PutChannel',
  schema: wireSchema.extend({ warnings: z.array(z.string()) }),
  example: { ...channelDocument.example, warnings: [] },
};

/** The channel, which has nothing to hide. */
export function toWireChannel(channel: Channel): z.input<typeof wireSchema> {
  return { ...channel, entitlementUrl: channel.entitlementUrl ?? null };
}

const streamSchema = z.object({
  live: z.boolean(),
  startedAt: timeSchema.nullable().describe('When it began; null when it is not live.'),
  health: z.enum(streamHealths).nullable().describe('How it arrives at IVS; null when it is not live.'),
  viewerCount: z.int().nullable().describe('How many watch, about; null where IVS does not say.'),
});

/** Whether a channel is live. */
export const streamDocument = {
  name: 'Stream',
  schema: streamSchema,
  example: { live: true, startedAt: '2026-11-20T17:00:00Z', health: 'HEALTHY' as const, viewerCount: 1204 },
};

/** The stream, or that there is none. */
export function toWireStream(stream: IvsStream | undefined): z.input<typeof streamSchema> {
  if (stream === undefined) return { live: false, startedAt: null, health: null, viewerCount: null };
  const { startedAt, health, viewerCount } = stream;
  return { live: true, startedAt: toIsoTime(startedAt), health, viewerCount };
}
