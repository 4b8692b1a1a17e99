/** What revocations ask of the outside: where decisions and deliveries are kept, and who is told to end sessions. */
import type { Region, RevocationId } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import type { BatchAnswer, Delivery, DeliveryAnswer, DeliveryBatch, DeliveryOutcome } from './delivery.ts';
import type { Revocation } from './record.ts';

/** A revocation to record. The store gives it its floor (see `toFloor`) and counts its deliveries. */
export type RevocationDraft = Omit<Revocation, 'floor' | 'delivery'>;

/** The revocations. Each method rejects with `store_unavailable` when the store does not answer; a change is atomic and durable when it resolves. */
export interface RevocationStore {
  /**
   * Records the decision with its floor, its block and a delivery for each (channel, viewer) that it concerns. Of a whole
   * channel these are the viewers who got a token since it was revoked as a whole before.
   */
  record(draft: RevocationDraft): Promise<Revocation>;
  /** Undefined too when its record's life is over. */
  get(id: RevocationId): Promise<Revocation | undefined>;
  /** Newest first. */
  list(page: PageQuery): Promise<Page<Revocation>>;
  /** Takes the block away and keeps the floor. False when there is no such revocation. */
  liftBlock(id: RevocationId, nowSeconds: number): Promise<boolean>;
}

/** A wish for deliveries to send. */
export interface DeliveryClaim {
  readonly nowMs: number;
  /** How many at most, 1 or more. */
  readonly limit: number;
  /** How long the claimed deliveries and their region are kept from others. */
  readonly leaseMs: number;
}

/** What became of claimed deliveries of one region. */
export interface DeliverySettlement {
  readonly region: Region;
  readonly settled: readonly { readonly delivery: Delivery; readonly outcome: DeliveryOutcome }[];
  readonly nowMs: number;
  /** The region is free again when so much time has passed since the claim. */
  readonly paceMs: number;
}

/** The deliveries that wait to be sent. Each method rejects with `store_unavailable` when the store does not answer, and is atomic. */
export interface DeliveryStore {
  /**
   * Takes deliveries of one region that are due, and keeps them from others, and with them the region, until they are
   * settled or the lease is over. The least recently served region comes first; within it every revocation gets its
   * share. Undefined when nothing may be sent now.
   */
  claim(claim: DeliveryClaim): Promise<DeliveryBatch | undefined>;
  /** Notes what became of claimed deliveries. One that is settled for good stays so. */
  settle(settlement: DeliverySettlement): Promise<void>;
}

/**
 * The part of the IVS API that ends sessions. Each method makes one attempt, as whoever calls it keeps IVS's pace. It rejects with
 * `ivs_unavailable`, or `rate_limited` where IVS throttles: nobody knows then whether IVS took anything, and trying again may help.
 */
export interface SessionControl {
  /** Tells IVS of up to 20 revocations in one call. */
  revokeSessions(region: Region, deliveries: readonly Delivery[]): Promise<BatchAnswer>;
  /** Tells IVS of one revocation alone. Never answers `retry`. */
  revokeSession(region: Region, delivery: Delivery): Promise<DeliveryAnswer>;
}
