/** Whether this instance can do its work, and if not, what is missing. */
import type { KeyPairUseCases } from './keys/use-cases.ts';
import type { Clock, Log } from './system.ts';

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
  /** Told of each part that becomes unavailable, with the reason, or `ok` again. */
  readonly log: Log;
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
  const { store, vault, keyPairs, clock, log, isStopping = () => false } = ports;
  const noteFindings = createFindings(log);
  let last: { readonly checks: Readiness['checks']; readonly atMs: number } | undefined;
  let lookingSinceMs = Number.NEGATIVE_INFINITY;
  return async function checkReadiness() {
    // While one looks, the others get what was seen last: their awaiting the same look would not work on Workers.
    const nowMs = clock.nowMs();
    if (last !== undefined && (isStopping() || nowMs - lookingSinceMs < lookMaxMs || nowMs - last.atMs < freshForMs))
      return toReadiness(last.checks, isStopping());
    lookingSinceMs = nowMs;
    const [storeReason, vaultReason, keyRingReason] = await Promise.all([
      findReason(store.ping()),
      findReason(vault.ping()),
      findReason(keyPairs.warmUp().then(refuseMissing)),
    ]);
    const checks = noteFindings({ store: storeReason, vault: vaultReason, keyRing: keyRingReason });
    lookingSinceMs = Number.NEGATIVE_INFINITY;
    last = { checks, atMs: clock.nowMs() };
    return toReadiness(checks, isStopping());
  };
}

function toReadiness(checks: Readiness['checks'], stopping: boolean): Readiness {
  return { ready: !stopping && Object.values(checks).every((check) => check === 'ok'), stopping, checks };
}

/** Why a part is unavailable; undefined when it is not. */
type Findings = Readonly<Record<ReadinessPart, string | undefined>>;

/** Answers what makes checks of findings, and logs each change of a part once. At first all is taken to be well. */
function createFindings(log: Log): (found: Findings) => Readiness['checks'] {
  const before = new Map<ReadinessPart, string | undefined>();
  return (found) => {
    const checks = readinessParts.map((part): [ReadinessPart, 'ok' | 'unavailable'] => {
      const reason = found[part];
      const state = reason === undefined ? 'ok' : 'unavailable';
      const changed = (before.get(part) === undefined) !== (reason === undefined);
      before.set(part, reason);
      if (changed && reason === undefined) log.info('readiness_changed', { part, state });
      else if (changed) log.error('readiness_changed', { part, state, reason });
      return [part, state];
    });
    // Every part is among them, which `fromEntries` cannot say.
    return Object.fromEntries(checks) as Readiness['checks'];
  };
}

/** The reason of a failure: name and message of what lies at its bottom. */
function findReason(attempt: Promise<unknown>): Promise<string | undefined> {
  return attempt.then(
    () => undefined,
    (error: unknown) => toReason(error),
  );
}

function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? `${error.name}: ${error.message}` : toReason(error.cause);
}

function refuseMissing(missing: readonly unknown[]): void {
  if (missing.length > 0) throw new Error(`${missing.length} active key pairs have no private half in memory`);
}
