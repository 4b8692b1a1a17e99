/** Keeps telling IVS of revocations: on both lanes, for as long as it may, and with what others left unfinished. */
import { toReason } from '../errors.ts';
import type { Clock, Log } from '../system.ts';
import { createBell } from './bell.ts';
import { createStartDelivery, type DeliveryPorts } from './deliver.ts';
import { type Lane, lanes } from './delivery.ts';
import type { RevocationStore } from './ports.ts';

/** Between two looks for something to send: while there is some, and while there is none. What another instance recorded is taken within 250 ms. */
const busyPauseMs = 50;
const idlePauseMs = 200;

/** How long a lane rests whose claim failed. The other one goes on. */
const failedRestMs = 1000;

/** Looks with nothing to send and nobody left to look at, after which deliveries count as idle. */
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
  /** Sends what is due. Asks before each look; `idle` once there was nothing to send and nobody to look at for a second, and nothing is on its way. */
  run(goOn: (idle: boolean) => boolean): Promise<DeliveryRun>;
  /** Lets it look at once: there may be something to send. */
  wake(): void;
}

/** Binds the loop to its ports. One run at a time. */
export function createDeliveryLoop(ports: DeliveryLoopPorts): DeliveryLoop {
  const bell = createBell(ports.pause);
  const work = new Set<Promise<void>>();
  const starts = (Object.keys(lanes) as Lane[]).map((lane) => createBoundedStart(lane, ports, work));
  const finishIntents = createIntentFinisher(ports, work);

  return {
    wake: bell.ring,
    async run(goOn) {
      let calls = 0;
      let quietLooks = 0;
      while (goOn(quietLooks >= idleLooks && work.size === 0)) {
        finishIntents();
        const started = await Promise.all(starts.map((start) => start()));
        calls += started.filter((each) => each === 'call').length;
        quietLooks = started.every((each) => each === undefined) ? quietLooks + 1 : 0;
        const pauseMs = toPauseMs(started, quietLooks);
        if (pauseMs > 0 && (await bell.pause(pauseMs))) quietLooks = 0;
      }
      return { calls, settled: Promise.all(work).then(() => undefined) };
    },
  };
}

/** After a call the next look follows at once, as another account or region may be due. After a walk it does not: the store has others to serve. */
function toPauseMs(started: readonly (Started | undefined)[], quietLooks: number): number {
  if (started.includes('call')) return 0;
  if (started.every((each) => each === 'none')) return failedRestMs;
  return quietLooks < idleLooks ? busyPauseMs : idlePauseMs;
}

/** What a lane began: a call to IVS, or a walk that found nobody to tell and has not seen everybody; `none` while it rests, as nobody knows what there is. */
type Started = 'call' | 'walk' | 'none';

/** Starts a call on the lane unless so many are on their way. One that is full waits as one does whose pace is not over: undefined. Never rejects. */
function createBoundedStart(
  lane: Lane,
  ports: DeliveryLoopPorts,
  work: Set<Promise<void>>,
): () => Promise<Started | undefined> {
  const { clock, log, maxCallsPerLane } = ports;
  const start = createStartDelivery(lane, ports);
  let onTheirWay = 0;
  let failedAtMs = Number.NEGATIVE_INFINITY;

  return async function startWithinBound() {
    // The clock may be set back.
    if (Math.abs(clock.nowMs() - failedAtMs) < failedRestMs) return 'none';
    if (onTheirWay >= maxCallsPerLane) return undefined;
    const started = await start().catch((error: unknown) => {
      log.warn('delivery_round_failed', { lane, reason: toReason(error) });
      failedAtMs = clock.nowMs();
      return 'none' as const;
    });
    if (started === undefined || started === 'none') return started;
    if (started === 'walked') return 'walk';
    onTheirWay++;
    keep(
      work,
      started.settled.then(() => void onTheirWay--),
    );
    return 'call';
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
