/** Telling IVS of revocations: durable deliveries, sent in batches, tried until they arrive or no longer matter. */
import type { Clock, IvsControl, Log, Store } from '../ports.ts';
import {
  type Delivery,
  type DeliveryAnswer,
  type DeliveryBatch,
  deliveriesPerCall,
  leaseMs,
  paceMs,
  toOutcome,
} from './delivery.ts';

interface DeliveryPorts {
  readonly store: Pick<Store, 'claimDeliveries' | 'settleDeliveries'>;
  readonly ivs: Pick<IvsControl, 'revokeSessions'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Binds one round of delivery: one call to IVS at most. True when there was something to send. */
export function createDeliveryRound({ store, ivs, clock, log }: DeliveryPorts): () => Promise<boolean> {
  return async function deliverOnce() {
    const batch = await store.claimDeliveries({ nowMs: clock.nowMs(), limit: deliveriesPerCall, leaseMs, paceMs });
    if (batch === undefined) return false;
    const answers = await revokeOrRetry(ivs, batch);
    const nowMs = clock.nowMs();
    const settled = batch.deliveries.map((delivery, index) => {
      const answer = answers[index] ?? { kind: 'retry', reason: 'unanswered' };
      if (answer.kind !== 'delivered') reportUndelivered(log, delivery, answer);
      return { delivery, outcome: toOutcome(answer, delivery, nowMs) };
    });
    await store.settleDeliveries(settled);
    return true;
  };
}

/** A call that fails as a whole is an answer of "retry" to each of its deliveries. */
async function revokeOrRetry(ivs: DeliveryPorts['ivs'], batch: DeliveryBatch): Promise<readonly DeliveryAnswer[]> {
  try {
    return await ivs.revokeSessions(batch.region, batch.deliveries);
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown';
    return batch.deliveries.map(() => ({ kind: 'retry', reason }));
  }
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
