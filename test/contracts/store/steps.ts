/** What the suites do with a store again and again: start a session, revoke, see what a viewer is under, claim. */
import { expect } from 'vitest';
import {
  type ChannelArn,
  type KeyPairId,
  type Region,
  type RevocationId,
  toRegion,
  type ViewerId,
} from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import type { Delivery, DeliveryBatch, DeliveryOutcome } from '../../../src/revocations/delivery.ts';
import type { DeliveryClaim, DeliveryStore, Recorded, RevocationDraft } from '../../../src/revocations/ports.ts';
import type { Revocation, RevocationTarget } from '../../../src/revocations/record.ts';
import { combineScopes, type ScopeState } from '../../../src/revocations/scopes.ts';
import type { SessionRecord } from '../../../src/tokens/record.ts';
import { toBatch } from '../../support/drain-deliveries.ts';
import { letSign } from '../../support/key-pairs.ts';
import { nowSeconds, toDraft, toListTarget, usWest2 } from '../../support/records.ts';

const signers = new WeakMap<Store, Map<Region, Promise<KeyPairId>>>();

/** The pair that signs in a region of a store, looked up once. */
export function signer(store: Store, region: Region = usWest2): Promise<KeyPairId> {
  const known = signers.get(store) ?? new Map<Region, Promise<KeyPairId>>();
  signers.set(store, known);
  const found = known.get(region) ?? letSign(store, region);
  known.set(region, found);
  return found;
}

/** Asks for a session of now, decided without a floor of the channel. */
export async function record(
  store: Store,
  viewerId: ViewerId,
  channelArn: ChannelArn,
  changes: Partial<SessionRecord> = {},
) {
  const now = nowSeconds();
  return store.issuance.recordSession({
    keyPairId: await signer(store, toRegion(channelArn)),
    viewerId,
    channelArn,
    sessionVersion: now,
    issuedAt: now,
    channelFloor: 0,
    ...changes,
  });
}

/** Starts a session: nothing may stand against it. */
export async function watch(
  store: Store,
  viewerId: ViewerId,
  channelArn: ChannelArn,
  changes: Partial<SessionRecord> = {},
): Promise<void> {
  expect(await record(store, viewerId, channelArn, changes)).toBe('recorded');
}

/** Revokes: nothing may stand against it. */
export async function revoke(
  { revocations }: Store,
  target: RevocationTarget,
  changes: Partial<RevocationDraft> = {},
  viewerIds: readonly ViewerId[] = [],
): Promise<Revocation> {
  return toRecorded(await revocations.record(toDraft(target, changes), viewerIds));
}

/** Revokes a list of viewers: on the channel, or everywhere without one. */
export function revokeList(
  store: Store,
  viewerIds: readonly ViewerId[],
  channelArn?: ChannelArn,
  changes: Partial<RevocationDraft> = {},
): Promise<Revocation> {
  return revoke(store, toListTarget(viewerIds, channelArn), changes, viewerIds);
}

/** The revocation, which must have been recorded now or before. */
export function toRecorded(answer: Recorded): Revocation {
  if (answer.kind === 'recorded' || answer.kind === 'repeated') return answer.revocation;
  throw new Error(`not recorded: ${answer.kind}`);
}

/** What the viewer is under on the channel, all scopes together. */
export async function loadScopes(store: Store, viewerId: ViewerId, channelArn: ChannelArn): Promise<ScopeState> {
  const { scopes } = await store.issuance.load({ viewerId, channelArn, place: toRegion(channelArn) });
  return combineScopes(scopes);
}

/** A claim of a call's worth on the batch lane that spends no pace. Undefined too when it looked at viewers in vain. */
export async function claim(store: Store, changes: Partial<DeliveryClaim> = {}): Promise<DeliveryBatch | undefined> {
  return toBatch(await claimOrWalk(store, changes));
}

/** The same claim, with all that it may answer. */
export function claimOrWalk(store: Store, changes: Partial<DeliveryClaim> = {}): ReturnType<DeliveryStore['claim']> {
  return store.deliveries.claim({
    lane: 'batch',
    nowMs: Date.now(),
    limit: 20,
    paceMs: 0,
    leaseMs: 60_000,
    ...changes,
  });
}

/** What such a claim holds. Empty when nothing is due. */
export async function claimDeliveries(
  store: Store,
  changes: Partial<DeliveryClaim> = {},
): Promise<readonly Delivery[]> {
  return (await claim(store, changes))?.deliveries ?? [];
}

/** Claims the one delivery that is due. */
export async function claimOnly(store: Store, changes: Partial<DeliveryClaim> = {}): Promise<Delivery> {
  const [delivery, ...others] = await claimDeliveries(store, changes);
  if (delivery === undefined || others.length > 0) throw new Error('one delivery was due');
  return delivery;
}

/** Notes what became of one delivery. */
export function settle(store: Store, delivery: Delivery, outcome: DeliveryOutcome): Promise<void> {
  return store.deliveries.settle([{ delivery, outcome }]);
}

/** The counts of a revocation, which must be there. */
export async function loadCounts({ revocations }: Store, id: RevocationId): Promise<Revocation['delivery']> {
  const revocation = await revocations.get(id);
  if (revocation === undefined) throw new Error('no such revocation');
  return revocation.delivery;
}

/** Whom deliveries concern, each once, in order. */
export function toPairs(deliveries: readonly Pick<Delivery, 'channelArn' | 'viewerId'>[]): string[] {
  return deliveries.map(({ channelArn, viewerId }) => `${channelArn} ${viewerId}`).toSorted();
}
