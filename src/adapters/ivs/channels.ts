/** Channels in IVS: looked up, and made private. */
import {
  BatchGetChannelCommand,
  type Channel,
  ChannelNotBroadcasting,
  ConflictException,
  GetChannelCommand,
  GetStreamCommand,
  ResourceNotFoundException,
  type _Stream as Stream,
  UpdateChannelCommand,
} from '@aws-sdk/client-ivs';
import { type ChannelControl, type IvsChannel, type IvsStream, streamHealths } from '../../channels/ports.ts';
import type { ChannelArn } from '../../ids.ts';
import { type IvsApi, withOutages } from './api.ts';

/** Binds the calls about channels to the API. */
export function createChannelControl({ clientOfChannel, inTime }: IvsApi): ChannelControl {
  return {
    getChannels: (channelArns) =>
      withOutages(async () => {
        const [first] = channelArns;
        if (first === undefined) return [];
        const { channels = [] } = await clientOfChannel(first).send(
          new BatchGetChannelCommand({ arns: [...channelArns] }),
          inTime(),
        );
        return channels.map((channel) => toIvsChannel(channel.arn as ChannelArn, channel));
      }),
    getChannel: (channelArn) =>
      withOutages(async () => {
        try {
          const get = new GetChannelCommand({ arn: channelArn });
          const { channel } = await clientOfChannel(channelArn).send(get, inTime());
          return toIvsChannel(channelArn, channel);
        } catch (error) {
          if (error instanceof ResourceNotFoundException) return undefined;
          throw error;
        }
      }),
    getStream: (channelArn) =>
      withOutages(async () => {
        try {
          const { stream } = await clientOfChannel(channelArn).send(new GetStreamCommand({ channelArn }), inTime());
          return toIvsStream(stream);
        } catch (error) {
          if (error instanceof ChannelNotBroadcasting) return 'not_live';
          if (error instanceof ResourceNotFoundException) return undefined;
          throw error;
        }
      }),
    authorizeChannel: (channelArn) =>
      withOutages(async () => {
        try {
          const update = new UpdateChannelCommand({ arn: channelArn, authorized: true });
          const { channel } = await clientOfChannel(channelArn).send(update, inTime());
          return toIvsChannel(channelArn, channel);
        } catch (error) {
          if (error instanceof ConflictException) return 'conflict';
          throw error;
        }
      }),
  };
}

function toIvsChannel(channelArn: ChannelArn, channel: Channel | undefined): IvsChannel {
  if (channel?.playbackUrl === undefined) throw new Error('the answer names no channel');
  const { name = '', playbackUrl, authorized = false } = channel;
  return { channelArn, name, playbackUrl, authorized };
}

function toIvsStream(stream: Stream | undefined): IvsStream | 'not_live' {
  if (stream?.startTime === undefined) throw new Error('the answer names no stream');
  const { state, startTime, health, viewerCount } = stream;
  if (state === 'OFFLINE') return 'not_live';
  return {
    startedAt: Math.floor(startTime.getTime() / 1000),
    health: streamHealths.find((each) => each === health) ?? 'UNKNOWN',
    // -1: so few or so new that IVS does not count them (IVS API reference, Stream).
    viewerCount: viewerCount === undefined || viewerCount < 0 ? null : viewerCount,
  };
}
