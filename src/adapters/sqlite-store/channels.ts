/** Channels in SQLite, each held together with its policy. */
import type { ChannelStore } from '../../channels/ports.ts';
import type { Channel } from '../../channels/record.ts';
import type { Policy } from '../../policies/record.ts';
import type { WriteAudit } from './audit.ts';
import type { Database } from './database.ts';
import { createRecords } from './records.ts';

/** Binds the channels to the database. */
export function createChannelStore(database: Database, writeAudit: WriteAudit): ChannelStore {
  const { atomically, read } = database;
  const channels = createRecords<Channel>(database, 'channel');
  const policies = createRecords<Policy>(database, 'policy');
  return {
    get: (channelArn) => read(() => channels.find(channelArn)),
    put: (channel, before, entry) =>
      atomically(() => {
        const { channelArn, policyId } = channel;
        if (!channels.isExpected(channelArn, before)) return 'changed';
        if (policyId !== null && policies.find(policyId) === undefined) return 'policy_not_found';
        channels.put(channelArn, channel);
        writeAudit(entry);
        return 'stored';
      }),
    delete: (channelArn, before, entry) =>
      atomically(() => {
        if (!channels.isExpected(channelArn, before) || !channels.delete(channelArn)) return false;
        writeAudit(entry);
        return true;
      }),
    list: (page) => read(() => channels.list(page)),
  };
}
