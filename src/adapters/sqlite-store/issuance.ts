/** What a token needs of SQLite: channel, policy, scopes and active key pair in one go, and the ledger of sessions. */
import type { Channel } from '../../channels/record.ts';
import type { Policy } from '../../policies/record.ts';
import { combineScopes } from '../../revocations/scopes.ts';
import type { IssuanceStore } from '../../tokens/ports.ts';
import type { Database } from './database.ts';
import { findActiveKeyPair } from './key-pairs.ts';
import { createRecords } from './records.ts';
import { loadScopes } from './scopes.ts';
import { createSweep } from './sweep.ts';

/** Binds issuance to the database. */
export function createIssuanceStore(database: Database): IssuanceStore {
  const { atomically, read, change } = database;
  const channels = createRecords<Channel>(database, 'channel');
  const policies = createRecords<Policy>(database, 'policy');
  const sweep = createSweep(database);
  return {
    load: ({ channelArn, viewerId, region }) =>
      read(() => {
        const channel = channels.find(channelArn);
        return {
          channel,
          policy: channel?.policyId ? policies.find(channel.policyId) : undefined,
          activeKeyPairId: findActiveKeyPair(database, region)?.id,
          scopes: loadScopes(database, viewerId, channelArn),
        };
      }),
    recordSession: ({ channelArn, viewerId, sessionVersion, issuedAt }) =>
      atomically(() => {
        const { floor, blockedUntil } = combineScopes(loadScopes(database, viewerId, channelArn));
        if (floor >= sessionVersion || blockedUntil > issuedAt) return 'overtaken';
        const record = 'INSERT OR REPLACE INTO sessions (viewer_id, channel_arn, issued_at) VALUES (?, ?, ?)';
        change(record, viewerId, channelArn, issuedAt);
        sweep(issuedAt);
        return 'recorded';
      }),
  };
}
