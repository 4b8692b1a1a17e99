/** What an operator does with the rotation of a place: start it, halt and resume it, turn it back. Each step itself is made by whoever looks after the keys. */
import type { Author } from '../audit/record.ts';
import { fail, type Result, succeed } from '../errors.ts';
import type { KeyPlace } from '../ids.ts';
import type { Clock } from '../system.ts';
import { stepLeaseMs } from './advance.ts';
import { changePlace } from './change.ts';
import type { TryKeyPair } from './heir.ts';
import type { KeyImports } from './import.ts';
import { activatePair, changeRotation, doomPair, findActive, findPair, type PlaceKeys } from './place-keys.ts';
import type { KeyPairStore, KeyTimes, PlaceChannels, PlaceSessions } from './ports.ts';
import type { Rotation } from './rotation.ts';

interface RotatePorts {
  readonly keyPairs: KeyPairStore;
  readonly imports: Pick<KeyImports, 'checkQuota'>;
  readonly tryKeyPair: TryKeyPair;
  readonly clock: Clock;
  readonly times: KeyTimes;
  readonly channels: PlaceChannels;
  readonly sessions: PlaceSessions;
  readonly rotationDays: number | undefined;
}

/** How a rotation begins. */
interface RotationStart {
  readonly place: KeyPlace;
  readonly emergency: boolean;
  readonly startedBy: Rotation['startedBy'];
  readonly by: Author;
  /** Whose the first step is, when whoever starts it goes on with it at once. */
  readonly workerId?: string;
}

/** What a rotation would lose. */
export interface RotationPlan extends Pick<Rotation, 'place' | 'from' | 'to' | 'emergency'> {
  readonly channels: number;
  /** Sessions of the last 48 hours that it would end. */
  readonly sessions: number;
}

/** What can be done with rotations. Each rejects with an OutageError when the store, the vault or IVS does not answer. */
export interface RotationUseCases {
  /** After how many days a pair that signs is replaced; undefined: never. */
  readonly rotationDays: number | undefined;
  /** What starting one would do and lose. Changes nothing. */
  plan(start: Pick<RotationStart, 'place' | 'emergency'>): Promise<RotationPlan>;
  /** Starts one; where one is under way it answers that one. An emergency makes one of it. */
  start(start: RotationStart): Promise<Result<Rotation>>;
  /** It stands still from then on; a step that is being made is made to its end. */
  halt(by: Author, place: KeyPlace): Promise<Result<Rotation>>;
  resume(by: Author, place: KeyPlace): Promise<Result<Rotation>>;
  /** The pair that signed before signs again, and the new one goes. Refused once the old one is being deleted. */
  turnBack(by: Author, place: KeyPlace): Promise<Result<Rotation>>;
}

/** Binds the rotations to their ports. */
export function createRotations(ports: RotatePorts): RotationUseCases {
  const { keyPairs, imports, tryKeyPair, clock, times } = ports;
  const toNow = () => Math.floor(clock.nowMs() / 1000);

  /** Changes the rotation that is under way; fails where there is none, or `change` refuses. */
  async function change(
    by: Author,
    place: KeyPlace,
    toNext: (keys: PlaceKeys, rotation: Rotation) => PlaceKeys | undefined,
    refusal = 'It cannot be changed any more',
  ): Promise<Result<Rotation>> {
    const after = await changePlace(keyPairs, by, place, ({ rotation, ...keys }) =>
      rotation === null ? undefined : toNext({ ...keys, rotation }, rotation),
    );
    if (after?.rotation) return succeed(after.rotation);
    const stands = await keyPairs.load(place);
    return stands.rotation === null
      ? fail('not_found', `No rotation is under way in ${place}`)
      : fail('conflict', refusal);
  }

  return {
    rotationDays: ports.rotationDays,
    async plan({ place, emergency }) {
      const keys = await keyPairs.load(place);
      const counts = {
        channels: await ports.channels.count(place),
        sessions: emergency ? await ports.sessions.count(place) : 0,
      };
      return { place, emergency, from: findActive(keys)?.id ?? null, to: findReady(keys)?.id ?? null, ...counts };
    },
    async start(asked) {
      const { place, emergency, by } = asked;
      const before = await keyPairs.load(place);
      // In an emergency the pair that is given up makes the room.
      if (before.rotation === null && !emergency && findReady(before) === undefined) {
        const quota = await imports.checkQuota(place);
        if (!quota.ok) return quota;
      }
      const after = await changePlace(keyPairs, by, place, (keys) => toStarted(keys, asked, clock.nowMs()));
      return after?.rotation ? succeed(after.rotation) : fail('conflict');
    },
    halt: (by, place) => change(by, place, (keys) => changeRotation(keys, { halted: true })),
    resume: (by, place) => change(by, place, (keys) => changeRotation(keys, { halted: false })),
    async turnBack(by, place) {
      const keys = await keyPairs.load(place);
      const former = keys.rotation?.step === 'retiring' ? findPair(keys, keys.rotation.from) : undefined;
      const problem = former && (await tryKeyPair(former));
      if (problem !== undefined) return fail('conflict', problem);
      return change(
        by,
        place,
        (keys, current) => toTurnedBack(keys, current, toNow(), times.tokensOutliveSeconds),
        'The old pair is being deleted, or there was none',
      );
    },
  };
}

/** A pair that waits to sign, so that none need be made. */
function findReady({ keyPairs }: PlaceKeys) {
  return keyPairs.findLast(({ state }) => state === 'imported');
}

function toStarted(keys: PlaceKeys, asked: RotationStart, nowMs: number): PlaceKeys {
  const { place, emergency, startedBy, workerId } = asked;
  const { rotation } = keys;
  const now = Math.floor(nowMs / 1000);
  if (rotation !== null && (rotation.emergency || !emergency)) return keys;
  const started: Rotation = {
    ...{ place, emergency, startedBy, startedAt: now },
    ...{ from: findActive(keys)?.id ?? null, to: findReady(keys)?.id ?? null },
    ...{ step: 'importing', since: now, nextAt: now, turnedBack: false, halted: false, trouble: null },
    worker: workerId === undefined ? null : { id: workerId, untilMs: nowMs + stepLeaseMs },
  };
  return { ...keys, rotation: started };
}

/**
 * After the switch the two change places, and the new one is kept until its own tokens are dead. Before it the new one goes, unless it was there before the
 * rotation.
 */
function toTurnedBack(keys: PlaceKeys, rotation: Rotation, now: number, outliveSeconds: number): PlaceKeys | undefined {
  const { from, to, step, emergency, startedAt, turnedBack } = rotation;
  if (step === 'deleting' || emergency || from === null) return undefined;
  const back = { from: to, to: from, since: now, turnedBack: !turnedBack, halted: false, trouble: null };
  if (step === 'retiring')
    return changeRotation(activatePair(keys, from, now, outliveSeconds), { ...back, nextAt: now + outliveSeconds });
  const isOwn = (findPair(keys, to)?.createdAt ?? 0) >= startedAt;
  const without = to !== null && isOwn ? doomPair(keys, to, now) : keys;
  return changeRotation(without, { ...back, from: isOwn ? to : null, step: 'deleting', nextAt: now });
}
