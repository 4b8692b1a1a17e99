/** A delivery: one (channel, viewer, floor) that IVS has to be told; its limits, and what becomes of it. Pure. */
import type { ChannelArn, Region, RevocationId, ViewerId } from '../ids.ts';

/** One (channel, viewer, floor) that IVS has to be told. */
export interface Delivery {
  readonly revocationId: RevocationId;
  readonly channelArn: ChannelArn;
  readonly viewerId: ViewerId;
  readonly floor: number;
  /** Unix seconds of the decision. */
  readonly createdAt: number;
}

/** Deliveries of one region, for one call. */
export interface DeliveryBatch {
  readonly region: Region;
  readonly deliveries: readonly Delivery[];
}

/** What IVS said of one delivery: taken, refused for good, or to be tried again. `reason` is IVS's error code. */
export type DeliveryAnswer =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'retry'; readonly reason: string };

/** What IVS said of a batch: one answer for each delivery, in order; or a refusal for good of the call as a whole, which tells nothing of its members. */
export type BatchAnswer =
  | { readonly kind: 'answered'; readonly answers: readonly DeliveryAnswer[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** What becomes of a delivery after a try. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'retry'; readonly atMs: number };

/** Viewers in one BatchStartViewerSessionRevocation (IVS API reference). */
export const deliveriesPerCall = 20;

/** Between two calls of one region: BatchStartViewerSessionRevocation may be called twice a second (AWS user guide, service-quotas). */
export const paceMs = 500;

/** How long a claimed delivery is kept from others: longer than a call with the retries of the AWS client may take. */
export const leaseMs = 30_000;

/** Longest wait between two tries. */
const maxRetryDelayMs = 60_000;

/**
 * How long a session is taken to last, in seconds: 48 hours, our assumption, as AWS documents no end.
 * Ledger entries live that long, and so long a delivery is tried: afterwards there is nobody left to end.
 */
export const sessionLifetimeSeconds = 48 * 3600;

/** When to try again: after as long as it has been tried already, at least a second, at most a minute. */
export function toRetryTimeMs(delivery: Pick<Delivery, 'createdAt'>, nowMs: number): number {
  const triedForMs = nowMs - delivery.createdAt * 1000;
  return nowMs + Math.min(Math.max(triedForMs, 1000), maxRetryDelayMs);
}

/** What becomes of a delivery after IVS's answer. One that IVS refused, or that outlived every session, has failed. */
export function toOutcome(answer: DeliveryAnswer, delivery: Delivery, nowMs: number): DeliveryOutcome {
  if (answer.kind === 'delivered') return { kind: 'delivered' };
  const tooLate = nowMs - delivery.createdAt * 1000 > sessionLifetimeSeconds * 1000;
  if (answer.kind === 'refused' || tooLate) return { kind: 'failed' };
  return { kind: 'retry', atMs: toRetryTimeMs(delivery, nowMs) };
}
