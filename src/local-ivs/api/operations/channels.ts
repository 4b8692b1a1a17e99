/** Channels: create, get, list, update, delete. */
import { createRandomId } from '../../random-id.ts';
import { withoutChannelHistory, withoutResource, withResource } from '../../state/data.ts';
import type { Channel } from '../../state/records.ts';
import type { Behaviour } from '../call.ts';
import { ApiError } from '../errors.ts';
import type { Input } from '../model-types.ts';
import { paginate } from '../paginate.ts';
import { checkQuota } from '../quotas.ts';
import { findBatch } from './batch.ts';
import { toChannel } from './channel-answer.ts';
import { checkOffline, defaultConfiguration, toConfiguration } from './channel-configuration.ts';
import { createResource, findResource } from './resource.ts';
import { createStreamKeyRecord } from './stream-key-record.ts';

/** Makes a channel and its stream key. ServiceQuotaExceededException beyond the quota. */
export const CreateChannel: Behaviour<'CreateChannel'> = (input, call) => {
  checkQuota(call, 'channel', call.state.list('channel', call).length);
  const channel = {
    ...createResource(call, 'channel', input),
    ...toConfiguration(defaultConfiguration, input, call),
    srtPassphrase: createRandomId(40),
  };
  const streamKey = createStreamKeyRecord(call, { channelArn: channel.arn });
  call.state.change((data) => withResource(withResource(data, channel), streamKey));
  return { channel: toChannel(call, channel), streamKey };
};

/** One by its ARN. ResourceNotFoundException when there is none. */
export const GetChannel: Behaviour<'GetChannel'> = ({ arn }, call) => ({
  channel: toChannel(call, findResource(call, 'channel', arn)),
});

/** Those of the ARNs that exist, and an error for each of the others. */
export const BatchGetChannel: Behaviour<'BatchGetChannel'> = ({ arns }, call) => {
  const { found, errors } = findBatch(call, 'channel', arns);
  return { channels: found.map((channel) => toChannel(call, channel)), errors };
};

/** A page of them, oldest first. ConflictException for more than one filter. */
export const ListChannels: Behaviour<'ListChannels'> = (input, call) => {
  const filter = createFilter(input);
  const { items, ...next } = paginate('ListChannels', call.state.list('channel', call).filter(filter), input);
  return { channels: items, ...next };
};

/** At most one filter may be given; an empty one is none. */
function createFilter(input: Input<'ListChannels'>): (channel: Channel) => boolean {
  const filters = [
    ['name', input.filterByName],
    ['recordingConfigurationArn', input.filterByRecordingConfigurationArn],
    ['playbackRestrictionPolicyArn', input.filterByPlaybackRestrictionPolicyArn],
    ['adConfigurationArn', input.filterByAdConfigurationArn],
  ] as const;
  const [given, ...others] = filters.filter(([, value]) => value);
  if (others.length > 0) throw new ApiError('ConflictException', 'The filters of ListChannels are mutually exclusive');
  return given ? (channel) => channel[given[0]] === given[1] : () => true;
}

/** Changes what is given and leaves the rest. ConflictException while the channel is live. */
export const UpdateChannel: Behaviour<'UpdateChannel'> = ({ arn, ...changes }, call) => {
  const before = findResource(call, 'channel', arn);
  checkOffline(call, arn);
  const channel = { ...before, ...toConfiguration(before, changes, call) };
  call.state.change((data) => withResource(data, channel));
  return { channel: toChannel(call, channel) };
};

/** Takes a channel out, with its stream key and all that is remembered of it. ConflictException while it is live. */
export const DeleteChannel: Behaviour<'DeleteChannel'> = ({ arn }, call) => {
  findResource(call, 'channel', arn);
  checkOffline(call, arn);
  const gone = call.state.list('stream-key', call).filter(({ channelArn }) => channelArn === arn);
  call.state.change((data) => {
    const rest = [arn, ...gone.map((key) => key.arn)].reduce(withoutResource, data);
    return withoutChannelHistory(rest, arn);
  });
  return undefined;
};
