/** What revocations ask of the outside: where decisions and deliveries are kept, and who is told to end sessions. */
import type { AuditDraft, Author } from '../audit/record.ts';
import type { ChannelArn, RevocationId, ViewerId } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import type { BatchAnswer, Delivery, DeliveryAnswer, DeliveryBatch, DeliveryOutcome, Lane } from './delivery.ts';
import type { Revocation, Scope } from './record.ts';

/** Makes a request that is repeated the same decision. */
export interface Idempotency {
  /** Who asked and the key that they sent, hashed. */
  readonly key: string;
  /** What was asked, hashed: another body under the same key is a conflict. */
  readonly fingerprint: string;
}

/** A revocation to record. The store gives it its floor, counts its deliveries and says whether the viewer was seen. */
export type RevocationDraft = Pick<Revocation, 'id' | 'target' | 'block' | 'reason' | 'createdAt'>;

/** What was recorded: the decision; the one that the same request made before; or nothing. */
export type Recorded =
  | { readonly kind: 'recorded' | 'repeated'; readonly revocation: Revocation }
  /** The key came with another body before. */
  | { readonly kind: 'key_reused' }
  /** The viewer or the channel has `maxBlocks` blocks already. */
  | { readonly kind: 'too_many_blocks' };

/** What is asked of a list of revocations; every part that is there must hold. */
export interface RevocationQuery extends PageQuery {
  /** Of this viewer alone, or of a list with this viewer. */
  readonly viewerId?: ViewerId | undefined;
  /** Of this channel, or of viewers on it. */
  readonly channelArn?: ChannelArn | undefined;
  readonly scope?: Scope | undefined;
  /** Whether its block holds now. */
  readonly active?: boolean | undefined;
  /** `pending`: IVS is still being told. `failed`: IVS refused something of it. */
  readonly delivery?: 'pending' | 'failed' | undefined;
  readonly nowSeconds: number;
}

/** Whom a revocation would meet. */
export interface Reach {
  readonly viewers: number;
  /** (channel, viewer) pairs, each one delivery. */
  readonly sessions: number;
  /** False when there are so many that they were only counted by the hour: the true numbers are at most these. */
  readonly exact: boolean;
}

/** A delivery that IVS refused for good, or that was tried until no session could be left. */
export interface FailedDelivery {
  readonly channelArn: ChannelArn;
  readonly viewerId: ViewerId;
  /** IVS's code, such as `ResourceNotFoundException`. */
  readonly reason: string;
}

/** Most blocks that stand at a time on one viewer, and on everyone on one channel. */
export const maxBlocks = 64;

/**
 * The revocations. Each method rejects with `store_unavailable` when the store does not answer, and may then have been done
 * or not; repeating it is safe. A change is durable when it resolves, and its entry in the audit with it: whoever finishes what another
 * began writes it. What changes nothing has none.
 */
export interface RevocationStore {
  /**
   * Records the decision: intent, floor and block, deliveries, in steps that can be repeated. When it resolves, no instance
   * hands out a token to whom it blocks, and every version handed out in its scope before is at or below a floor that IVS
   * will be told. `viewerIds` are those of a list, without repetitions; empty for other scopes. A draft whose id is there
   * already is the same decision, and `recorded` once more.
   */
  record(
    draft: RevocationDraft,
    viewerIds: readonly ViewerId[],
    idempotency?: Idempotency,
    entry?: AuditDraft,
  ): Promise<Recorded>;
  /** Undefined too when its record's life is over. */
  get(id: RevocationId): Promise<Revocation | undefined>;
  /** Newest first. A page may have fewer than `limit` items, even none, and still a next one. */
  list(query: RevocationQuery): Promise<Page<Revocation>>;
  /** The viewers of a list, in the order of their ids; none for other scopes. */
  listViewers(id: RevocationId, page: PageQuery): Promise<Page<ViewerId>>;
  /**
   * Those of them on whom its block stands: it may have been lifted for some. A page may have fewer than `limit` items, even
   * none, and still a next one.
   */
  listBlocked(id: RevocationId, page: PageQuery, nowSeconds: number): Promise<Page<ViewerId>>;
  /** Takes the block away and keeps the floor. False when there is no such revocation. */
  liftBlock(id: RevocationId, nowSeconds: number, entry?: AuditDraft): Promise<boolean>;
  /** What was refused, in no particular order. Its cursors are its own. */
  listFailed(id: RevocationId, page: PageQuery): Promise<Page<FailedDelivery>>;
  /** Makes everything pending again that was refused. How many; undefined when there is no such revocation. */
  retryFailed(id: RevocationId, nowMs: number, entry?: AuditDraft): Promise<number | undefined>;
  /** Whom a revocation of this target would meet now. Changes nothing. */
  estimate(target: RevocationDraft['target'], viewerIds: readonly ViewerId[], nowSeconds: number): Promise<Reach>;
  /**
   * Finishes decisions and liftings on which nobody worked for `olderThanMs`: whoever began them died or lost the store. How
   * many it finished; 0 when there is nothing left to do. One that fails keeps none of the others from their end: it is tried
   * again in `olderThanMs`, and when all were tried this rejects as the first of them did.
   */
  finishIntents(nowMs: number, olderThanMs: number): Promise<number>;
}

