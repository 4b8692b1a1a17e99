/** One call to IVS on one lane: what is due is claimed, sent, and noted as IVS answered it. */
import { toReason } from '../errors.ts';
import type { ChannelArn } from '../ids.ts';
import { type Clock, type Log, type RunWork, runUnwatched } from '../system.ts';
import {
  type Delivery,
  type DeliveryAnswer,
  type DeliveryBatch,
  type DeliveryOutcome,
  type Lane,
  lanes,
  toDecidedAtMs,
  toOutcome,
} from './delivery.ts';
import { mergeDeliveries } from './merge-deliveries.ts';
import type { DeliveryStore, SessionControl } from './ports.ts';

/** What sending asks of the outside. */
export interface DeliveryPorts {
  readonly deliveries: DeliveryStore;
  readonly ivs: SessionControl;
  readonly clock: Clock;
  readonly log: Log;
  /** How long claimed deliveries are kept from others, in milliseconds: see `toLeaseMs`. */
  readonly leaseMs: number;
  /** Names each call for whoever watches. Default: nobody does. */
  readonly runWork?: RunWork | undefined;
  /** Told what became of each delivery, how many seconds after its decision, and on which channel. */
  readonly noteDelivery?: NoteDelivery | undefined;
}

/** Tells whoever counts what became of a delivery, so many seconds after its decision. */
export type NoteDelivery = (outcome: DeliveryOutcome['kind'], lagSeconds: number, channelArn: ChannelArn) => void;

/** One call to IVS that was started. `settled` never rejects: what could not be noted is tried again when its lease ends. */
interface StartedDelivery {
  readonly settled: Promise<void>;
}

/**
 * Claims what is due and starts to send it. `walked` and undefined: nothing to send, see `DeliveryStore.claim`; rejects when the
 * store does not answer.
 */
export type StartDelivery = () => Promise<StartedDelivery | 'walked' | undefined>;

/** For clocks that are apart, by 4 seconds where each is 2 off, and for the store's answers before the call and after it; in milliseconds. */
const leaseSlackMs = 5000;

/** How long a claim has to last, in milliseconds: as long as a call to IVS may take, and the slack. After a death its deliveries wait for that, and nothing else does. */
export function toLeaseMs(callTimeoutMs: number): number {
  return callTimeoutMs + leaseSlackMs;
}

/** What came of a delivery: what IVS said of it, or that IVS refused the call for good in which it stood beside others. */
type Told = DeliveryAnswer | { readonly kind: 'refused_together'; readonly reason: string };

/** What came of each delivery of a call. */
type Telling = readonly { readonly delivery: Delivery; readonly told: Told }[];

/** Binds the start of one call on a lane. Calls may overlap: the claims keep the pace, however long IVS takes. */
export function createStartDelivery(
  lane: Lane,
  { deliveries: queue, ivs, clock, log, leaseMs, noteDelivery, runWork = runUnwatched }: DeliveryPorts,
): StartDelivery {
  const { deliveriesPerCall: limit, paceMs } = lanes[lane];
  const tell = lane === 'batch' ? tellTogether : tellAlone;

  async function send(batch: DeliveryBatch): Promise<void> {
    const telling = await tell(ivs, batch).catch((error: unknown) => toRetries(batch, toReason(error)));
    const nowMs = clock.nowMs();
    const settled = telling.map(({ delivery, told }) => {
      const outcome = toOutcomeOf(told, delivery, nowMs);
      if (told.kind !== 'delivered') reportUndelivered(log, delivery, outcome, told.reason);
      return { delivery, outcome };
    });
    await queue.settle(settled);
    for (const { delivery, outcome } of settled)
      noteDelivery?.(outcome.kind, (nowMs - toDecidedAtMs(delivery)) / 1000, delivery.channelArn);
  }

  return async function startDelivery() {
    const batch = await queue.claim({ lane, nowMs: clock.nowMs(), limit, paceMs, leaseMs });
    if (batch === undefined || batch === 'walked') return batch;
    const settled = runWork('delivery', () => send(batch)).catch((error: unknown) =>
      log.warn('delivery_not_settled', { region: batch.region, reason: toReason(error) }),
    );
    return { settled };
  };
}

/** One call for all of them, in which each viewer stands once for each channel. */
async function tellTogether(ivs: SessionControl, { deliveries }: DeliveryBatch): Promise<Telling> {
  const merged = mergeDeliveries(deliveries);
  const sent = merged.map((pair) => pair.sent);
  const answer = await ivs.revokeSessions(sent);
  // Refused alone, it is refused for itself.
  const kind = merged.length === 1 ? 'refused' : 'refused_together';
  const answers: readonly Told[] =
    answer.kind === 'answered' ? answer.answers : sent.map(() => ({ kind, reason: answer.reason }));
  return merged.flatMap(({ members }, index) => {
    const told = answers[index] ?? { kind: 'retry', reason: 'unanswered' };
    return members.map((delivery) => ({ delivery, told }));
  });
}

/** A call for each, and there is one on this lane. */
function tellAlone(ivs: SessionControl, { deliveries }: DeliveryBatch): Promise<Telling> {
  return Promise.all(deliveries.map(async (delivery) => ({ delivery, told: await ivs.revokeSession(delivery) })));
}

function toOutcomeOf(told: Told, delivery: Delivery, nowMs: number): DeliveryOutcome {
  return told.kind === 'refused_together' ? { kind: 'alone' } : toOutcome(told, delivery, nowMs);
}

/** A call that fails is an answer of "retry" to each of its deliveries. */
function toRetries({ deliveries }: DeliveryBatch, reason: string): Telling {
  return deliveries.map((delivery) => ({ delivery, told: { kind: 'retry', reason } }));
}

function reportUndelivered(log: Log, delivery: Delivery, { kind }: DeliveryOutcome, reason: string): void {
  log.warn('revocation_not_delivered', {
    revocationId: delivery.revocationId,
    channelArn: delivery.channelArn,
    viewerId: delivery.viewerId,
    outcome: kind,
    reason,
  });
}
