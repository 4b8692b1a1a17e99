/** Whether this instance can do its work, and if not, what is missing. */
import type { KeyPairUseCases } from './keys/use-cases.ts';
import type { Clock } from './system.ts';

const readinessParts = ['store', 'vault', 'keyRing'] as const;
export type ReadinessPart = (typeof readinessParts)[number];

/** What was found at the last look, part by part; ready only when every part is `ok` and the process was not told to end. */
export interface Readiness {
  readonly ready: boolean;
  /** Whether the process was told to end: it answers still, and is to be sent no more. */
  readonly stopping: boolean;
  readonly checks: Readonly<Record<ReadinessPart, 'ok' | 'unavailable'>>;
}

/** What can be asked whether it is there: it rejects when it is not. */
interface Pingable {
  ping(): Promise<void>;
}

interface ReadinessPorts {
  readonly store: Pingable;
  readonly vault: Pingable;
  readonly keyPairs: Pick<KeyPairUseCases, 'warmUp'>;
  readonly clock: Clock;
  /** Default: never. */
  readonly isStopping?: (() => boolean) | undefined;
}

/** How long an answer is given again: anyone may ask, and asking must not become a load on the store or a bill for the vault. */
const freshForMs = 1000;

/** After so long another looks: on Workers a look ends with the request that began it, if its caller hangs up. */
const lookMaxMs = 10_000;

/**
 * Binds the check. The store and the vault are asked now; the key ring is ready when every active private half
 * is in memory, which needs the store to say which these are. Looking warms the ring up.
 */
export function createReadiness(ports: ReadinessPorts): () => Promise<Readiness> {
  const { store, vault, keyPairs, clock, isStopping = () => false } = ports;
  let last: { readonly checks: Readiness['checks']; readonly atMs: number } | undefined;
  let lookingSinceMs = Number.NEGATIVE_INFINITY;
  return async function checkReadiness() {
    // While one looks, the others get what was seen last: their awaiting the same look would not work on Workers.
    const nowMs = clock.nowMs();
    if (last !== undefined && (isStopping() || nowMs - lookingSinceMs < lookMaxMs || nowMs - last.atMs < freshForMs))
      return toReadiness(last.checks, isStopping());
    lookingSinceMs = nowMs;
    const [storeOk, vaultOk, keyRingOk] = await Promise.all([
      succeeds(store.ping()),
      succeeds(vault.ping()),
      succeeds(keyPairs.warmUp().then((missing) => (missing.length === 0 ? undefined : Promise.reject(missing)))),
    ]);
    const checks = { store: toCheck(storeOk), vault: toCheck(vaultOk), keyRing: toCheck(keyRingOk) };
    lookingSinceMs = Number.NEGATIVE_INFINITY;
    last = { checks, atMs: clock.nowMs() };
    return toReadiness(checks, isStopping());
  };
}

function toReadiness(checks: Readiness['checks'], stopping: boolean): Readiness {
  return { ready: !stopping && Object.values(checks).every((check) => check === 'ok'), stopping, checks };
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
