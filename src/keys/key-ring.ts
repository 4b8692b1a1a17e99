/** The key ring: private halves in memory, imported once, so that signing needs no network. */
import { type CryptoKey, importPKCS8 } from 'jose';
import { OutageError } from '../errors.ts';
import type { KeyPairId } from '../ids.ts';
import type { Vault } from './ports.ts';

/** Private halves that were loaded. They cannot be exported, and stay until forgotten or the process ends. */
export interface KeyRing {
  /** The private half; from the vault the first time, from memory ever after. Rejects with `vault_unavailable`. */
  get(id: KeyPairId): Promise<CryptoKey>;
  has(id: KeyPairId): boolean;
  /** Drops a deleted key from memory. */
  forget(id: KeyPairId): void;
}

/** An empty ring over a vault. */
export function createKeyRing(vault: Pick<Vault, 'getPrivateKey'>): KeyRing {
  const keys = new Map<KeyPairId, CryptoKey>();
  return {
    async get(id) {
      const warm = keys.get(id);
      if (warm !== undefined) return warm;
      // Not shared between requests that ask at the same time: on Workers one request may not await the I/O of another.
      const key = await parsePrivateKey(await vault.getPrivateKey(id));
      keys.set(id, key);
      return key;
    },
    has: (id) => keys.has(id),
    forget: (id) => void keys.delete(id),
  };
}

async function parsePrivateKey(pem: string): Promise<CryptoKey> {
  try {
    return await importPKCS8(pem, 'ES384');
  } catch {
    // The cause could quote key material, so it is left behind.
    throw new OutageError('vault_unavailable', {
      cause: new Error('the vault holds no ES384 private key under this id'),
    });
  }
}
