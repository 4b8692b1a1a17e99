/** What keys ask of the outside: where records and private halves are kept, and IVS's key pairs. */
import type { AuditDraft, Author } from '../audit/record.ts';
import type { ChannelArn, KeyPairId, KeyPlace } from '../ids.ts';
import type { PlaceKeys } from './place-keys.ts';
import type { KeyPair } from './record.ts';

/** The keys of each place, as documents. Each method rejects with `store_unavailable` when the store does not answer; a change is durable when it resolves. */
export interface KeyPairStore {
  /** Empty, of version 0, where nothing was written yet. */
  load(place: KeyPlace): Promise<PlaceKeys>;
  /**
   * Writes the document as the one after its version, and whichever pair is active in it signs from then on. False, and nothing
   * written, when another version stands. The entry in the audit is written with it.
   */
  replace(keys: PlaceKeys, entry?: AuditDraft): Promise<boolean>;
  /** Of all regions in which something was written. */
  list(): Promise<readonly PlaceKeys[]>;
}

/** Where private halves live, as PKCS#8 PEM. Each method rejects with `vault_unavailable` when the vault does not do it. */
export interface Vault {
  /** Durable when it resolves. */
  putPrivateKey(id: KeyPairId, privateKey: string): Promise<void>;
  /** Undefined when it is not there. */
  getPrivateKey(id: KeyPairId): Promise<string | undefined>;
  /** Resolves too when the key was not there. */
  deletePrivateKey(id: KeyPairId): Promise<void>;
  /** Resolves when the vault can be reached and used. */
  ping(): Promise<void>;
}

/** A key pair as IVS has it. */
export interface IvsKeyPair {
  readonly arn: string;
  /** MD5 of the DER SubjectPublicKeyInfo. */
  readonly fingerprint: string;
  readonly name: string;
  /** Our id of it, where it was imported from here, or by another Playgate. */
  readonly keyPairId?: KeyPairId | undefined;
}

/** The part of the IVS API that is about key pairs. Rejects with `ivs_unavailable`, or `rate_limited` where IVS throttles. */
export interface KeyPairControl {
  /**
   * Imports a public half, an SPKI PEM. `quota_exceeded` when the place has its three, `conflict` when IVS has this key already: either may be
   * the answer to a second try, after that to a first one was lost.
   */
  importKeyPair(
    keyPair: Pick<KeyPair, 'id' | 'place' | 'name' | 'publicKey'>,
  ): Promise<Pick<IvsKeyPair, 'arn'> | 'quota_exceeded' | 'conflict'>;
  /** All of the place, whoever imported them. One that was imported or deleted a moment ago may be missing, or still there. */
  listKeyPairs(place: KeyPlace): Promise<readonly IvsKeyPair[]>;
  /** Undefined when it is not there. */
  getKeyPair(place: KeyPlace, arn: string): Promise<IvsKeyPair | undefined>;
  /** Resolves too when it was not there. */
  deleteKeyPair(place: KeyPlace, arn: string): Promise<void>;
}

/** A registered channel that IVS does not have, or has as a public one. */
export interface DriftedChannel {
  readonly channelArn: ChannelArn;
  readonly isGone: boolean;
}

/** What keys ask about the channels of a place. Rejects with `store_unavailable`. */
export interface PlaceChannels {
  /** Where the key pairs for a channel live. */
  toPlace(channelArn: ChannelArn): KeyPlace;
  /** How many are registered. */
  count(place: KeyPlace): Promise<number>;
  /** How many are registered in each place that has any, at most 5 seconds old. */
  countAll(): Promise<ReadonlyMap<KeyPlace, number>>;
  /** Those that are public in IVS, or that IVS does not have. Rejects when IVS does not answer, too. */
  findDrifted(place: KeyPlace): Promise<readonly DriftedChannel[]>;
}

/** What keys ask of revocations: in an emergency whoever got in with a token of the pair is sent out. */
export interface PlaceSessions {
  /**
   * Revokes every session on each channel of the place. Who repeats it under the same key revokes nothing twice. Rejects with
   * `store_unavailable`.
   */
  endAll(by: Author, place: KeyPlace, key: string): Promise<void>;
  /** How many it would end: one for each viewer and channel within 48 hours. */
  count(place: KeyPlace): Promise<number>;
}

/** How long keys live beside what stands in their records, in seconds. */
export interface KeyTimes {
  /** For IVS's edges to learn of a key pair before it signs. AWS states no time. */
  readonly edgeDelaySeconds: number;
  /** How long a token may be used after its key pair stopped to sign: the longest life of a token and the margin for clocks. */
  readonly tokensOutliveSeconds: number;
}
