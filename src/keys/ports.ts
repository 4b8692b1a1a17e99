/** What keys ask of the outside: where records and private halves are kept, and IVS's imports. */
import type { KeyPairId, Region } from '../ids.ts';
import type { KeyPair } from './record.ts';

/** What IVS answers to an import. */
export interface ImportedKeyPair {
  readonly arn: string;
  /** MD5 of the DER SubjectPublicKeyInfo. */
  readonly fingerprint: string;
}

/** The records of key pairs. Each method rejects with `store_unavailable` when the store does not answer; a change is durable when it resolves. */
export interface KeyPairStore {
  get(id: KeyPairId): Promise<KeyPair | undefined>;
  /** Writes the record, in place of what was there under its id. */
  put(keyPair: KeyPair): Promise<void>;
  /**
   * Notes what IVS answered. The pair becomes the region's active one when it has none, and waits as imported otherwise.
   * Undefined when it is gone, or going.
   */
  markImported(id: KeyPairId, imported: ImportedKeyPair): Promise<KeyPair | undefined>;
  /**
   * Makes the pair `retiring`: it signs no more, and when it was the active one, the newest imported pair of its region
   * takes its place. Undefined when it is not there.
   */
  retire(id: KeyPairId): Promise<KeyPair | undefined>;
  /** False when there was none. */
  delete(id: KeyPairId): Promise<boolean>;
  /** All of them, the newest last: IVS allows three in a region. */
  list(): Promise<readonly KeyPair[]>;
}

/** Where private halves live, as PKCS#8 PEM. Each method rejects with `vault_unavailable` when the vault does not do it. */
export interface Vault {
  /** Durable when it resolves. */
  putPrivateKey(id: KeyPairId, privateKey: string): Promise<void>;
  /** Rejects when the key is not there. */
  getPrivateKey(id: KeyPairId): Promise<string>;
  /** Resolves too when the key was not there. */
  deletePrivateKey(id: KeyPairId): Promise<void>;
  /** Resolves when the vault can be reached and used. */
  ping(): Promise<void>;
}

/** The part of the IVS API that is about key pairs. Rejects with `ivs_unavailable`, or `rate_limited` where IVS throttles. */
export interface KeyPairControl {
  /** Imports a public half, an SPKI PEM. `quota_exceeded` when the region has its three, `conflict` when IVS has this key already. */
  importKeyPair(
    keyPair: Pick<KeyPair, 'id' | 'region' | 'name' | 'publicKey'>,
  ): Promise<ImportedKeyPair | 'quota_exceeded' | 'conflict'>;
  /** Deletes the pair by its ARN, or, when none was noted, whichever carries our id. Resolves too when it was not there. */
  deleteKeyPair(keyPair: {
    readonly id: KeyPairId;
    readonly region: Region;
    readonly arn: string | null;
  }): Promise<void>;
}
