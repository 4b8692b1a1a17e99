/** A channel as the API answers it: what is stored, and the addresses that follow from it. */
import { createHash } from 'node:crypto';
import { parseArn, toResourceId } from '../../arn.ts';
import type { Channel } from '../../state/records.ts';
import type { Call } from '../call.ts';

/** Where viewers get the multivariant playlist of a channel. */
export function toPlaybackUrl({ publicUrl, region, accountId }: Call, channelArn: string): string {
  return `${publicUrl}/api/video/v1/${region}.${accountId}.channel.${toResourceId(channelArn)}.m3u8`;
}

/** The members of the API's Channel. Addresses are made anew each time, so they follow the public URL. */
export function toChannel(call: Call, channel: Channel) {
  return {
    ...channel,
    playbackUrl: toPlaybackUrl(call, channel.arn),
    ingestEndpoint: `${toHostPrefix(channel.arn)}.global-contribute.live-video.net`,
    srt: { endpoint: `${toHostPrefix(channel.arn)}.srt.live-video.net`, passphrase: channel.srtPassphrase },
  };
}

/** All channels of an account in a region share one host: 12 hexadecimal digits that never change. */
function toHostPrefix(channelArn: string): string {
  const { accountId, region } = parseArn(channelArn) ?? {};
  return createHash('sha256').update(`${accountId} ${region}`).digest('hex').slice(0, 12);
}
