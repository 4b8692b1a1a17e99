/** What a token needs of Redis: home and the viewer's record in one round trip, and the ledger of sessions. */
import type { Channel } from '../../channels/record.ts';
import type { KeyPairId, ViewerId } from '../../ids.ts';
import type { Policy } from '../../policies/record.ts';
import type { ScopeState } from '../../revocations/scopes.ts';
import type { IssuanceStore } from '../../tokens/ports.ts';
import type { SessionRecord } from '../../tokens/record.ts';
import { parseStored } from '../stored-json.ts';
import { toFields } from './answers.ts';
import { toShortArn } from './cells.ts';
import type { Keyspace } from './keyspace.ts';
import type { Fields } from './revocation-record.ts';
import { toViewerScopes } from './viewer-record.ts';

/** Told with each token which generation of the store it was read from; see `RedisHealth`. */
type CheckGeneration = (mark: string | null) => void;

/** What `load-issuance.lua` answers. */
type HomeAnswer = readonly [
  channel: string | null,
  activeKeyPairId: string | null,
  generation: string | null,
  policy: string | null,
  scope: readonly string[],
  viewer: readonly string[],
];

/** The ids of the pairs that sign, of all places: see `replace-keys.lua`. */
const signingPairsKey = 'signing-pairs';

/** What `record-session.lua` answers, by its number. */
const outcomes = ['overtaken', 'recorded', 'too_many_channels'] as const;

/** Binds issuance to its keys. */
export function createIssuanceStore(keyspace: Keyspace, checkGeneration: CheckGeneration): IssuanceStore {
  return {
    async load({ channelArn, viewerId, place }) {
      const [home, viewer] = await loadBoth(keyspace, viewerId, [channelArn, place]);
      const [channel, activeKeyPairId, generation, policy, scope] = home;
      checkGeneration(generation);
      const ofChannel = toChannelScope(toFields(scope));
      return {
        channel: parseStored<Channel>(channel),
        policy: parseStored<Policy>(policy),
        activeKeyPairId: (activeKeyPairId ?? undefined) as KeyPairId | undefined,
        scopes: [...toViewerScopes(viewer, channelArn), ofChannel],
        channelFloor: ofChannel.floor,
      };
    },
    async recordSession(session) {
      const { viewerId, channelArn, sessionVersion, issuedAt, channelFloor } = session;
      const keys = [`channel-scope:${channelArn}`, signingPairsKey] as const;
      const args = [viewerId, toShortArn(channelArn), sessionVersion, issuedAt, channelFloor] as const;
      const atHome = keyspace.isCluster ? [''] : [...keys.map(keyspace.toHomeKey), session.keyPairId];
      const sent = [...args, ...atHome];
      const outcome = outcomes[Number(await keyspace.cell(viewerId, 'record-session', ...sent))] ?? 'overtaken';
      if (!keyspace.isCluster || outcome !== 'recorded') return outcome;
      // Read after the session was written, so that one of the two sees the other: this, or a revocation of the channel.
      const [scope, signs] = await Promise.all([
        keyspace.getHash(keys[0]),
        keyspace.isMember(keys[1], session.keyPairId),
      ]);
      return !signs || isOvertaken(session, toChannelScope(scope)) ? 'overtaken' : outcome;
    },
  };
}

/** What lies at home, and the viewer's record: in one script where one server has both, else at the same time. */
async function loadBoth(
  keyspace: Keyspace,
  viewerId: ViewerId,
  args: readonly string[],
): Promise<readonly [HomeAnswer, Fields]> {
  if (keyspace.isCluster) {
    const both = await Promise.all([keyspace.home('load-issuance', ...args, ''), keyspace.getViewer(viewerId)]);
    return both as [HomeAnswer, Fields];
  }
  const home = (await keyspace.home('load-issuance', ...args, keyspace.toViewerKey(viewerId))) as HomeAnswer;
  return [home, toFields(home[5])];
}

/** Whether the channel was revoked since the session was decided. */
function isOvertaken({ channelFloor, issuedAt }: SessionRecord, channel: ScopeState): boolean {
  return channel.floor !== channelFloor || channel.blockedUntil > issuedAt;
}

function toChannelScope({ floor = '0', ...blocks }: Fields): ScopeState {
  return { floor: Number(floor), blockedUntil: Math.max(0, ...Object.values(blocks).map(Number)) };
}
