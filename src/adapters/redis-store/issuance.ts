/** What a token needs of Redis: home and the viewer's record in one round trip, and the ledger of sessions. */
import type { Channel } from '../../channels/record.ts';
import type { KeyPairId, ViewerId } from '../../ids.ts';
import { toTerms } from '../../limits/rate.ts';
import type { Limit, LimitQuery, LimitReadings } from '../../limits/record.ts';
import { toViewerKey } from '../../limits/select.ts';
import type { Policy } from '../../policies/record.ts';
import type { ScopeState } from '../../revocations/scopes.ts';
import type { IssuanceStore, SessionOutcome } from '../../tokens/ports.ts';
import type { SessionRecord } from '../../tokens/record.ts';
import { parseStored } from '../stored-json.ts';
import { toFields } from './answers.ts';
import { toShortArn } from './cells.ts';
import type { Keyspace } from './keyspace.ts';
import type { Fields } from './revocation-record.ts';
import { toDevices, toLimitField, toViewerScopes } from './viewer-record.ts';

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
  nowMicros: number,
  ...spentUntil: readonly (string | null)[],
];

/** The ids of the pairs that sign, of all places: see `replace-keys.lua`. */
const signingPairsKey = 'signing-pairs';

/** What `record-session.lua` answers, by its number. */
const outcomes = ['overtaken', 'recorded', 'too_many_channels', 'limited', 'outrun', 'replaced'] as const;

/** Binds issuance to its keys. */
export function createIssuanceStore(keyspace: Keyspace, checkGeneration: CheckGeneration): IssuanceStore {
  return {
    async load({ channelArn, viewerId, place, limits }) {
      const [home, viewer] = await loadBoth(keyspace, viewerId, { atHome: [channelArn, place], limits });
      const [channel, activeKeyPairId, generation, policyJson, scope] = home;
      checkGeneration(generation);
      const ofChannel = toChannelScope(toFields(scope));
      const policy = parseStored<Policy>(policyJson);
      return {
        channel: parseStored<Channel>(channel),
        policy,
        activeKeyPairId: (activeKeyPairId ?? undefined) as KeyPairId | undefined,
        scopes: [...toViewerScopes(viewer, channelArn), ofChannel],
        channelFloor: ofChannel.floor,
        limits: limits && toReadings(home, viewer, policy),
        devices: policy?.maxConcurrentSessions === undefined ? undefined : toDevices(viewer, channelArn),
      };
    },
    async recordSession(session) {
      const { viewerId, channelArn, sessionVersion, issuedAt, channelFloor, limits, device } = session;
      const keys = [`channel-scope:${channelArn}`, signingPairsKey] as const;
      const args = [viewerId, toShortArn(channelArn), sessionVersion, issuedAt, channelFloor] as const;
      const ofViewer = [...toViewerTerms(limits?.viewer), device?.most ?? '', device?.id ?? ''];
      const shared = (limits?.shared ?? []).flatMap((limit) => toSharedTerms(keyspace, limit));
      if (!keyspace.isCluster) {
        const sent = [
          ...args,
          ...keys.map(keyspace.toHomeKey),
          session.keyPairId,
          ...ofViewer,
          keyspace.toHomeKey(''),
          ...shared,
        ];
        return toOutcome(await keyspace.cell(viewerId, 'record-session', ...sent));
      }
      const [answer, isWithin] = await Promise.all([
        keyspace.cell(viewerId, 'record-session', ...args, '', '', '', ...ofViewer, ''),
        shared.length === 0 ? 1 : keyspace.home('spend-limits', ...shared),
      ]);
      const outcome = toOutcome(answer);
      if (outcome !== 'recorded' && outcome !== 'replaced') return outcome;
      if (Array.isArray(answer)) await keyspace.home('end-replaced', channelArn, viewerId, Number(answer[1]));
      // It stands in the ledger then, for a token that nobody has.
      if (isWithin === 0) return 'limited';
      // Read after the session was written, so that one of the two sees the other: this, or a revocation of the channel.
      const [scope, signs] = await Promise.all([
        keyspace.getHash(keys[0]),
        keyspace.isMember(keys[1], session.keyPairId),
      ]);
      return !signs || isOvertaken(session, toChannelScope(scope)) ? 'overtaken' : outcome;
    },
  };
}

function toOutcome(answer: unknown): SessionOutcome {
  return outcomes[Number(Array.isArray(answer) ? answer[0] : answer)] ?? 'overtaken';
}

/** What to read at home. */
interface HomeQuery {
  readonly atHome: readonly string[];
  readonly limits: LimitQuery | undefined;
}

/** What lies at home, and the viewer's record: in one script where one server has both, else at the same time. */
async function loadBoth(
  keyspace: Keyspace,
  viewerId: ViewerId,
  { atHome, limits }: HomeQuery,
): Promise<readonly [HomeAnswer, Fields]> {
  const limitKeys = (limits?.sharedKeys ?? []).map(toLimitKey);
  if (keyspace.isCluster) {
    const home = keyspace.home('load-issuance', ...atHome, '', ...limitKeys);
    return (await Promise.all([home, keyspace.getViewer(viewerId)])) as [HomeAnswer, Fields];
  }
  const viewerKey = keyspace.toViewerKey(viewerId);
  const home = (await keyspace.home('load-issuance', ...atHome, viewerKey, ...limitKeys)) as HomeAnswer;
  return [home, toFields(home[5])];
}

/** Where a limit lies at home. */
function toLimitKey(key: string): string {
  return `limit:${key}`;
}

function toReadings(home: HomeAnswer, viewer: Fields, policy: Policy | undefined): LimitReadings {
  const [, , , , , , nowMicros, ...spentUntil] = home;
  return {
    nowMicros,
    viewer: Number(viewer[toLimitField(toViewerKey(policy))] ?? 0),
    shared: spentUntil.map((time) => Number(time ?? 0)),
  };
}

/** A viewer's limit as `record-session.lua` takes it. */
function toViewerTerms(limit: Limit | undefined): readonly (string | number)[] {
  if (limit === undefined) return ['', '', ''];
  const { intervalMicros, spanMicros } = toTerms(limit.rate);
  return [toLimitField(limit.key), intervalMicros, spanMicros];
}

/** A limit at home as `limits.lua` takes it. */
function toSharedTerms({ toHomeKey }: Keyspace, { key, rate }: Limit): readonly (string | number)[] {
  const { intervalMicros, spanMicros } = toTerms(rate);
  return [toHomeKey(toLimitKey(key)), intervalMicros, spanMicros];
}

/** Whether the channel was revoked since the session was decided. */
function isOvertaken({ channelFloor, issuedAt }: SessionRecord, channel: ScopeState): boolean {
  return channel.floor !== channelFloor || channel.blockedUntil > issuedAt;
}

function toChannelScope({ floor = '0', ...blocks }: Fields): ScopeState {
  return { floor: Number(floor), blockedUntil: Math.max(0, ...Object.values(blocks).map(Number)) };
}
