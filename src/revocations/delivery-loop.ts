/** Keeps telling IVS of revocations: on both lanes, for as long as it may, and with what others left unfinished. */
import type { Clock, Log } from '../system.ts';
import { createBell } from './bell.ts';
import { createStartDelivery, type DeliveryPorts, type StartDelivery, toReason } from './deliver.ts';
import { type Lane, lanes } from './delivery.ts';
import type { RevocationStore } from './ports.ts';

/** Between two looks for something to send: while there is some, while there is none, and after one that failed. What another instance recorded is taken within 250 ms. */
const busyPauseMs = 50;
const idlePauseMs = 200;
const failedPauseMs = 1000;

/** Looks without anything to send after which deliveries count as idle. */
const idleLooks = 20;

/** How often unfinished decisions are looked for, and how old those must be that somebody else began. */
const intentPauseMs = 1000;
const intentAgeMs = 5000;

/** What the loop runs on. */
export interface DeliveryLoopPorts extends DeliveryPorts {
  readonly revocations: Pick<RevocationStore, 'finishIntents'>;
  /** How many calls may be on their way at a time on each lane; more wait. */
  readonly maxCallsPerLane: number;
  /** Resolves after so many milliseconds, or earlier. Never rejects. */
  readonly pause: (ms: number) => Promise<void>;
}

/** What one run of the loop did. */
interface DeliveryRun {
  /** Calls to IVS that it started. */
  readonly calls: number;
  /** Resolves when all that was begun is noted: calls on their way take as long as their timeout at most. Never rejects. */
  readonly settled: Promise<void>;
}

/** The loop. How long it runs is the runtime's choice: for as long as a process lives, or one alarm. */
export interface DeliveryLoop {
  /** Sends what is due. Asks before each look; `idle` once there was nothing to send for a second, and nothing is on its way. */
  run(goOn: (idle: boolean) => boolean): Promise<DeliveryRun>;
  /** Lets it look at once: there may be something to send. */
  wake(): void;
}

/** Binds the loop to its ports. One run at a time. */
export function createDeliveryLoop(ports: DeliveryLoopPorts): DeliveryLoop {
  const { log, maxCallsPerLane } = ports;
  const bell = createBell(ports.pause);
  const work = new Set<Promise<void>>();
  const starts = (Object.keys(lanes) as Lane[]).map((lane) =>
    createBoundedStart(createStartDelivery(lane, ports), maxCallsPerLane, work),
  );
  const finishIntents = createIntentFinisher(ports, work);

  /** How many calls it started; undefined when the store did not answer. */
  async function look(): Promise<number | undefined> {
    finishIntents();
    const started = await Promise.allSettled(starts.map((start) => start()));
    const failed = started.find((each) => each.status === 'rejected');
    if (failed === undefined) return started.filter((each) => each.status === 'fulfilled' && each.value).length;
    log.warn('delivery_round_failed', { reason: toReason(failed.reason) });
    return undefined;
  }

  return {
    wake: bell.ring,
    async run(goOn) {
      let calls = 0;
      let quietLooks = 0;
      while (goOn(quietLooks >= idleLooks && work.size === 0)) {
        const started = await look();
        calls += started ?? 0;
        if (started === 0) quietLooks++;
        else if (started !== undefined) quietLooks = 0;
        const pauseMs = toPauseMs(started, quietLooks);
        if (pauseMs > 0 && (await bell.pause(pauseMs))) quietLooks = 0;
      }
      return { calls, settled: Promise.all(work).then(() => undefined) };
    },
  };
}

/** After a call the next look follows at once, as another account or region may be due. */
function toPauseMs(started: number | undefined, quietLooks: number): number {
  if (started === undefined) return failedPauseMs;
  if (started > 0) return 0;
  return quietLooks < idleLooks ? busyPauseMs : idlePauseMs;
}

/** Starts a call unless so many are on their way; whether it did. A lane that is full waits as one does whose pace is not over. */
function createBoundedStart(start: StartDelivery, most: number, work: Set<Promise<void>>): () => Promise<boolean> {
  let onTheirWay = 0;
  return async function startWithinBound() {
    if (onTheirWay >= most) return false;
    const started = await start();
    if (started === undefined) return false;
    onTheirWay++;
    keep(
      work,
      started.settled.then(() => void onTheirWay--),
    );
    return true;
  };
}

/** Finishes in the background what others left unfinished, a second after the last time at the earliest. */
function createIntentFinisher(
  { revocations, clock, log }: { readonly clock: Clock; readonly log: Log } & Pick<DeliveryLoopPorts, 'revocations'>,
  work: Set<Promise<void>>,
): () => void {
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let isFinishing = false;
  async function finish(nowMs: number): Promise<void> {
    try {
      await revocations.finishIntents(nowMs, intentAgeMs);
    } catch (error) {
      log.warn('intents_not_finished', { reason: toReason(error) });
    } finally {
      isFinishing = false;
    }
  }
  return function finishIntents() {
    const nowMs = clock.nowMs();
    // The clock may be set back.
    if (isFinishing || Math.abs(nowMs - startedAtMs) < intentPauseMs) return;
    startedAtMs = nowMs;
    isFinishing = true;
    keep(work, finish(nowMs));
  };
}

/** Keeps a promise, which never rejects, until it has resolved. */
function keep(work: Set<Promise<void>>, promise: Promise<void>): void {
  const kept = promise.then(() => void work.delete(kept));
  work.add(kept);
}
