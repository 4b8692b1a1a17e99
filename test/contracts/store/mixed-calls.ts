/** Sessions and revocations of all scopes at the same time, over any number of instances, and whether each session was ended that should be. */
import { expect } from 'vitest';
import { type ChannelArn, toRegion, type ViewerId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import type { Delivery } from '../../../src/revocations/delivery.ts';
import type { Revocation, RevocationTarget } from '../../../src/revocations/record.ts';
import { clockAllowanceSeconds, combineScopes, toSessionVersion } from '../../../src/revocations/scopes.ts';
import type { SessionRecord } from '../../../src/tokens/record.ts';
import { drainDeliveries } from '../../support/drain-deliveries.ts';
import { nowSeconds, toChannelArn, toDraft, toListTarget, toViewerId } from '../../support/records.ts';
import { signer, toRecorded } from './steps.ts';

const viewers = ['anna', 'ben', 'cleo'].map(toViewerId);
const channels = ['news', 'sport', 'film'].map((name) => toChannelArn(name));
type Pair = Pick<SessionRecord, 'viewerId' | 'channelArn'>;
const pairs: readonly Pair[] = viewers.flatMap((viewerId) => channels.map((channelArn) => ({ viewerId, channelArn })));
const rounds = 20;

interface StartedSession extends SessionRecord {
  /** How many revocations had been asked for when it was handed out. */
  readonly after: number;
}

interface MadeRevocation {
  readonly revocation: Revocation;
  readonly viewerIds: readonly ViewerId[];
  /** How many had been asked for before it. */
  readonly after: number;
}

/** What was handed out and what was decided. */
interface MixedCalls {
  readonly sessions: readonly StartedSession[];
  readonly revocations: readonly MadeRevocation[];
}

/**
 * Sessions and revocations of all scopes, spread over the stores: for each viewer on each channel one after the other, and
 * for all of these at once. Answers what was recorded.
 */
export async function mixCalls(stores: readonly Store[]): Promise<MixedCalls> {
  const sessions: StartedSession[] = [];
  const revocations: MadeRevocation[] = [];
  let asked = 0;
  const now = nowSeconds();
  async function play(pair: Pair, index: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      const store = stores[(round + index) % stores.length];
      if (store === undefined) throw new Error('at least one store');
      // Clocks run ahead by as much as they may.
      const ahead = (round * 7 + index) % (clockAllowanceSeconds + 1);
      const session = await startSession(store, pair, now + ahead);
      if (session !== undefined) sessions.push({ ...session, after: asked });
      if (index % 4 !== round % 4) continue;
      const after = asked++;
      const { target, viewerIds } = toTarget(pair, round + index);
      const recorded = await store.revocations.record(toDraft(target, { createdAt: now }), viewerIds);
      revocations.push({ revocation: toRecorded(recorded), viewerIds, after });
    }
  }
  await Promise.all(pairs.map(play));
  return { sessions, revocations };
}

/** Reads and records as issuing does. Undefined when it was overtaken. */
async function startSession(store: Store, pair: Pair, issuedAt: number): Promise<SessionRecord | undefined> {
  const { scopes, channelFloor } = await store.issuance.load({ ...pair, place: toRegion(pair.channelArn) });
  const sessionVersion = toSessionVersion(issuedAt, combineScopes(scopes).floor);
  const keyPairId = await signer(store, toRegion(pair.channelArn));
  const session = { ...pair, sessionVersion, issuedAt, channelFloor, keyPairId };
  return (await store.issuance.recordSession(session)) === 'recorded' ? session : undefined;
}

/**
 * IVS is told of each session that was handed out before a revocation of it was asked for, and of each that stands at or
 * below the floor of a revocation: such a one was recorded before the floor, so the revocation must have known of it.
 */
export async function expectEachEnded(store: Store, { sessions, revocations }: MixedCalls): Promise<void> {
  const told = toToldFloors(await drainDeliveries(store));
  let ended = 0;
  for (const session of sessions)
    for (const made of revocations) {
      if (!isUnder(session, made) || !(session.after <= made.after || isBelow(session, made))) continue;
      ended++;
      expect(told.get(toKey(session)) ?? 0).toBeGreaterThanOrEqual(session.sessionVersion);
    }
  expect(ended).toBeGreaterThan(0);
}

/** The floor of a list is the highest of its viewers, so it says nothing of one of them. */
function isBelow({ sessionVersion }: SessionRecord, { revocation, viewerIds }: MadeRevocation): boolean {
  return viewerIds.length === 0 && sessionVersion <= revocation.floor;
}

function isUnder(
  { viewerId, channelArn }: SessionRecord,
  { revocation: { target }, viewerIds }: MadeRevocation,
): boolean {
  if ('channelArn' in target && target.channelArn !== channelArn) return false;
  if ('viewerId' in target) return target.viewerId === viewerId;
  return target.scope === 'channel' || viewerIds.includes(viewerId);
}

function toToldFloors(deliveries: readonly Delivery[]): ReadonlyMap<string, number> {
  const told = new Map<string, number>();
  for (const delivery of deliveries) {
    const key = toKey(delivery);
    told.set(key, Math.max(told.get(key) ?? 0, delivery.floor));
  }
  return told;
}

function toKey({ viewerId, channelArn }: { readonly viewerId: ViewerId; readonly channelArn: ChannelArn }): string {
  return `${viewerId} ${channelArn}`;
}

function toTarget(
  { viewerId, channelArn }: Pair,
  number: number,
): { readonly target: RevocationTarget; readonly viewerIds: readonly ViewerId[] } {
  const viewerIds = viewers.filter((_, index) => index !== number % viewers.length);
  switch (number % 5) {
    case 0:
      return { target: { scope: 'viewer', viewerId }, viewerIds: [] };
    case 1:
      return { target: { scope: 'channel', channelArn }, viewerIds: [] };
    case 2:
      return { target: { scope: 'viewer_on_channel', viewerId, channelArn }, viewerIds: [] };
    case 3:
      return { target: toListTarget(viewerIds), viewerIds };
    default:
      return { target: toListTarget(viewerIds, channelArn), viewerIds };
  }
}
