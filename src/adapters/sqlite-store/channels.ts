/** Channels in SQLite, each held together with its policy. */
import type { ChannelStore } from '../../channels/ports.ts';
import type { Channel } from '../../channels/record.ts';
import type { Policy } from '../../policies/record.ts';
import type { Database } from './database.ts';
import { createRecords } from './records.ts';

/** Binds the channels to the database. */
export function createChannelStore(database: Database): ChannelStore {
  const { atomically, read } = database;
  const channels = createRecords<Channel>(database, 'channel');
  const policies = createRecords<Policy>(database, 'policy');
  return {
    get: (channelArn) => read(() => channels.find(channelArn)),
    put: (channel, before) =>
      atomically(() => {
        const { channelArn, policyId } = channel;
        if (!channels.isExpected(channelArn, before)) return 'changed';
        if (policyId !== null && policies.find(policyId) === undefined) return 'policy_not_found';
        channels.put(channelArn, channel);
        return 'stored';
      }),
    delete: (channelArn, before) =>
      atomically(() => channels.isExpected(channelArn, before) && channels.delete(channelArn)),
    list: (page) => read(() => channels.list(page)),
  };
}
