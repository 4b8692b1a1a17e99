/** What a token needs of SQLite: channel, policy, scopes and active key pair in one go, and the ledger of sessions. */
import type { Channel } from '../../channels/record.ts';
import { toViewerKey } from '../../limits/select.ts';
import type { Policy } from '../../policies/record.ts';
import { combineScopes } from '../../revocations/scopes.ts';
import { type IssuanceStore, maxChannelsPerViewer, type SessionOutcome } from '../../tokens/ports.ts';
import type { SessionRecord } from '../../tokens/record.ts';
import type { Database, Sql } from './database.ts';
import { loadDevices, planDevices, writeDevices } from './devices.ts';
import { findActiveKeyPairId, signs } from './key-pairs.ts';
import { countEntries, dropOldEntries, findEntry, toEntryWith, writeEntry } from './ledger.ts';
import { chargeLimits, readLimits } from './limits.ts';
import { findMissed, meet } from './missed-sessions.ts';
import { createRecords } from './records.ts';
import { loadScopes } from './scopes.ts';
import { createSweep } from './sweep.ts';

/** Binds issuance to the database. */
export function createIssuanceStore(database: Database): IssuanceStore {
  const { atomically, read } = database;
  const channels = createRecords<Channel>(database, 'channel');
  const policies = createRecords<Policy>(database, 'policy');
  const sweep = createSweep(database);
  return {
    load: ({ channelArn, viewerId, place, limits }) =>
      read(() => {
        const channel = channels.find(channelArn);
        const policy = channel?.policyId ? policies.find(channel.policyId) : undefined;
        const { onChannel, everywhere, everyone } = loadScopes(database, viewerId, channelArn);
        return {
          channel,
          policy,
          activeKeyPairId: findActiveKeyPairId(database, place),
          scopes: [onChannel, everywhere, everyone],
          channelFloor: everyone.floor,
          devices:
            policy?.maxConcurrentSessions === undefined ? undefined : loadDevices(database, viewerId, channelArn),
          limits: limits && readLimits(database, { viewerId, key: toViewerKey(policy) }, limits),
        };
      }),
    recordSession: (session) =>
      atomically(() => {
        const outcome = writeSession(database, session);
        sweep(session.issuedAt);
        return outcome;
      }),
  };
}

function writeSession(sql: Sql, session: SessionRecord): SessionOutcome {
  const { viewerId, channelArn, issuedAt, limits } = session;
  if (!signs(sql, session.keyPairId)) return 'overtaken';
  const { onChannel, everywhere, everyone } = loadScopes(sql, viewerId, channelArn);
  const { floor, blockedUntil } = combineScopes([onChannel, everywhere, everyone]);
  if (floor >= session.sessionVersion || blockedUntil > issuedAt) return 'overtaken';
  if (everyone.floor !== session.channelFloor) return 'overtaken';
  dropOldEntries(sql, viewerId, issuedAt);
  const before = findEntry(sql, viewerId, channelArn);
  if (before === undefined && countEntries(sql, viewerId) >= maxChannelsPerViewer) return 'too_many_channels';
  const after = toEntryWith(before, session);
  const missed = before === undefined ? [] : findMissed(sql, session, { before, after });
  const devices = planDevices(sql, session, floor);
  if (devices === 'outrun') return 'outrun';
  if (limits !== undefined && !chargeLimits(sql, viewerId, limits)) return 'limited';
  if (!meet(sql, session, missed)) return 'overtaken';
  writeEntry(sql, session, after);
  return devices !== undefined && writeDevices(sql, session, devices) ? 'replaced' : 'recorded';
}
