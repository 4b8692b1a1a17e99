/** What an operator does about store, vault and IVS that say different things, and what is done about it once an hour. */
import { type Author, toServiceAuthor } from '../audit/record.ts';
import type { KeyPlace } from '../ids.ts';
import type { Clock, Log } from '../system.ts';
import { changePlace } from './change.ts';
import type { Drift, Finding } from './drift.ts';
import type { FindDrift } from './find-drift.ts';
import type { PlaceKeys } from './place-keys.ts';
import type { KeyPairStore, PlaceChannels } from './ports.ts';
import type { RepairPlace } from './repair.ts';

interface ReconcilePorts {
  readonly keyPairs: KeyPairStore;
  readonly channels: Pick<PlaceChannels, 'countAll'>;
  readonly findDrift: FindDrift;
  readonly repairPlace: RepairPlace;
  readonly clock: Clock;
  readonly log: Log;
}

/** Each rejects with an OutageError when the store, the vault or IVS does not answer. */
export interface ReconcileUseCases {
  /** What is found now, of one place or of all that have keys or channels. Changes nothing. */
  find(place?: KeyPlace): Promise<readonly Finding[]>;
  /** Repairs what can be repaired without losing anything. What is found then. */
  repair(by: Author, place?: KeyPlace): Promise<readonly Finding[]>;
  /**
   * Looks at every place at which nobody has looked for an hour, notes what was found beside its keys, and logs what is new. `known` are the keys of all places, as
   * they were a moment ago.
   */
  lookHourly(known: readonly PlaceKeys[]): Promise<void>;
}

const lookEverySeconds = 3600;

/** After a look that failed, say because IVS was away. */
const lookAgainSeconds = 600;

/** Binds the use cases to their ports. */
export function createReconcile(ports: ReconcilePorts): ReconcileUseCases {
  const { keyPairs, channels, findDrift, repairPlace, clock, log } = ports;

  async function toAllPlaces(known: readonly PlaceKeys[]): Promise<readonly KeyPlace[]> {
    const counts = await channels.countAll();
    return [...new Set([...known.map(({ place }) => place), ...counts.keys()])].toSorted();
  }

  async function ofEach(place: KeyPlace | undefined, look: FindDrift): Promise<readonly Finding[]> {
    const found: Finding[] = [];
    for (const each of place === undefined ? await toAllPlaces(await keyPairs.list()) : [place])
      found.push(...(await look(each)));
    return found;
  }

  async function note(place: KeyPlace, toDrift: (before: Drift | null) => Drift | undefined): Promise<boolean> {
    const noted = await changePlace(keyPairs, toServiceAuthor('reconcile'), place, (keys) => {
      const drift = toDrift(keys.drift);
      return drift && { ...keys, drift };
    });
    return noted !== undefined;
  }

  async function lookAt(place: KeyPlace): Promise<void> {
    const lookedAt = Math.floor(clock.nowMs() / 1000);
    let before: readonly Finding[] = [];
    // Whoever notes it first is the one who looks.
    const isMine = await note(place, (drift) => {
      before = drift?.findings ?? [];
      return isOver(drift, lookedAt) ? { lookedAt, findings: before } : undefined;
    });
    if (!isMine) return;
    const findings = await findDrift(place).catch(async (error: unknown) => {
      // Of what stood before nothing is known to be over, and an hour is long.
      await note(place, () => ({ lookedAt: lookedAt - lookEverySeconds + lookAgainSeconds, findings: before }));
      throw error;
    });
    await note(place, () => ({ lookedAt, findings }));
    const isIn = (list: readonly Finding[], { message }: Finding) => list.some((each) => each.message === message);
    for (const { kind, message } of findings.filter((finding) => !isIn(before, finding)))
      log.warn('keys_drifted', { place, kind, reason: message });
    for (const { kind, message } of before.filter((finding) => !isIn(findings, finding)))
      log.info('keys_drift_over', { place, kind, reason: message });
  }

  return {
    find: (place) => ofEach(place, findDrift),
    repair: (by, place) => ofEach(place, (each) => repairPlace(by, each)),
    async lookHourly(known) {
      const now = clock.nowMs() / 1000;
      const drifts = new Map(known.map(({ place, drift }) => [place, drift]));
      for (const place of await toAllPlaces(known)) if (isOver(drifts.get(place) ?? null, now)) await lookAt(place);
    },
  };
}

function isOver(drift: Drift | null, now: number): boolean {
  // The clock may be set back.
  return drift === null || Math.abs(now - drift.lookedAt) >= lookEverySeconds;
}
