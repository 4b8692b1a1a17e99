/** The steps of a rotation. Each may be repeated, and ends by writing the next one down. */
import type { Author } from '../audit/record.ts';
import { type Failure, fail } from '../errors.ts';
import { changePlace } from './change.ts';
import { type GeneratePorts, generatePair } from './generate.ts';
import type { TryKeyPair } from './heir.ts';
import type { KeyImports } from './import.ts';
import {
  activatePair,
  addPair,
  changeRotation,
  doomPair,
  findPair,
  finishRotation,
  type PlaceKeys,
  removePair,
} from './place-keys.ts';
import type { KeyTimes, PlaceSessions } from './ports.ts';
import type { KeyPair } from './record.ts';
import type { RemoveKeyPair } from './removal.ts';
import type { Rotation, RotationStep } from './rotation.ts';

/** What the steps ask of the outside. */
export interface StepPorts extends GeneratePorts {
  readonly imports: KeyImports;
  readonly tryKeyPair: TryKeyPair;
  readonly removeKeyPair: RemoveKeyPair;
  readonly sessions: PlaceSessions;
  readonly times: KeyTimes;
}

/** For every instance to load a pair that could not be loaded before: each looks once a second. */
const warmUpSeconds = 5;

/** Why a step has to be tried again; undefined when it was made. Rejects with an OutageError. */
type MakeStep = (by: Author, keys: PlaceKeys, rotation: Rotation) => Promise<Failure | undefined>;

/** Binds the steps to their ports. */
export function createSteps(ports: StepPorts): Readonly<Record<RotationStep, MakeStep>> {
  const { times } = ports;
  const goOn = createGoOn(ports);
  return {
    importing: createImporting(ports, goOn),
    async settling(by, keys, rotation) {
      const { to, emergency } = rotation;
      const heir = findPair(keys, to);
      const problem = heir === undefined ? 'the new pair is gone' : await ports.tryKeyPair(heir);
      if (problem !== undefined && emergency) await goOn(by, rotation, toAnotherPair);
      if (problem !== undefined) return fail('conflict', problem);
      // The vault, say, is back just now: the others have not loaded the pair yet, and may find the vault away again.
      if (rotation.trouble !== null && !emergency) return goOn(by, rotation, toOneMoreLook);
      return goOn(by, rotation, (current, now) =>
        emergency ? toGivenUp(current, rotation, now) : toSwitched(current, rotation, now, times.tokensOutliveSeconds),
      );
    },
    retiring: (by, _, rotation) =>
      goOn(by, rotation, (current, now) => {
        const old = findPair(current, rotation.from);
        if (old === undefined) return toStep(current, 'deleting', now, now);
        // Nothing signs with it, and the last token that it signed is dead.
        const isOver = old.state === 'retiring' && (old.deletableAt ?? 0) <= now;
        return isOver ? toStep(doomPair(current, old.id, now), 'deleting', now, now) : current;
      }),
    async deleting(by, keys, rotation) {
      const { place, from, emergency, startedAt } = rotation;
      const doomed = keys.keyPairs.filter(({ id, state }) => state === 'deleting' && (emergency || id === from));
      for (const { id } of doomed)
        if ((await ports.removeKeyPair(by, place, id)) === 'waiting')
          return fail('conflict', `IVS may hold ${id} still, which it was asked to import a moment ago`);
      if (emergency) await ports.sessions.endAll(by, place, `emergency-rotation:${place}:${startedAt}`);
      return goOn(by, rotation, finishRotation);
    },
  };
}

/** Writes down what follows a step, unless the rotation is another one, or at another step, already. */
type GoOn = (by: Author, rotation: Rotation, toNext: (keys: PlaceKeys, now: number) => PlaceKeys) => Promise<undefined>;

function createGoOn({ keyPairs, clock }: StepPorts): GoOn {
  return async function goOn(by, { place, step, startedAt }, toNext) {
    await changePlace(keyPairs, by, place, (keys) => {
      const isSame = keys.rotation?.step === step && keys.rotation.startedAt === startedAt;
      return isSame ? toNext(keys, Math.floor(clock.nowMs() / 1000)) : keys;
    });
    return undefined;
  };
}

