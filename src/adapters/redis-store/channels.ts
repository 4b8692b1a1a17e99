/** Channels in Redis, each held together with its policy. */
import type { ChannelStore } from '../../channels/ports.ts';
import type { Channel } from '../../channels/record.ts';
import type { Keyspace } from './keyspace.ts';
import { createRecords, toExpected } from './records.ts';

/** What `put-channel.lua` answers, by its number. */
const outcomes = ['policy_not_found', 'stored', 'changed'] as const;

/** Binds the channels to their keys. */
export function createChannelStore(keyspace: Keyspace): ChannelStore {
  const { get, list } = createRecords<Channel>(keyspace, 'channel');
  return {
    get,
    async put(channel, before, entry) {
      const { channelArn, policyId } = channel;
      const written = [channelArn, JSON.stringify(channel), policyId ?? '', toExpected(before)] as const;
      const answer = await keyspace.durable.home('put-channel', ...written, keyspace.toAuditArgument(entry));
      return outcomes[Number(answer)] ?? 'changed';
    },
    async delete(channelArn, before, entry) {
      const args = [channelArn, toExpected(before), keyspace.toAuditArgument(entry)] as const;
      return (await keyspace.durable.home('delete-channel', ...args)) === 1;
    },
    list,
  };
}
