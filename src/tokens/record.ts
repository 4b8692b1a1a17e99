/** A session as the ledger keeps it: what says whom IVS must be told of when a channel or a viewer is revoked. */
import type { ChannelArn, KeyPairId, ViewerId } from '../ids.ts';
import type { LimitCharge } from '../limits/record.ts';
import type { JoiningDevice } from './devices.ts';

/** A session that a token was signed for. Times in unix seconds. */
export interface SessionRecord {
  readonly channelArn: ChannelArn;
  readonly viewerId: ViewerId;
  readonly sessionVersion: number;
  readonly issuedAt: number;
  /** The floor of everyone on the channel that the version was decided with; 0 when there was none. */
  readonly channelFloor: number;
  /** The pair that signs the token. */
  readonly keyPairId: KeyPairId;
  /** The limits that the token counts against. Absent: none. */
  readonly limits?: LimitCharge | undefined;
  /** The device that it is for. Absent: they are not counted on the channel. */
  readonly device?: JoiningDevice | undefined;
}
