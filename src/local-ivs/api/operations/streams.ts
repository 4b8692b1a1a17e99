/** Streams that are on now, and the metadata and ad breaks put into them. */
import { toIsoTime } from '../../iso-time.ts';
import { createRandomId } from '../../random-id.ts';
import { stopStream } from '../../state/broadcast.ts';
import type { StreamSession } from '../../state/records.ts';
import type { Behaviour, Call } from '../call.ts';
import { ApiError } from '../errors.ts';
import { paginate } from '../paginate.ts';
import { toPlaybackUrl } from './channel-answer.ts';
import { findResource } from './resource.ts';

/** The largest metadata payload, in bytes of UTF-8: user guide, service-quotas. */
const maxMetadataBytes = 1024;

/** The stream that is on. Throws ResourceNotFoundException for no channel, ChannelNotBroadcasting for one that is offline. */
function findStream(call: Call, channelArn: string): StreamSession {
  findResource(call, 'channel', channelArn);
  const session = call.state.liveSession(channelArn);
  if (!session) throw new ApiError('ChannelNotBroadcasting', `Channel: ${channelArn} is not currently online`);
  return session;
}

function toStream(call: Call, { channelArn, streamId, health, startedAtMs }: StreamSession) {
  return {
    channelArn,
    streamId,
    health,
    state: 'LIVE' as const,
    startTime: toIsoTime(startedAtMs),
    viewerCount: call.viewerCount(channelArn),
    playbackUrl: toPlaybackUrl(call, channelArn),
  };
}

/** The stream that is on. ChannelNotBroadcasting when the channel is offline. */
export const GetStream: Behaviour<'GetStream'> = ({ channelArn }, call) => ({
  stream: toStream(call, findStream(call, channelArn)),
});

/** A page of the streams that are on, oldest first, perhaps only those of one health. */
export const ListStreams: Behaviour<'ListStreams'> = (input, call) => {
  const wanted = input.filterBy?.health;
  const live = call.state
    .list('channel', call)
    .flatMap(({ arn }) => call.state.liveSession(arn) ?? [])
    .filter(({ health }) => wanted === undefined || health === wanted)
    .sort((one, other) => one.sequence - other.sequence);
  const { items, ...next } = paginate('ListStreams', live, input);
  return { streams: items.map((session) => toStream(call, session)), ...next };
};

/** Puts a channel offline. ChannelNotBroadcasting when it is offline already. */
export const StopStream: Behaviour<'StopStream'> = ({ channelArn }, call) => {
  findStream(call, channelArn);
  stopStream(call.state, channelArn, call.nowMs);
  return {};
};

/** Checks the metadata and drops it. ValidationException above 1024 bytes, ChannelNotBroadcasting when the channel is offline. */
export const PutMetadata: Behaviour<'PutMetadata'> = ({ channelArn, metadata }, call) => {
  if (Buffer.byteLength(metadata) > maxMetadataBytes)
    throw new ApiError('ValidationException', 'Metadata size exceeds payload limit');
  findStream(call, channelArn);
  return undefined;
};

/** Checks that ads could be inserted now. ConflictException without an ad configuration. */
export const InsertAdBreak: Behaviour<'InsertAdBreak'> = ({ channelArn }, call) => {
  const { adConfigurationArn } = findResource(call, 'channel', channelArn);
  findStream(call, channelArn);
  if (adConfigurationArn === '')
    throw new ApiError('ConflictException', `Channel: ${channelArn} has no ad configuration`);
  return { adBreakId: createRandomId(12) };
};