/** What is known of one viewer. Times are unix seconds. */
export interface ViewerState {
  /** The channels of the last 48 hours, each with the highest session version that was issued there, and when. */
  readonly channels: readonly {
    readonly channelArn: ChannelArn;
    readonly sessionVersion: number;
    readonly issuedAt: number;
  }[];
  /** Their own floors; `channelArn` is null for the one everywhere. */
  readonly floors: readonly { readonly channelArn: ChannelArn | null; readonly floor: number }[];
  /** Their own blocks that hold now; `until` is null until lifted. */
  readonly blocks: readonly {
    readonly revocationId: RevocationId;
    readonly channelArn: ChannelArn | null;
    readonly until: number | null;
  }[];
}

/** The viewers, as far as something is known of them. Rejects with `store_unavailable` when the store does not answer. */
export interface ViewerStore {
  /** Nothing in any of its lists for a viewer whom nobody has seen. */
  get(viewerId: ViewerId, nowSeconds: number): Promise<ViewerState>;
  /**
   * Takes all blocks of this viewer away, those that came with a list of viewers too. How many there were; not counted are those that another
   * began to take away, and did not finish. Audited as done by `by`, when it is given, with the blocks that were there: see `toLifted`.
   */
  liftBlocks(viewerId: ViewerId, nowSeconds: number, by?: Author): Promise<number>;
}

/** A wish for deliveries to send. */
export interface DeliveryClaim {
  readonly lane: Lane;
  readonly nowMs: number;
  /** How many at most, 1 to 200. */
  readonly limit: number;
  /** The account and region may be called again on this lane after so long; 0 at once. */
  readonly paceMs: number;
  /** How long the claimed deliveries are kept from others: as long as the call may take. */
  readonly leaseMs: number;
}

/** How much there is to tell IVS. */
export interface DeliveryCounts {
  /** Deliveries that wait; lists and channels may find more. */
  readonly waiting: number;
  /** Revocations of which IVS was not told whole. */
  readonly pending: number;
  /** Revocations of which IVS refused something for good. */
  readonly failed: number;
  /** When the oldest of the pending ones was decided, in unix seconds; null when there is none. */
  readonly oldestDecidedAt: number | null;
}

/** The deliveries that wait to be sent. Each method rejects with `store_unavailable` when the store does not answer. */
export interface DeliveryStore {
  /**
   * Takes deliveries of one account and region that are due, and keeps them from others until they are settled or the lease
   * is over. The account and region least recently served comes first. On `batch`, urgent ones (single viewers) come first, the oldest
   * before the others; what they leave goes to lists and channels, which share it. On `single`, those that must go alone take turns with urgent
   * ones, the newest first; without either, what lists and channels have waiting. A channel's viewers come by the hour of their last token,
   * the latest hour first. `walked`: it looked at viewers of lists and channels, and found nobody to tell; there may be more of
   * them. Undefined when nothing may be sent now.
   */
  claim(claim: DeliveryClaim): Promise<DeliveryBatch | 'walked' | undefined>;
  /** Notes what became of claimed deliveries. One that is settled for good stays so. */
  settle(settled: readonly { readonly delivery: Delivery; readonly outcome: DeliveryOutcome }[]): Promise<void>;
  /** Of all accounts and regions. */
  count(): Promise<DeliveryCounts>;
}

/**
 * The part of the IVS API that ends sessions. Each method makes one attempt, as whoever calls it keeps IVS's pace. It rejects with
 * `ivs_unavailable`, or `rate_limited` where IVS throttles: nobody knows then whether IVS took anything, and trying again may help.
 */
export interface SessionControl {
  /** Tells IVS of up to 20 revocations in one call. */
  revokeSessions(deliveries: readonly Delivery[]): Promise<BatchAnswer>;
  /** Tells IVS of one revocation alone. Never answers `retry`. */
  revokeSession(delivery: Delivery): Promise<DeliveryAnswer>;
}

/** The part of the IVS API that ends a stream. Rejects with `ivs_unavailable`, or `rate_limited` where IVS throttles. */
export interface StreamControl {
  /** Stops the live stream of a channel, which ends it for everybody. `not_live` when there was none, `refused` when IVS will not. */
  stopStream(channelArn: ChannelArn): Promise<'stopped' | 'not_live' | 'refused'>;
}
