/** Looking after the keys: what rotations, deletions and imports have begun goes on, and rotations that are due begin. */
import { toServiceAuthor } from '../audit/record.ts';
import { toReason } from '../errors.ts';
import { type Log, type RunWork, runUnwatched } from '../system.ts';
import type { AdvanceRotation } from './advance.ts';
import { changePlace } from './change.ts';
import type { GeneratePorts } from './generate.ts';
import type { KeyImports } from './import.ts';
import type { KeyRing } from './key-ring.ts';
import { doomPair, findActive, findPair, type PlaceKeys } from './place-keys.ts';
import type { ReconcileUseCases } from './reconcile.ts';
import type { KeyPair } from './record.ts';
import { importGraceSeconds, type RemoveKeyPair } from './removal.ts';
import type { RotationUseCases } from './rotate.ts';
import type { Rotation } from './rotation.ts';
import { warmUp } from './warm-up.ts';

interface CarePorts extends Pick<GeneratePorts, 'keyPairs' | 'clock'> {
  readonly advance: AdvanceRotation;
  readonly rotations: Pick<RotationUseCases, 'start'>;
  readonly imports: KeyImports;
  readonly removeKeyPair: RemoveKeyPair;
  readonly keyRing: KeyRing;
  readonly lookHourly: ReconcileUseCases['lookHourly'];
  readonly log: Log;
  /** After how many days a pair that signs is replaced; undefined: never. */
  readonly rotationDays: number | undefined;
  /** Names what is done for keys for whoever watches. Default: nobody does. */
  readonly runWork?: RunWork | undefined;
}

/** Between two looks at a pair that is being deleted, or waits for IVS to confirm its import. */
const lookAgainMs = 10_000;

/** After a rotation that could not begin. */
const scheduleAgainMs = 600_000;

const secondsOfDay = 86_400;

/** Whose the changes are that nobody asked for. */
const by = toServiceAuthor('key-care');
const scheduler = toServiceAuthor('rotation-schedule');

/** When the schedule rotates a place's keys next, in unix seconds; null when it does not. */
export function toNextRotation(keys: PlaceKeys, rotationDays: number | undefined): number | null {
  const active = findActive(keys);
  return active === undefined || rotationDays === undefined ? null : active.since + rotationDays * secondsOfDay;
}

/**
 * Looks once, and does what is due. Answers when something is due next, in unix seconds, null when nothing is under way. Never rejects: what
 * does not answer now is looked at again.
 */
export type CareForKeys = () => Promise<number | null>;

/** Binds the care to its ports. Called about once a second by every instance. */
export function createCareForKeys(ports: CarePorts): CareForKeys {
  const { keyPairs, clock, log, rotationDays, runWork = runUnwatched } = ports;
  const isTime = createPauses(() => clock.nowMs());
  const careForPairs = createCareForPairs(ports, isTime);
  let loggedSteps = new Map<string, string>();

  async function care(keys: PlaceKeys): Promise<void> {
    await careForPairs(keys);
    if (keys.rotation !== null) return noteSteps(keys, await ports.advance(by, keys.place));
    const due = toNextRotation(keys, rotationDays);
    if (due === null || due * 1000 > clock.nowMs() || !isTime(`schedule ${keys.place}`, scheduleAgainMs)) return;
    const asked = { place: keys.place, emergency: false, startedBy: 'schedule', by: scheduler } as const;
    const started = await runWork('key rotation', () => ports.rotations.start(asked));
    if (!started.ok)
      log.error('key_rotation_not_started', { place: keys.place, reason: started.detail ?? started.code });
  }

  function noteSteps(before: PlaceKeys, after: PlaceKeys | undefined): void {
    const { place, rotation } = after ?? before;
    const said = rotation === null ? 'over' : `${rotation.step} ${rotation.trouble ?? ''}`;
    if (after === undefined || loggedSteps.get(place) === said) return;
    loggedSteps = new Map(loggedSteps).set(place, said);
    log.info('key_rotation', rotation === null ? { place, step: 'over' } : toLogged(rotation));
  }

  return async function careForKeys() {
    try {
      const places = await keyPairs.list();
      await warmUp(ports.keyRing, places);
      for (const keys of places)
        await care(keys).catch((error: unknown) =>
          log.warn('keys_not_cared_for', { place: keys.place, reason: toReason(error) }),
        );
      await ports.lookHourly(places);
      return toNextDue(await keyPairs.list(), Math.floor(clock.nowMs() / 1000));
    } catch (error) {
      log.warn('keys_not_cared_for', { reason: toReason(error) });
      return Math.floor(clock.nowMs() / 1000);
    }
  };
}

/** Goes on with pairs that are being deleted, or whose import was not confirmed. */
function createCareForPairs(ports: CarePorts, isTime: ReturnType<typeof createPauses>) {
  const { keyPairs, clock, log, runWork = runUnwatched } = ports;

  async function careForPairs(keys: PlaceKeys): Promise<void> {
    const isOfRotation = ({ id }: KeyPair) => id === keys.rotation?.from || id === keys.rotation?.to;
    for (const keyPair of keys.keyPairs.filter((each) => !isOfRotation(each))) {
      if (keyPair.state !== 'deleting' && keyPair.state !== 'pending') continue;
      if (!isTime(keyPair.id, lookAgainMs)) continue;
      await runWork('key care', async () => {
        if (keyPair.state === 'deleting') await ports.removeKeyPair(by, keyPair.place, keyPair.id);
        else await careForPending(keyPair);
      });
    }
  }

  /** Its import may have lost its answer. After the grace it is certain that it did not happen, or never will. */
  async function careForPending(keyPair: KeyPair): Promise<void> {
    const { id, place, importAskedAt, createdAt } = keyPair;
    if (importAskedAt !== null && (await ports.imports.findImported(by, keyPair)) !== undefined)
      return log.info('key_import_found', { place, keyPairId: id });
    const now = Math.floor(clock.nowMs() / 1000);
    if (now < (importAskedAt ?? createdAt) + importGraceSeconds) return;
    await changePlace(keyPairs, by, place, (keys) =>
      findPair(keys, id)?.state === 'pending' ? doomPair(keys, id, now) : keys,
    );
    log.warn('key_import_given_up', { place, keyPairId: id });
  }

  return careForPairs;
}

function toLogged({ place, from, to, step, trouble, emergency }: Rotation): Readonly<Record<string, unknown>> {
  return { place, from, to, step, trouble, emergency };
}

/** Answers whether so much time has passed since it last said so of the name. */
function createPauses(nowMs: () => number): (name: string, pauseMs: number) => boolean {
  const since = new Map<string, number>();
  return function isTime(name, pauseMs) {
    // The clock may be set back.
    if (Math.abs(nowMs() - (since.get(name) ?? Number.NEGATIVE_INFINITY)) < pauseMs) return false;
    since.set(name, nowMs());
    return true;
  };
}

/** When the next step of a rotation is due, or a pair is looked at again that is being deleted or was not confirmed. */
function toNextDue(places: readonly PlaceKeys[], now: number): number | null {
  const ofRotations = places.flatMap(({ rotation }) => (rotation === null || rotation.halted ? [] : rotation.nextAt));
  const isUnderWay = ({ state }: KeyPair) => state === 'deleting' || state === 'pending';
  const ofPairs = places.some(({ keyPairs }) => keyPairs.some(isUnderWay)) ? [now + lookAgainMs / 1000] : [];
  const due = [...ofRotations, ...ofPairs];
  return due.length === 0 ? null : Math.max(now, Math.min(...due));
}
