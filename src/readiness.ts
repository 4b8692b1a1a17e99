/** Whether this instance can do its work, and if not, what is missing. */
import type { KeyPairUseCases } from './keys/manage.ts';
import type { Store, Vault } from './ports.ts';

export const readinessParts = ['store', 'vault', 'keyRing'] as const;
export type ReadinessPart = (typeof readinessParts)[number];

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<ReadinessPart, 'ok' | 'unavailable'>>;
}

interface ReadinessPorts {
  readonly store: Pick<Store, 'ping'>;
  readonly vault: Pick<Vault, 'ping'>;
  readonly keyPairs: Pick<KeyPairUseCases, 'warmUp'>;
}

/**
 * Binds the check. The store and the vault are asked now; the key ring is ready when every active private half
 * is in memory, which needs the store to say which these are. Looking warms the ring up.
 */
export function createReadiness({ store, vault, keyPairs }: ReadinessPorts): () => Promise<Readiness> {
  return async function checkReadiness() {
    const [storeOk, vaultOk, keyRingOk] = await Promise.all([
      succeeds(store.ping()),
      succeeds(vault.ping()),
      succeeds(keyPairs.warmUp().then((missing) => (missing.length === 0 ? undefined : Promise.reject(missing)))),
    ]);
    return {
      ready: storeOk && vaultOk && keyRingOk,
      checks: { store: toCheck(storeOk), vault: toCheck(vaultOk), keyRing: toCheck(keyRingOk) },
    };
  };
}

function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    () => false,
  );
}

function toCheck(ok: boolean): 'ok' | 'unavailable' {
  return ok ? 'ok' : 'unavailable';
}
