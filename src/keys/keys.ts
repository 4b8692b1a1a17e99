/** All that is done with keys, bound to its ports once. */
import { createRecordId } from '../record-id.ts';
import type { Log, Random, RunWork } from '../system.ts';
import { type AdvanceRotation, createAdvanceRotation } from './advance.ts';
import { type CareForKeys, createCareForKeys } from './care.ts';
import { createFindDrift } from './find-drift.ts';
import { createTryKeyPair } from './heir.ts';
import { createKeyImports } from './import.ts';
import type { PlaceSessions } from './ports.ts';
import { createReconcile, type ReconcileUseCases } from './reconcile.ts';
import { createRemoveKeyPair } from './removal.ts';
import { createRepairPlace } from './repair.ts';
import { createRotations, type RotationUseCases } from './rotate.ts';
import { createKeyPairs, type KeyPairUseCases, type KeyPorts } from './use-cases.ts';

interface AllKeyPorts extends KeyPorts {
  readonly sessions: PlaceSessions;
  readonly log: Log;
  /** After how many days a pair that signs is replaced; undefined: never. */
  readonly rotationDays: number | undefined;
  /** Names what is done for keys for whoever watches. Default: nobody does. */
  readonly runWork?: RunWork | undefined;
}

/** What can be done with keys, and what has to be done for them. */
export interface Keys {
  readonly keyPairs: KeyPairUseCases;
  readonly rotations: RotationUseCases;
  readonly reconcile: ReconcileUseCases;
  readonly careForKeys: CareForKeys;
}

/** Steps that follow each other at once when a rotation begins: an emergency is over with them, where nothing is in its way. */
const stepsAtStart = 4;

/** Binds them. */
export function createKeys(ports: AllKeyPorts): Keys {
  const imports = createKeyImports(ports);
  const tryKeyPair = createTryKeyPair(ports);
  const removeKeyPair = createRemoveKeyPair(ports);
  const keyPairs = createKeyPairs({ ...ports, imports, tryKeyPair, removeKeyPair });
  const rotations = createRotations({ ...ports, imports, tryKeyPair });
  const advance = createAdvanceRotation({ ...ports, imports, tryKeyPair, removeKeyPair });
  const findDrift = createFindDrift(ports);
  const repairPlace = createRepairPlace({ ...ports, imports, findDrift, removeKeyPair });
  const reconcile = createReconcile({ ...ports, findDrift, repairPlace });
  return {
    keyPairs,
    reconcile,
    rotations: { ...rotations, start: startAtOnce(rotations, advance, ports.random) },
    careForKeys: createCareForKeys({
      ...{ ...ports, advance, rotations, imports, removeKeyPair },
      lookHourly: reconcile.lookHourly,
    }),
  };
}

/** The first steps are made by whoever asks: nobody waits for the next look. */
function startAtOnce({ start }: RotationUseCases, advance: AdvanceRotation, random: Random): RotationUseCases['start'] {
  return async (asked) => {
    const workerId = createRecordId('worker', random);
    const started = await start({ ...asked, workerId });
    if (!started.ok) return started;
    let rotation = started.value;
    for (let step = 0; step < stepsAtStart; step++) {
      const after = await advance(asked.by, asked.place, workerId);
      if (after === undefined || after.rotation === null) break;
      rotation = after.rotation;
    }
    return { ok: true, value: rotation };
  };
}
