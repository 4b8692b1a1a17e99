/** What tokens ask of the outside: all that a decision needs, and the ledger of sessions. */
import type { Channel } from '../channels/record.ts';
import type { ChannelArn, KeyPairId, Region, ViewerId } from '../ids.ts';
import type { Policy } from '../policies/record.ts';
import type { ScopeState } from '../revocations/scopes.ts';
import type { SessionRecord } from './record.ts';

/** Whose token, for which channel. `region` is the channel's. */
interface IssuanceQuery {
  readonly channelArn: ChannelArn;
  readonly viewerId: ViewerId;
  readonly region: Region;
}

/** Everything that deciding on one token needs. */
export interface IssuanceState {
  readonly channel: Channel | undefined;
  readonly policy: Policy | undefined;
  /** The state of each scope that the viewer is under, on this channel. */
  readonly scopes: readonly ScopeState[];
  readonly activeKeyPairId: KeyPairId | undefined;
}

/** What stands between a request and its token. Each method is one round trip, and rejects with `store_unavailable` when the store does not answer. */
export interface IssuanceStore {
  /** Reads everything fresh. */
  load(query: IssuanceQuery): Promise<IssuanceState>;
  /**
   * Writes the session into the ledger. `overtaken` (and nothing written) when in the meantime a floor at or above its
   * version was recorded, or a block: such a token must not be handed out.
   */
  recordSession(session: SessionRecord): Promise<'recorded' | 'overtaken'>;
}
