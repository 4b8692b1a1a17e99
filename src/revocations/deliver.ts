/** Telling IVS of revocations: durable deliveries, sent in batches, tried until they arrive or no longer matter. */
import { OutageError } from '../errors.ts';
import type { Clock, Log } from '../system.ts';
import {
  type Delivery,
  type DeliveryAnswer,
  type DeliveryBatch,
  deliveriesPerCall,
  leaseMs,
  paceMs,
  toOutcome,
} from './delivery.ts';
import type { DeliveryStore, SessionControl } from './ports.ts';

type BatchControl = Pick<SessionControl, 'revokeSessions'>;

interface DeliveryPorts {
  readonly deliveries: DeliveryStore;
  readonly ivs: BatchControl;
  readonly clock: Clock;
  readonly log: Log;
}

/** One call to IVS that was started. `settled` never rejects: what could not be noted is tried again when its lease ends. */
interface StartedDelivery {
  readonly settled: Promise<void>;
}

/** Claims what is due and starts to send it. Undefined when nothing may be sent now; rejects when the store does not answer. */
export type StartDelivery = () => Promise<StartedDelivery | undefined>;

/** Binds the start of one call to IVS. Calls of several regions may be on their way at once, of one region never. */
export function createStartDelivery({ deliveries: queue, ivs, clock, log }: DeliveryPorts): StartDelivery {
  async function send({ region, deliveries }: DeliveryBatch): Promise<void> {
    const answers = await revokeOrRetry(ivs, { region, deliveries });
    const nowMs = clock.nowMs();
    const settled = deliveries.map((delivery, index) => {
      const answer = answers[index] ?? { kind: 'retry', reason: 'unanswered' };
      if (answer.kind !== 'delivered') reportUndelivered(log, delivery, answer);
      return { delivery, outcome: toOutcome(answer, delivery, nowMs) };
    });
    await queue.settle({ region, settled, nowMs, paceMs });
  }

  return async function startDelivery() {
    const batch = await queue.claim({ nowMs: clock.nowMs(), limit: deliveriesPerCall, leaseMs });
    if (batch === undefined) return undefined;
    const settled = send(batch).catch((error: unknown) =>
      log.warn('delivery_not_settled', { region: batch.region, reason: toReason(error) }),
    );
    return { settled };
  };
}

/** Between two looks for something to send: while there is some, and while there is none. */
const busyPauseMs = 50;
const idlePauseMs = 500;

/** Looks without anything to send after which deliveries count as idle. */
const idleLooks = 20;

/** What the loop runs on. How long it runs is the runtime's choice: for as long as a process lives, or one alarm. */
export interface DeliveryLoop {
  readonly startDelivery: StartDelivery;
  readonly pause: (ms: number) => Promise<void>;
  /** Asked before each look; `idle` once there was nothing to send for a second. */
  readonly goOn: (idle: boolean) => boolean;
  readonly log: Log;
}

/** Sends what is due for as long as it may go on. Resolves without waiting for calls on their way. */
export async function runDeliveryLoop({ startDelivery, pause, goOn, log }: DeliveryLoop): Promise<void> {
  let quietLooks = 0;
  while (goOn(quietLooks >= idleLooks)) {
    try {
      const started = await startDelivery();
      quietLooks = started === undefined ? quietLooks + 1 : 0;
      if (started === undefined) await pause(quietLooks < idleLooks ? busyPauseMs : idlePauseMs);
    } catch (error) {
      log.warn('delivery_round_failed', { reason: toReason(error) });
      await pause(idlePauseMs * 2);
    }
  }
}

/** A call that fails or is refused as a whole is an answer of "retry" to each of its deliveries. */
async function revokeOrRetry(ivs: BatchControl, batch: DeliveryBatch): Promise<readonly DeliveryAnswer[]> {
  try {
    const answer = await ivs.revokeSessions(batch.region, batch.deliveries);
    return answer.kind === 'answered' ? answer.answers : toRetries(batch, answer.reason);
  } catch (error) {
    return toRetries(batch, toReason(error));
  }
}

function toRetries({ deliveries }: DeliveryBatch, reason: string): readonly DeliveryAnswer[] {
  return deliveries.map(() => ({ kind: 'retry', reason }));
}

/** The code of an outage and the name of what caused it, such as `ivs_unavailable: AccessDeniedException`. */
function toReason(error: unknown): string {
  if (!(error instanceof OutageError)) return error instanceof Error ? error.name : 'unknown';
  return error.cause instanceof Error ? `${error.code}: ${error.cause.name}` : error.code;
}

function reportUndelivered(log: Log, delivery: Delivery, answer: Exclude<DeliveryAnswer, { kind: 'delivered' }>): void {
  log.warn('revocation_not_delivered', {
    revocationId: delivery.revocationId,
    channelArn: delivery.channelArn,
    viewerId: delivery.viewerId,
    answer: answer.kind,
    reason: answer.reason,
  });
}
