/** A delivery: one (channel, viewer, floor) that IVS has to be told; its limits, and what becomes of it. Pure. */
import type { ChannelArn, Region, RevocationId, ViewerId } from '../ids.ts';
import { toMadeAtMs } from '../record-id.ts';

/** One (channel, viewer, floor) that IVS has to be told. */
export interface Delivery {
  readonly revocationId: RevocationId;
  readonly channelArn: ChannelArn;
  readonly viewerId: ViewerId;
  readonly floor: number;
  /** Unix seconds of the decision. */
  readonly createdAt: number;
}

/**
 * When it was decided, in milliseconds: the id of a revocation tells it, and `createdAt` only the second. An id that tells of another
 * second was made otherwise, and is not believed.
 */
export function toDecidedAtMs({ revocationId, createdAt }: Pick<Delivery, 'revocationId' | 'createdAt'>): number {
  const madeAtMs = toMadeAtMs(revocationId);
  return Math.floor(madeAtMs / 1000) === createdAt ? madeAtMs : createdAt * 1000;
}

/**
 * The two ways of telling IVS, each with a budget of its own for each account and region, over all instances (AWS user guide,
 * service-quotas): `batch` is BatchStartViewerSessionRevocation, 20 viewers a call and 2 calls a second; `single` is
 * StartViewerSessionRevocation, 10 calls a second.
 */
export const lanes = {
  batch: { deliveriesPerCall: 20, paceMs: 500 },
  single: { deliveriesPerCall: 1, paceMs: 100 },
} as const;
export type Lane = keyof typeof lanes;

/** Deliveries of one region, for one call on one lane. No (channel, viewer) stands in it twice but with its revocations. */
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

/**
 * What becomes of a delivery after a try. `alone`: to be sent by itself on the single lane, because IVS refused the call
 * that it stood in without saying for whom.
 */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'alone' }
  | { readonly kind: 'retry'; readonly atMs: number };

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
  if (answer.kind === 'refused' || tooLate) return { kind: 'failed', reason: answer.reason };
  return { kind: 'retry', atMs: toRetryTimeMs(delivery, nowMs) };
}

/** Whose budget a call about the channel spends: its region and account, as `us-west-2:123456789012`. */
export function toBudget(channelArn: ChannelArn): string {
  return channelArn.split(':').slice(3, 5).join(':');
}
