/** Channels in Redis, each held together with its policy. */
import type { ChannelStore } from '../../channels/ports.ts';
import type { Channel } from '../../channels/record.ts';
import type { Keyspace } from './keyspace.ts';
import { createRecords } from './records.ts';

/** Binds the channels to their keys. */
export function createChannelStore(keyspace: Keyspace): ChannelStore {
  const { get, list } = createRecords<Channel>(keyspace, 'channel');
  return {
    get,
    async put(channel) {
      const { channelArn, policyId } = channel;
      const answer = await keyspace.durable.home('put-channel', channelArn, JSON.stringify(channel), policyId ?? '');
      return answer === 1 ? 'stored' : 'policy_not_found';
    },
    delete: async (channelArn) => (await keyspace.durable.home('delete-channel', channelArn)) === 1,
    list,
  };
}
