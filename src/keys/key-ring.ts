/** The key ring: private halves in memory, imported once, so that signing needs no network. */
import { type CryptoKey, importPKCS8 } from 'jose';
import { OutageError } from '../errors.ts';
import type { KeyPairId } from '../ids.ts';
import type { Vault } from './ports.ts';

/** Private halves that were loaded. They cannot be exported, and stay until forgotten or the process ends. */
export interface KeyRing {
  /** The private half; from the vault the first time, from memory ever after. Rejects with `vault_unavailable`, whose cause says what is wrong. */
  get(id: KeyPairId): Promise<CryptoKey>;
  /** The private half as the vault has it now, which is in memory from then on. Rejects like `get`. */
  reload(id: KeyPairId): Promise<CryptoKey>;
  has(id: KeyPairId): boolean;
  /** Drops a deleted key from memory. */
  forget(id: KeyPairId): void;
  /** Drops every key but these from memory. */
  retain(ids: readonly KeyPairId[]): void;
}

interface KeyRingOptions {
  /** Whether those who ask at the same time share one load. On Workers one request may not await the I/O of another. Default: they do. */
  readonly sharesLoads?: boolean | undefined;
}

/** An empty ring over a vault. */
export function createKeyRing(
  vault: Pick<Vault, 'getPrivateKey'>,
  { sharesLoads = true }: KeyRingOptions = {},
): KeyRing {
  const keys = new Map<KeyPairId, CryptoKey>();
  const loads = new Map<KeyPairId, Promise<CryptoKey>>();

  async function reload(id: KeyPairId): Promise<CryptoKey> {
    const key = await parsePrivateKey(await vault.getPrivateKey(id));
    keys.set(id, key);
    return key;
  }

  function loadOnce(id: KeyPairId): Promise<CryptoKey> {
    const underWay = loads.get(id);
    if (underWay !== undefined) return underWay;
    const load = reload(id).finally(() => loads.delete(id));
    loads.set(id, load);
    return load;
  }

  return {
    async get(id) {
      const warm = keys.get(id);
      if (warm !== undefined) return warm;
      return sharesLoads ? loadOnce(id) : reload(id);
    },
    reload,
    has: (id) => keys.has(id),
    forget: (id) => void keys.delete(id),
    retain(ids) {
      for (const id of keys.keys()) if (!ids.includes(id)) keys.delete(id);
    },
  };
}

async function parsePrivateKey(pem: string | undefined): Promise<CryptoKey> {
  if (pem === undefined) throw toOutage('the vault has no private key under this id');
  // The cause could quote key material, so it is left behind.
  return importPKCS8(pem, 'ES384').catch(() => {
    throw toOutage('the vault holds no ES384 private key under this id');
  });
}

function toOutage(message: string): OutageError {
  return new OutageError('vault_unavailable', { cause: new Error(message) });
}
