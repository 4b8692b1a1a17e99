/** What channels ask of the outside: where their registrations are kept, and what IVS knows of them. */
import type { AuditDraft } from '../audit/record.ts';
import type { ChannelArn } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import type { Channel } from './record.ts';

/** The registered channels. Each method rejects with `store_unavailable` when the store does not answer; a change is durable when it resolves, and its entry in the audit with it. */
export interface ChannelStore {
  get(channelArn: ChannelArn): Promise<Channel | undefined>;
  /**
   * `policy_not_found` (and nothing written) when the channel names a policy that is not there. With `before` it is written only
   * where this stands, `null` for nothing: `changed` where it does not.
   */
  put(
    channel: Channel,
    before?: Channel | null,
    entry?: AuditDraft,
  ): Promise<'stored' | 'policy_not_found' | 'changed'>;
  /** False when there was none, or another one than `before`. */
  delete(channelArn: ChannelArn, before?: Channel, entry?: AuditDraft): Promise<boolean>;
  /** In the order of their ARNs. */
  list(page: PageQuery): Promise<Page<Channel>>;
}

/** A channel as IVS knows it. */
export interface IvsChannel {
  readonly channelArn: ChannelArn;
  readonly name: string;
  /** The multivariant playlist, without a token. */
  readonly playbackUrl: string;
  /** Whether it is private: playback needs a token. */
  readonly authorized: boolean;
}

/** A live stream as IVS knows it. */
export interface IvsStream {
  /** When it began, in unix seconds. */
  readonly startedAt: number;
  /** `UNKNOWN` where IVS does not say (IVS API reference, Stream). */
  readonly health: (typeof streamHealths)[number];
  /** How many watch, about; null where IVS does not say. */
  readonly viewerCount: number | null;
}

/** What IVS says of how a stream arrives. */
export const streamHealths = ['HEALTHY', 'STARVING', 'UNKNOWN'] as const;

/** How many channels IVS tells of in one call (IVS API reference, BatchGetChannel). */
export const maxChannelsPerCall = 50;

/** The part of the IVS API that is about channels. Rejects with `ivs_unavailable`, or `rate_limited` where IVS throttles. */
export interface ChannelControl {
  /** Those of them that IVS knows, all of one region and account, `maxChannelsPerCall` at most. */
  getChannels(channelArns: readonly ChannelArn[]): Promise<readonly IvsChannel[]>;
  /** Undefined when IVS knows no such channel. */
  getChannel(channelArn: ChannelArn): Promise<IvsChannel | undefined>;
  /** Its live stream. `not_live` when there is none, undefined when IVS knows no such channel. */
  getStream(channelArn: ChannelArn): Promise<IvsStream | 'not_live' | undefined>;
  /** Makes a channel private. `conflict` when IVS refuses, as it does while the channel is live. */
  authorizeChannel(channelArn: ChannelArn): Promise<IvsChannel | 'conflict'>;
}
