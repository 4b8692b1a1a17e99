/** A playback key pair as it is stored. The private half never stands in the record. */
import type { KeyPairId, Region } from '../ids.ts';

/**
 * `pending` until IVS has confirmed the import, `imported` and waiting, `active` the one that signs in its region,
 * `retiring` while tokens signed with it may still be used.
 */
export type KeyPairState = 'pending' | 'imported' | 'active' | 'retiring';

export interface KeyPair {
  /** Sorts by the time of its making. */
  readonly id: KeyPairId;
  readonly region: Region;
  readonly name: string;
  readonly state: KeyPairState;
  /** The public half as an SPKI PEM. */
  readonly publicKey: string;
  /** MD5 of the DER SubjectPublicKeyInfo as IVS tells it; null until imported. */
  readonly fingerprint: string | null;
  /** The ARN that IVS gave it; null until imported. */
  readonly arn: string | null;
  /** Unix seconds. */
  readonly createdAt: number;
}
