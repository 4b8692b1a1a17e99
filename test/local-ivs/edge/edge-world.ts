/** What a playback edge stands on in a test: the real state in memory, set through the operations of the API, by a clock that can be set. */
import { behaviours } from '../../../src/local-ivs/api/behaviours.ts';
import type { Input, OperationName, Output } from '../../../src/local-ivs/api/model-types.ts';
import { parseInput } from '../../../src/local-ivs/api/parse-input.ts';
import { defaultQuotas } from '../../../src/local-ivs/api/quotas.ts';
import { toArnPrefix } from '../../../src/local-ivs/arn.ts';
import { createClock } from '../../../src/local-ivs/clock.ts';
import type { EdgeState } from '../../../src/local-ivs/edge/edge-state.ts';
import { createEdgeState } from '../../../src/local-ivs/edge-view.ts';
import { startStream, stopStream } from '../../../src/local-ivs/state/broadcast.ts';
import { recordsOf } from '../../../src/local-ivs/state/data.ts';
import type { UsedId } from '../../../src/local-ivs/state/records.ts';
import { loadState } from '../../../src/local-ivs/state/state.ts';
import type { PlaybackSigner } from '../../support/playback-signer.ts';

/** The time of a test with a fixed clock: 2026-11-20T12:00:00Z. */
export const fixedNowMs = 1_795_176_000_000;

const scope = { region: 'us-west-2', accountId: '123456789012' };

/** A private channel that is live, a private one that is offline, and a public one that is live. */
export type ChannelName = 'live' | 'offline' | 'open';

/** A state whose clock, channels, keys and revocations a test can set. */
export interface EdgeWorld {
  /** The clock, unix milliseconds; undefined when it goes with the machine's. */
  nowMs: number | undefined;
  readonly edgeState: EdgeState;
  toArn(channel: ChannelName): string;
  importKey(signer: Pick<PlaybackSigner, 'spki'>): void;
  deleteKeys(): void;
  revoke(channel: ChannelName, viewerId: string, version: number): void;
  /** Attaches a new policy, which restricts nothing but what is given. Streams in between are new ones. */
  restrict(channel: ChannelName, policy: Omit<Input<'CreatePlaybackRestrictionPolicy'>, 'name' | 'tags'>): void;
  /** Ends the stream that is on, and starts a new one that began then. */
  goLive(channel: ChannelName, startedAtMs: number): void;
  goOffline(channel: ChannelName): void;
  deleteChannel(channel: ChannelName): void;
  /** The single-use ids that are used up. */
  usedIds(): readonly UsedId[];
}

/** A world at a fixed time in which the signer's key is imported and the streams are a minute old. */
export function createEdgeWorld(signer: PlaybackSigner): EdgeWorld {
  const state = loadState();
  const call = <N extends OperationName>(name: N, input: Input<N>): Output<N> =>
    behaviours[name](parseInput(name, { body: { ...Object(input) }, query: new URLSearchParams() }), {
      ...scope,
      state,
      nowMs: world.edgeState.now(),
      propagation: { newKeyMs: 0, listedKeyMs: 0, deletedKeyMs: 0, revocationMs: 0, recordingConfigurationMs: 0 },
      quotas: defaultQuotas,
      publicUrl: 'http://127.0.0.1',
      batchErrorCodes: 'status',
      viewerCount: () => 0,
    });
  const createChannel = (authorized: boolean) => call('CreateChannel', { authorized }).channel?.arn ?? '';
  const world: EdgeWorld = {
    nowMs: fixedNowMs,
    edgeState: createEdgeState(
      state,
      createClock(() => world.nowMs ?? Date.now()),
    ),
    toArn: (channel) => arns[channel],
    importKey: ({ spki }) => {
      const publicKeyMaterial = `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`;
      call('ImportPlaybackKeyPair', { publicKeyMaterial });
    },
    deleteKeys: () => {
      for (const { arn } of state.list('playback-key', scope)) call('DeletePlaybackKeyPair', { arn });
    },
    revoke: (channel, viewerId, viewerSessionVersionsLessThanOrEqualTo) =>
      call('StartViewerSessionRevocation', {
        channelArn: arns[channel],
        viewerId,
        viewerSessionVersionsLessThanOrEqualTo,
      }),
    restrict: (channel, policy) => {
      const arn = arns[channel];
      const { playbackRestrictionPolicy } = call('CreatePlaybackRestrictionPolicy', policy);
      const wasLive = stopStream(state, arn, world.edgeState.now());
      call('UpdateChannel', { arn, playbackRestrictionPolicyArn: playbackRestrictionPolicy?.arn });
      if (wasLive) startStream(state, arn, world.edgeState.now());
    },
    goLive: (channel, startedAtMs) => {
      stopStream(state, arns[channel], startedAtMs);
      startStream(state, arns[channel], startedAtMs);
    },
    goOffline: (channel) => void stopStream(state, arns[channel], world.edgeState.now()),
    deleteChannel: (channel) => {
      stopStream(state, arns[channel], world.edgeState.now());
      call('DeleteChannel', { arn: arns[channel] });
    },
    usedIds: () => [...recordsOf(state.data().usedIds)],
  };
  const arns = { live: createChannel(true), offline: createChannel(true), open: createChannel(false) };
  world.importKey(signer);
  for (const channel of ['live', 'open'] as const) world.goLive(channel, fixedNowMs - 60_000);
  return world;
}

/** The ARN of a channel that nobody made. */
export const unknownChannelArn = `${toArnPrefix('channel', scope)}abcdABCDefgh`;
