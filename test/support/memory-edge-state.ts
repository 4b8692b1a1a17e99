/** A state for the playback edge that a test can set: its clock, channels, keys and revocations. */
import type { EdgeChannel, EdgeState } from '../../src/local-ivs/edge/edge-state.ts';
import type { PlaybackSigner } from './playback-signer.ts';

/** The region and account of everything in the state. */
export const edgeRegion = 'us-west-2';
export const edgeAccountId = '123456789012';

/** The ARN of a channel in the state's region and account. */
export function toChannelArn(channelId: string): string {
  return `arn:aws:ivs:${edgeRegion}:${edgeAccountId}:channel/${channelId}`;
}

/** An `EdgeState` whose parts are open. */
export interface MemoryEdgeState extends EdgeState {
  /** The state's clock, unix milliseconds; undefined when it goes with the machine's. */
  nowMs: number | undefined;
  /** By channel id. */
  readonly channels: Map<string, EdgeChannel>;
  readonly keys: { arn: string; spki: string }[];
  revoke(channelId: string, viewerId: string, version: number): void;
  /** Each single-use id that is used up, and until when that is remembered. */
  readonly usedIds: Map<string, number>;
}

/** The time of a test with a fixed clock: 2026-11-20T12:00:00Z. */
export const fixedNowMs = 1_795_176_000_000;

/** A state at a fixed time with a private live channel `live`, a private offline channel `offline` and a public live channel `open`. */
export function createMemoryEdgeState(signer: PlaybackSigner): MemoryEdgeState {
  const stream = { streamId: 'st-1ABCDEFGHIJKLMNOPQRSTUVW', startedAtMs: fixedNowMs - 60_000 };
  const revoked = new Map<string, number>();
  return {
    nowMs: fixedNowMs,
    channels: new Map<string, EdgeChannel>([
      ['live', { arn: toChannelArn('live'), authorized: true, stream }],
      ['offline', { arn: toChannelArn('offline'), authorized: true }],
      ['open', { arn: toChannelArn('open'), authorized: false, stream }],
    ]),
    keys: [{ arn: `arn:aws:ivs:${edgeRegion}:${edgeAccountId}:playback-key/test`, spki: signer.spki }],
    usedIds: new Map(),
    now() {
      return this.nowMs ?? Date.now();
    },
    findChannel(region, accountId, channelId) {
      return region === edgeRegion && accountId === edgeAccountId ? this.channels.get(channelId) : undefined;
    },
    playbackKeys(region, accountId) {
      return region === edgeRegion && accountId === edgeAccountId ? this.keys : [];
    },
    revoke(channelId, viewerId, version) {
      revoked.set(`${toChannelArn(channelId)} ${viewerId}`, version);
    },
    revokedVersion(channelArn, viewerId) {
      return revoked.get(`${channelArn} ${viewerId}`);
    },
    useSingleUseId(channelArn, uuid, forgetAtMs) {
      const id = `${channelArn} ${uuid}`;
      if (this.usedIds.has(id)) return false;
      this.usedIds.set(id, forgetAtMs);
      return true;
    },
  };
}
