/** How a rotation goes on: one step at a time, each durable before the next, each made by one instance and repeated by another when that one dies. */
import { type Failure, OutageError } from '../errors.ts';
import type { KeyPlace } from '../ids.ts';
import { changePlace } from './change.ts';
import { changeRotation, type PlaceKeys } from './place-keys.ts';
import type { RotationStep } from './rotation.ts';
import { createSteps, type StepPorts } from './steps.ts';

interface AdvancePorts extends StepPorts {
  /** Of this instance, among all that work at the same keys. */
  readonly workerId: string;
}

/** How long a step belongs to who began it, in milliseconds: several calls to IVS and the vault, each with its timeout. Another one makes it again after that. */
const stepLeaseMs = 30_000;

/** After a step that did not succeed it is tried again so much later, in seconds. */
const retrySeconds = 5;

/** Makes the step that is due, if one is. Answers the keys as they are then, undefined when there was nothing to do. Rejects with `store_unavailable` only. */
export type AdvanceRotation = (place: KeyPlace) => Promise<PlaceKeys | undefined>;

/** Binds the steps to their ports. */
export function createAdvanceRotation(ports: AdvancePorts): AdvanceRotation {
  const { keyPairs, clock, workerId } = ports;
  const steps = createSteps(ports);

  /** Undefined when nothing is due, or another instance is at it. */
  async function begin(place: KeyPlace): Promise<PlaceKeys | undefined> {
    const nowMs = clock.nowMs();
    if (!isDue(await keyPairs.load(place), workerId, nowMs)) return undefined;
    return changePlace(keyPairs, place, (keys) =>
      isDue(keys, workerId, nowMs)
        ? changeRotation(keys, { worker: { id: workerId, untilMs: nowMs + stepLeaseMs } })
        : undefined,
    );
  }

  /** The step is given back, and tried again later. */
  async function giveBack(place: KeyPlace, step: RotationStep, trouble: string): Promise<PlaceKeys | undefined> {
    const nextAt = Math.floor(clock.nowMs() / 1000) + retrySeconds;
    return changePlace(keyPairs, place, (keys) =>
      keys.rotation?.step === step && keys.rotation.worker?.id === workerId
        ? changeRotation(keys, { trouble, nextAt, worker: null })
        : keys,
    );
  }

  return async function advanceRotation(place) {
    const begun = await begin(place);
    if (begun?.rotation == null) return undefined;
    const { step } = begun.rotation;
    const refusal = await steps[step](begun, begun.rotation).catch(toTrouble);
    if (refusal === undefined) return keyPairs.load(place);
    return giveBack(place, step, refusal.detail ?? refusal.code);
  };
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
