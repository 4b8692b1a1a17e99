/** The state as the playback edge sees it. */
import { toArnPrefix } from './arn.ts';
import type { Clock } from './clock.ts';
import type { EdgeChannel, EdgeState } from './edge/edge-state.ts';
import { withoutRecords, withRecord } from './state/data.ts';
import type { UsedId } from './state/records.ts';
import type { State } from './state/state.ts';

/** What the playback edge asks, answered from the state by the given clock. */
export function createEdgeState(state: State, clock: Clock): EdgeState {
  return {
    now: () => clock.now(),
    findChannel: (region, accountId, channelId) =>
      findEdgeChannel(state, `${toArnPrefix('channel', { region, accountId })}${channelId}`),
    playbackKeys: (region, accountId) => {
      const now = clock.now();
      const imported = state.list('playback-key', { region, accountId }).filter((key) => key.effectiveFromMs <= now);
      const deleted = state.data().deletedKeys.get(toArnPrefix('playback-key', { region, accountId }))?.values() ?? [];
      return [...imported, ...[...deleted].filter((key) => key.effectiveFromMs <= now && key.effectiveUntilMs > now)];
    },
    revokedVersion: (channelArn, viewerId) => {
      const bounds = state.data().revocations.get(channelArn)?.get(viewerId)?.bounds ?? [];
      const versions = bounds.filter((bound) => bound.effectiveFromMs <= clock.now()).map((bound) => bound.version);
      return versions.length === 0 ? undefined : Math.max(...versions);
    },
    useSingleUseId: (channelArn, uuid, forgetAtMs) =>
      useSingleUseId(state, clock.now(), { channelArn, uuid, forgetAtMs }),
  };
}

function findEdgeChannel(state: State, arn: string): EdgeChannel | undefined {
  const channel = state.find('channel', arn);
  if (!channel) return undefined;
  const session = state.liveSession(arn);
  const policy = state.find('playback-restriction-policy', channel.playbackRestrictionPolicyArn);
  return {
    arn,
    authorized: channel.authorized,
    ...(session && { stream: { streamId: session.streamId, startedAtMs: session.startedAtMs } }),
    ...(policy && { restrictionPolicy: policy }),
  };
}

function useSingleUseId(state: State, nowMs: number, id: UsedId): boolean {
  const before = state.data().usedIds.get(id.channelArn)?.get(id.uuid);
  if (before && before.forgetAtMs > nowMs) return false;
  state.change((data) => {
    const kept = withoutRecords(data.usedIds, id.channelArn, ({ forgetAtMs }) => forgetAtMs <= nowMs);
    return { ...data, usedIds: withRecord<UsedId>(kept, id.channelArn, id.uuid, id) };
  });
  return true;
}
