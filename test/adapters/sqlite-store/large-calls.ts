/** Calls of every method of a store, so that each meets the large state. */
import type { ViewerId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import { type DeliveryOutcome, type Lane, sessionLifetimeSeconds } from '../../../src/revocations/delivery.ts';
import type { DeliveryClaim, RevocationDraft, RevocationQuery } from '../../../src/revocations/ports.ts';
import { neverLifts } from '../../../src/revocations/scopes.ts';
import { toBatch } from '../../support/drain-deliveries.ts';
import { nowSeconds, toChannelArn, toDraft, toListTarget, toPendingKeyPair, usWest2 } from '../../support/records.ts';
import { crowded, refusedId, toId, toNumberedViewer } from './large-state.ts';

/** A call, made with a number that it was not made with before. */
export type LargeCall = (store: Store, number: number) => Promise<unknown>;

const quiet = toChannelArn('quiet');

const lists = new Map<number, readonly ViewerId[]>();

/** The viewers of a long list that is like no other: some of them have watched. */
function toListed(number: number): readonly ViewerId[] {
  const known = lists.get(number);
  const listed = known ?? Array.from({ length: 10_000 }, (_, index) => toNumberedViewer(number * 10_000 + index));
  lists.set(number, listed);
  return listed;
}

function record(store: Store, target: RevocationDraft['target'], viewerIds: readonly ViewerId[] = []) {
  return store.revocations.record(toDraft(target, { block: { until: null } }), viewerIds);
}

function claim(store: Store, lane: Lane, changes: Partial<DeliveryClaim> = {}) {
  return store.deliveries.claim({ lane, nowMs: Date.now(), limit: 20, paceMs: 0, leaseMs: 1000, ...changes });
}

async function settle(store: Store, outcome: DeliveryOutcome) {
  const batch = toBatch(await claim(store, 'batch', { limit: 200 }));
  await store.deliveries.settle((batch?.deliveries ?? []).map((delivery) => ({ delivery, outcome })));
}

function list(store: Store, query: Partial<RevocationQuery>) {
  return store.revocations.list({ limit: 100, nowSeconds: nowSeconds(), ...query });
}

/** The pair that signs, which `large.test.ts` has put there. */
export const keyPairId = toPendingKeyPair('key_1').id;

/** What is called, by name. */
export const largeCalls: Readonly<Record<string, LargeCall>> = {
  'issuance.load': (store, number) =>
    store.issuance.load({ channelArn: crowded, viewerId: toNumberedViewer(number * 5), place: usWest2 }),
  'issuance.recordSession': (store, number) => {
    const session = { channelArn: quiet, viewerId: toNumberedViewer(number * 7), issuedAt: nowSeconds(), keyPairId };
    return store.issuance.recordSession({ ...session, sessionVersion: nowSeconds() + 1000, channelFloor: 0 });
  },
  'revocations.record (a viewer on a channel)': (store, number) =>
    record(store, { scope: 'viewer_on_channel', viewerId: toNumberedViewer(number), channelArn: crowded }),
  'revocations.record (a viewer)': (store, number) =>
    record(store, { scope: 'viewer', viewerId: toNumberedViewer(number) }),
  'revocations.record (a channel)': (store) => record(store, { scope: 'channel', channelArn: crowded }),
  'revocations.record (10,000 viewers)': (store, number) =>
    record(store, toListTarget(toListed(number)), toListed(number)),
  'revocations.liftBlock (10,000 viewers)': async (store, number) => {
    const listed = toListed(number);
    const recorded = await record(store, toListTarget(listed, crowded), listed);
    if ('revocation' in recorded) await store.revocations.liftBlock(recorded.revocation.id, nowSeconds());
  },
  'revocations.liftBlock (a viewer)': (store, number) => store.revocations.liftBlock(toId(number), nowSeconds()),
  'revocations.get': (store, number) => store.revocations.get(toId(number)),
  'revocations.list': (store) => list(store, {}),
  'revocations.list (of a viewer)': (store, number) => list(store, { viewerId: toNumberedViewer(number) }),
  'revocations.list (of a channel, few of them active)': (store) => list(store, { channelArn: crowded, active: false }),
  'revocations.list (of a scope that few have)': (store) => list(store, { scope: 'viewers', delivery: 'pending' }),
  'revocations.list (failed)': (store) => list(store, { delivery: 'failed' }),
  'revocations.listFailed': (store) => store.revocations.listFailed(refusedId, { limit: 100 }),
  'revocations.retryFailed (10,000)': (store) => store.revocations.retryFailed(refusedId, Date.now() + 3_600_000),
  'revocations.estimate (a channel)': (store) =>
    store.revocations.estimate({ scope: 'channel', channelArn: crowded }, [], nowSeconds()),
  'revocations.estimate (10,000 viewers)': (store, number) =>
    store.revocations.estimate(toListTarget(toListed(number)), toListed(number), nowSeconds()),
  'revocations.finishIntents': (store) => store.revocations.finishIntents(Date.now(), 0),
  'viewers.get': (store, number) => store.viewers.get(toNumberedViewer(number), nowSeconds()),
  'viewers.liftBlocks': (store, number) => store.viewers.liftBlocks(toNumberedViewer(number + 500), nowSeconds()),
  'deliveries.claim (batch)': (store) => claim(store, 'batch'),
  'deliveries.claim (batch, 200)': (store) => claim(store, 'batch', { limit: 200 }),
  'deliveries.claim (single)': (store) => claim(store, 'single', { limit: 1 }),
  'deliveries.settle (200 delivered)': (store) => settle(store, { kind: 'delivered' }),
  'deliveries.settle (200 refused)': (store) => settle(store, { kind: 'failed', reason: 'ResourceNotFoundException' }),
  'deliveries.settle (200 again)': (store) => settle(store, { kind: 'retry', atMs: neverLifts }),
  'health.ping': ({ health }) => health.ping(),
};

/** A call that walks a channel with nearly half of all sessions: what waits to be sent is out of its way. */
export const walkingCall: LargeCall = (store) => claim(store, 'batch', { limit: 200, leaseMs: 0 });

/** A session of a time in which a part of the ledger is over: each such call sweeps a piece. */
export const sweepingCall: LargeCall = (store, number) => {
  const issuedAt = nowSeconds() + sessionLifetimeSeconds / 2;
  const session = { channelArn: quiet, viewerId: toNumberedViewer(number), issuedAt, keyPairId };
  return store.issuance.recordSession({ ...session, sessionVersion: issuedAt + 1000, channelFloor: 0 });
};
