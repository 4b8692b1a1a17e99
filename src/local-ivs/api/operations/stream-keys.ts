/** Stream keys: create, get, list, delete. A channel has at most one. */
import { withoutResource, withResource } from '../../state/data.ts';
import type { StreamKey } from '../../state/records.ts';
import type { Behaviour, Call } from '../call.ts';
import { paginate } from '../paginate.ts';
import { checkQuota } from '../quotas.ts';
import { findBatch } from './batch.ts';
import { findResource } from './resource.ts';
import { createStreamKeyRecord } from './stream-key-record.ts';

function keysOf(call: Call, channelArn: string): readonly StreamKey[] {
  return call.state.list('stream-key', call).filter((key) => key.channelArn === channelArn);
}

/** Makes the stream key of a channel. ServiceQuotaExceededException when it has one. */
export const CreateStreamKey: Behaviour<'CreateStreamKey'> = (input, call) => {
  findResource(call, 'channel', input.channelArn);
  checkQuota(call, 'stream-key', keysOf(call, input.channelArn).length);
  const streamKey = createStreamKeyRecord(call, input);
  call.state.change((data) => withResource(data, streamKey));
  return { streamKey };
};

/** One by its ARN, its value included. ResourceNotFoundException when there is none. */
export const GetStreamKey: Behaviour<'GetStreamKey'> = ({ arn }, call) => ({
  streamKey: findResource(call, 'stream-key', arn),
});

/** Those of the ARNs that exist, and an error for each of the others. */
export const BatchGetStreamKey: Behaviour<'BatchGetStreamKey'> = ({ arns }, call) => {
  const { found, errors } = findBatch(call, 'stream-key', arns);
  return { streamKeys: found, errors };
};

/** A page of the keys of a channel, without their values. */
export const ListStreamKeys: Behaviour<'ListStreamKeys'> = (input, call) => {
  findResource(call, 'channel', input.channelArn);
  const { items, ...next } = paginate('ListStreamKeys', keysOf(call, input.channelArn), input);
  return { streamKeys: items, ...next };
};

/** Takes one out. */
export const DeleteStreamKey: Behaviour<'DeleteStreamKey'> = ({ arn }, call) => {
  findResource(call, 'stream-key', arn);
  call.state.change((data) => withoutResource(data, arn));
  return undefined;
};