function createImporting(ports: StepPorts, goOn: GoOn): MakeStep {
  const { keyPairs, clock, times } = ports;
  const findNewPair = createFindNewPair(ports);

  /** What is compromised makes the room that IVS has not, though no token is issued until the new pair is there. */
  async function makeRoom(by: Author, { place, from }: Rotation): Promise<void> {
    if (from === null) return;
    await changePlace(keyPairs, by, place, (current) => doomPair(current, from, Math.floor(clock.nowMs() / 1000)));
    await ports.removeKeyPair(by, place, from);
  }

  return async function importNewPair(by, keys, rotation) {
    const { place, emergency } = rotation;
    const pair = await findNewPair(by, keys, rotation);
    if (pair === undefined) return undefined;
    const imported =
      'ok' in pair || pair.state !== 'pending' ? pair : await ports.imports.importPair(by, place, pair.id);
    if ('ok' in imported && !imported.ok) {
      if (emergency && imported.code === 'key_quota_exceeded') await makeRoom(by, rotation);
      return imported;
    }
    const waitSeconds = emergency ? 0 : times.edgeDelaySeconds;
    return goOn(by, rotation, (current, now) => toStep(current, 'settling', now, now + waitSeconds));
  };
}

/** The pair that is to sign: found, or generated. A refusal says why it cannot be; undefined when the rotation was changed meanwhile. */
function createFindNewPair(ports: StepPorts) {
  const { keyPairs, vault } = ports;
  return async function findNewPair(
    by: Author,
    keys: PlaceKeys,
    { place, to, emergency }: Rotation,
  ): Promise<KeyPair | Failure | undefined> {
    const pair = findPair(keys, to);
    if (pair !== undefined && (pair.isKept || pair.state !== 'pending')) return pair;
    if (pair !== undefined) {
      // Whoever generated it died before its private half was kept. IVS was not asked for it.
      await vault.deletePrivateKey(pair.id);
      await changePlace(keyPairs, by, place, (current) =>
        findPair(current, pair.id)?.isKept === false ? removePair(current, pair.id) : current,
      );
    }
    const quota = emergency ? undefined : await ports.imports.checkQuota(place);
    if (quota?.ok === false) return quota;
    return generatePair(by, { place }, ports, (current, generated) =>
      current.rotation?.step === 'importing' && findPair(current, current.rotation.to) === undefined
        ? changeRotation(addPair(current, generated), { to: generated.id })
        : undefined,
    );
  };
}

function toStep(keys: PlaceKeys, step: RotationStep, now: number, nextAt: number): PlaceKeys {
  return changeRotation(keys, { step, since: now, nextAt, trouble: null, worker: null });
}

function toSwitched(keys: PlaceKeys, { from, to }: Rotation, now: number, outliveSeconds: number): PlaceKeys {
  if (to === null) return keys;
  const switched = activatePair(keys, to, now, outliveSeconds);
  if (findPair(keys, from) === undefined) return finishRotation(switched, now);
  return toStep(switched, 'retiring', now, now + outliveSeconds);
}

function toOneMoreLook(keys: PlaceKeys, now: number): PlaceKeys {
  return changeRotation(keys, { trouble: null, nextAt: now + warmUpSeconds, worker: null });
}

/** Nobody mends a pair that cannot sign while another is known to strangers. */
function toAnotherPair(keys: PlaceKeys, now: number): PlaceKeys {
  return changeRotation(toStep(keys, 'importing', now, now), { to: null });
}

/** Every pair that ever signed goes at once. */
function toGivenUp(keys: PlaceKeys, { to }: Rotation, now: number): PlaceKeys {
  if (to === null) return keys;
  const signed = keys.keyPairs.filter(({ id, state }) => id !== to && (state === 'active' || state === 'retiring'));
  const without = signed.reduce((before, { id }) => doomPair(before, id, now), keys);
  return toStep(activatePair(without, to, now, 0), 'deleting', now, now);
}
