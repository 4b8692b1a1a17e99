/** What tokens ask of the outside: all that a decision needs, and the ledger of sessions. */
import type { Channel } from '../channels/record.ts';
import type { ChannelArn, KeyPairId, KeyPlace, ViewerId } from '../ids.ts';
import type { LimitQuery, LimitReadings } from '../limits/record.ts';
import type { Policy } from '../policies/record.ts';
import type { ScopeState } from '../revocations/scopes.ts';
import type { DeviceState } from './devices.ts';
import type { SessionRecord } from './record.ts';

/** Whose token, for which channel. `place` is where the key pairs for it live. */
interface IssuanceQuery {
  readonly channelArn: ChannelArn;
  readonly viewerId: ViewerId;
  readonly place: KeyPlace;
  /** What is to be read of limits. Absent: nothing. */
  readonly limits?: LimitQuery;
}

/** Everything that deciding on one token needs. */
export interface IssuanceState {
  readonly channel: Channel | undefined;
  readonly policy: Policy | undefined;
  /** The state of each scope that the viewer is under, on this channel. */
  readonly scopes: readonly ScopeState[];
  /** The floor of the scope of everyone on the channel among them; 0 when there is none. */
  readonly channelFloor: number;
  readonly activeKeyPairId: KeyPairId | undefined;
  /** Undefined when nothing was asked of limits. */
  readonly limits: LimitReadings | undefined;
  /** The viewer's devices on the channel; undefined where its policy does not count them. */
  readonly devices: DeviceState | undefined;
}

/** Most channels for which one viewer may get tokens within 48 hours. */
export const maxChannelsPerViewer = 100;

/** What became of a session that was to be recorded; in the first two it was. */
export type SessionOutcome = 'recorded' | 'replaced' | 'overtaken' | 'too_many_channels' | 'limited' | 'outrun';

/** What stands between a request and its token. Each method rejects with `store_unavailable` when the store does not answer. */
export interface IssuanceStore {
  /** Reads everything fresh, in one round trip: what belongs to all and what belongs to the viewer at the same time. */
  load(query: IssuanceQuery): Promise<IssuanceState>;
  /**
   * Writes the session into the ledger, then looks at the channel again. `overtaken` when a floor of the viewer at or above its version,
   * or a block, was recorded in the meantime, the channel's floor is another than `channelFloor`, or `keyPairId` is no pair that
   * signs any more: such a token must not be handed out. So no token of a pair is younger than its end as the active one.
   * `too_many_channels` (and nothing written) when it would be the viewer's 101st channel. `limited` when one of the limits that
   * it is to be counted against is exceeded: it must not be handed out. It then counts against none of them, or, where they lie
   * on several servers, against none of those on the server of the one. `replaced`: recorded, and IVS is being told to end devices of
   * the viewer there that were too many. `outrun` (and nothing written): another device came in between, so that it needs another version.
   */
  recordSession(session: SessionRecord): Promise<SessionOutcome>;
}
