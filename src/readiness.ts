/** Whether this instance can do its work, and if not, what is missing and what helps. */
import type { KeyPlace } from './ids.ts';
import type { Finding } from './keys/drift.ts';
import type { KeyPairUseCases } from './keys/use-cases.ts';
import type { Clock, Log } from './system.ts';

/** What is looked at. */
export const readinessParts = ['store', 'vault', 'keys'] as const;
export type ReadinessPart = (typeof readinessParts)[number];

/** `degraded`: something is wrong that an operator should mend, while tokens go on. */
export const partStates = ['ok', 'degraded', 'unavailable'] as const;
type PartState = (typeof partStates)[number];

/** What was found of a part. */
interface PartFound {
  readonly state: PartState;
  /** What is wrong, in words that an operator can act on; null when nothing is. */
  readonly reason: string | null;
}

/** A part as it is, and since when, in unix seconds. */
export interface PartCheck extends PartFound {
  readonly since: number;
}

/** What was found at the last look, part by part. */
export interface Readiness {
  /** This instance can record and sign for at least one region that has channels, and was not told to end. */
  readonly ready: boolean;
  /** Whether the process was told to end: it answers still, and is to be sent no more. */
  readonly stopping: boolean;
  readonly checks: Readonly<Record<ReadinessPart, PartCheck>>;
  /** What the store, the vault and IVS said differently when they were last compared, once an hour. */
  readonly findings: readonly Finding[];
}

interface ReadinessPorts {
  /** Each rejects when what it asks is not there. */
  readonly store: { ping(): Promise<void> };
  readonly vault: { ping(): Promise<void> };
  readonly keyPairs: Pick<KeyPairUseCases, 'list' | 'warmUp'>;
  readonly channels: { countAll(): Promise<ReadonlyMap<KeyPlace, number>> };
  readonly clock: Clock;
  /** Told of each change of a part, with the reason. */
  readonly log: Log;
  /** Default: never. */
  readonly isStopping?: (() => boolean) | undefined;
}

/** How long an answer is given again: anyone may ask, and asking must not become a load on the store or a bill for the vault. */
const freshForMs = 1000;

/** After so long another looks: on Workers a look ends with the request that began it, if its caller hangs up. */
const lookMaxMs = 10_000;

/** Binds the check. Looking brings the key ring in line with the records. */
export function createReadiness(ports: ReadinessPorts): () => Promise<Readiness> {
  const { clock, isStopping = () => false } = ports;
  const noteParts = createNoteParts(ports);
  let last: (Pick<Readiness, 'checks' | 'findings'> & { readonly atMs: number }) | undefined;
  let lookingSinceMs = Number.NEGATIVE_INFINITY;
  return async function checkReadiness() {
    // While one looks, the others get what was seen last: their awaiting the same look would not work on Workers.
    const nowMs = clock.nowMs();
    if (last !== undefined && (isStopping() || nowMs - lookingSinceMs < lookMaxMs || nowMs - last.atMs < freshForMs))
      return toReadiness(last, isStopping());
    lookingSinceMs = nowMs;
    const { findings, ...parts } = await look(ports);
    const checks = noteParts(parts);
    lookingSinceMs = Number.NEGATIVE_INFINITY;
    last = { checks, findings, atMs: clock.nowMs() };
    return toReadiness(last, isStopping());
  };
}

function toReadiness({ checks, findings }: Pick<Readiness, 'checks' | 'findings'>, stopping: boolean): Readiness {
  const isAble = Object.values(checks).every(({ state }) => state !== 'unavailable');
  return { ready: !stopping && isAble, stopping, checks, findings };
}

type Parts = Readonly<Record<ReadinessPart, PartFound>>;
const ok: PartFound = { state: 'ok', reason: null };

async function look({
  store,
  vault,
  keyPairs,
  channels,
}: ReadinessPorts): Promise<Parts & Pick<Readiness, 'findings'>> {
  const [storeReason, vaultReason, keys] = await Promise.all([
    findReason(store.ping()),
    findReason(vault.ping()),
    lookAtKeys(keyPairs, channels).catch((error: unknown) => ({
      keys: { state: 'unavailable' as const, reason: toReason(error) },
      findings: [],
    })),
  ]);
  return {
    store: storeReason === undefined ? ok : { state: 'unavailable', reason: storeReason },
    // Nobody needs it while the keys are in memory; where they are not, these say so.
    vault: vaultReason === undefined ? ok : { state: 'degraded', reason: vaultReason },
    ...keys,
  };
}

/** Of every region with channels, or with keys: whether this instance can sign there. */
async function lookAtKeys(
  keyPairs: ReadinessPorts['keyPairs'],
  channels: ReadinessPorts['channels'],
): Promise<{ readonly keys: PartFound } & Pick<Readiness, 'findings'>> {
  const [cold, regions, counts] = await Promise.all([keyPairs.warmUp(), keyPairs.list(), channels.countAll()]);
  const reasons: string[] = [];
  let canSign = counts.size === 0;
  for (const [place, count] of counts) {
    const active = regions.find((keys) => keys.place === place)?.keyPairs.find(({ state }) => state === 'active');
    const problem = cold.find(({ id }) => id === active?.id);
    if (active === undefined) reasons.push(`no active key pair in ${place}, which has ${count} channels`);
    else if (problem !== undefined)
      reasons.push(`${active.id} of ${place} could not be loaded: ${toReason(problem.cause)}`);
    else canSign = true;
  }
  for (const { id, place, cause } of cold)
    if (!counts.has(place)) reasons.push(`${id} of ${place} could not be loaded: ${toReason(cause)}`);
  if (regions.every((keys) => keys.keyPairs.length === 0))
    reasons.push('there is no key pair yet: POST /v1/admin/keys with a region makes one');
  const findings = regions.flatMap(({ drift }) => drift?.findings ?? []);
  if (reasons.length === 0) return { keys: ok, findings };
  return { keys: { state: canSign ? 'degraded' : 'unavailable', reason: reasons.join('; ') }, findings };
}

/** Adds since when each part is as it is, and logs each change of a part once. At first all is taken to be well. */
function createNoteParts({ log, clock }: Pick<ReadinessPorts, 'log' | 'clock'>): (found: Parts) => Readiness['checks'] {
  const before = new Map<ReadinessPart, PartCheck>();
  return (found) => {
    const now = Math.floor(clock.nowMs() / 1000);
    const checks = readinessParts.map((part): [ReadinessPart, PartCheck] => {
      const { state, reason } = found[part];
      const known = before.get(part);
      const check = { state, reason, since: known?.state === state ? known.since : now };
      before.set(part, check);
      if (state !== (known?.state ?? 'ok') || reason !== (known?.reason ?? null)) report(log, part, check);
      return [part, check];
    });
    // Every part is among them, which `fromEntries` cannot say.
    return Object.fromEntries(checks) as Readiness['checks'];
  };
}

function report(log: Log, part: ReadinessPart, { state, reason }: PartCheck): void {
  if (reason === null) log.info('readiness_changed', { part, state });
  else if (state === 'degraded') log.warn('readiness_changed', { part, state, reason });
  else log.error('readiness_changed', { part, state, reason });
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
