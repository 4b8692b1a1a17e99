/** How a rotation goes on: one step at a time, each durable before the next, each made by one instance and repeated by another when that one dies. */
import type { Author } from '../audit/record.ts';
import { type Failure, OutageError } from '../errors.ts';
import type { KeyPlace } from '../ids.ts';
import { createRecordId } from '../record-id.ts';
import { type RunWork, runUnwatched } from '../system.ts';
import { changePlace } from './change.ts';
import { changeRotation, type PlaceKeys } from './place-keys.ts';
import type { RotationStep } from './rotation.ts';
import { createSteps, type StepPorts } from './steps.ts';

/** How long a step belongs to who began it, in milliseconds: several calls to IVS and the vault, each with its timeout. Another one makes it again after that. */
export const stepLeaseMs = 30_000;

/** After a step that did not succeed it is tried again so much later, in seconds. */
const retrySeconds = 5;

/**
 * Makes the step that is due, if one is. `workerId` is whose step it may be already: two looks of one instance are two workers, as they would meet in the middle
 * of a step otherwise. Answers the keys as they are then, undefined when there was nothing to do. Rejects with `store_unavailable` only.
 */
export type AdvanceRotation = (by: Author, place: KeyPlace, workerId?: string) => Promise<PlaceKeys | undefined>;

interface AdvancePorts extends StepPorts {
  /** Names what is done for keys for whoever watches. Default: nobody does. */
  readonly runWork?: RunWork | undefined;
}

/** Binds the steps to their ports. */
export function createAdvanceRotation(ports: AdvancePorts): AdvanceRotation {
  const { keyPairs, clock, random, runWork = runUnwatched } = ports;
  const steps = createSteps(ports);

  /** Undefined when nothing is due, or another instance is at it. */
  async function begin(by: Author, place: KeyPlace, workerId: string): Promise<PlaceKeys | undefined> {
    const nowMs = clock.nowMs();
    return changePlace(keyPairs, by, place, (keys) =>
      isDue(keys, workerId, nowMs)
        ? changeRotation(keys, { worker: { id: workerId, untilMs: nowMs + stepLeaseMs } })
        : undefined,
    );
  }

  /** The step is given back, and tried again later. */
  async function giveBack(
    by: Author,
    place: KeyPlace,
    workerId: string,
    { step, trouble }: Tried,
  ): Promise<PlaceKeys | undefined> {
    const nextAt = Math.floor(clock.nowMs() / 1000) + retrySeconds;
    return changePlace(keyPairs, by, place, (keys) =>
      keys.rotation?.step === step && keys.rotation.worker?.id === workerId
        ? changeRotation(keys, { trouble, nextAt, worker: null })
        : keys,
    );
  }

  return async function advanceRotation(by, place, workerId = createRecordId('worker', random)) {
    const begun = await begin(by, place, workerId);
    if (begun?.rotation == null) return undefined;
    const { rotation } = begun;
    const { step } = rotation;
    const refusal = await runWork('key rotation', () => steps[step](by, begun, rotation)).catch(toTrouble);
    if (refusal === undefined) return keyPairs.load(place);
    return giveBack(by, place, workerId, { step, trouble: refusal.detail ?? refusal.code });
  };
}

interface Tried {
  readonly step: RotationStep;
  /** Why it did not succeed. */
  readonly trouble: string;
}

function isDue({ rotation }: PlaceKeys, workerId: string, nowMs: number): boolean {
  if (rotation === null || rotation.halted || rotation.nextAt * 1000 > nowMs) return false;
  const { worker } = rotation;
  return worker === null || worker.id === workerId || worker.untilMs <= nowMs;
}

function toTrouble(error: unknown): Failure {
  if (error instanceof OutageError && error.code !== 'store_unavailable') return { ok: false, code: error.code };
  throw error;
}
