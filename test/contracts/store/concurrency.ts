/** Many calls at once: each is whole, and none undoes another. */
import { describe, expect, it } from 'vitest';
import { toRegion } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import type { Revocation, RevocationTarget } from '../../../src/revocations/record.ts';
import { clockAllowanceSeconds, combineScopes, toSessionVersion } from '../../../src/revocations/scopes.ts';
import type { SessionRecord } from '../../../src/tokens/record.ts';
import { drainDeliveries } from '../../support/drain-deliveries.ts';
import {
  nowSeconds,
  toChannel,
  toChannelArn,
  toDraft,
  toPendingKeyPair,
  toPolicy,
  toViewerId,
} from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

const viewers = ['anna', 'ben', 'cleo'].map(toViewerId);
const channels = ['news', 'sport', 'film'].map((name) => toChannelArn(name));
type Pair = Pick<SessionRecord, 'viewerId' | 'channelArn'>;
const pairs: readonly Pair[] = viewers.flatMap((viewerId) => channels.map((channelArn) => ({ viewerId, channelArn })));

export function describeConcurrency(withStore: WithStore): void {
  describe('many calls at once', () => {
    it('leave no session at or below a floor that nobody is told of', () =>
      withStore(async (store) => {
        const { sessions, revocations } = await mixCalls([store]);
        expect(sessions.length).toBeGreaterThan(0);
        await expectEachEnded(store, sessions, revocations);
      }));

    it('delete no policy that a channel is being given', () =>
      withStore(async (store) => {
        for (let round = 0; round < 20; round++) {
          const policy = toPolicy(`policy-${round}`);
          const channel = toChannel(toChannelArn(`channel-${round}`), { policyId: policy.id });
          await store.policies.put(policy);
          const [put, deleted] = await Promise.all([store.channels.put(channel), store.policies.delete(policy.id)]);
          expect([put, deleted]).toEqual(put === 'stored' ? ['stored', 'in_use'] : ['policy_not_found', 'deleted']);
        }
      }));

    it('make one key pair of a region active', () =>
      withStore(async (store) => {
        const keyPairs = [1, 2, 3].map((number) => toPendingKeyPair(`key_${number}`));
        await Promise.all(keyPairs.map((pair) => store.keyPairs.put(pair)));
        await Promise.all(keyPairs.map(({ id }) => store.keyPairs.markImported(id, { arn: id, fingerprint: id })));
        const states = (await store.keyPairs.list()).map(({ state }) => state);
        expect(states.toSorted()).toEqual(['active', 'imported', 'imported']);
      }));

    it('give a delivery to one of those who claim', () =>
      withStore(async (store) => {
        for (const { viewerId, channelArn } of pairs)
          await store.revocations.record(toDraft({ scope: 'viewer_on_channel', viewerId, channelArn }));
        const claim = { nowMs: Date.now(), limit: 100, leaseMs: 60_000 };
        const batches = await Promise.all(Array.from({ length: 10 }, () => store.deliveries.claim(claim)));
        expect(batches.filter((batch) => batch !== undefined)).toHaveLength(1);
        expect(batches.flatMap((batch) => batch?.deliveries ?? [])).toHaveLength(pairs.length);
      }));
  });
}

/**
 * Sessions and revocations of all scopes, spread over the stores: for each viewer on each channel one after the other, and
 * for all of these at once. Answers what was recorded.
 */
export async function mixCalls(
  stores: readonly Store[],
): Promise<{ readonly sessions: readonly SessionRecord[]; readonly revocations: readonly Revocation[] }> {
  const sessions: SessionRecord[] = [];
  const revocations: Revocation[] = [];
  const now = nowSeconds();
  async function play(pair: Pair, index: number): Promise<void> {
    for (let round = 0; round < 20; round++) {
      const store = stores[(round + index) % stores.length];
      if (store === undefined) throw new Error('at least one store');
      // Clocks run ahead by as much as they may.
      const ahead = (round * 7 + index) % (clockAllowanceSeconds + 1);
      const session = await startSession(store, pair, now + ahead);
      if (session !== undefined) sessions.push(session);
      if (index % 4 !== round % 4) continue;
      const target = toTarget(pair, round + index);
      revocations.push(await store.revocations.record(toDraft(target, { createdAt: now })));
    }
  }
  await Promise.all(pairs.map(play));
  return { sessions, revocations };
}

/** Reads and records as issuing does. Undefined when it was overtaken. */
async function startSession(store: Store, pair: Pair, nowSeconds: number): Promise<SessionRecord | undefined> {
  const { scopes } = await store.issuance.load({ ...pair, region: toRegion(pair.channelArn) });
  const sessionVersion = toSessionVersion(nowSeconds, combineScopes(scopes).floor);
  const session = { ...pair, sessionVersion, issuedAt: nowSeconds };
  return (await store.issuance.recordSession(session)) === 'recorded' ? session : undefined;
}

/**
 * A session that stands at or below a floor was recorded before it, so the revocation knew of it: IVS is told of this floor,
 * or, when the channel was revoked as a whole before, of an earlier one that ends the session just as well.
 */
export async function expectEachEnded(
  store: Store,
  sessions: readonly SessionRecord[],
  revocations: readonly Revocation[],
): Promise<void> {
  const deliveries = await drainDeliveries(store);
  const ended = sessions.filter((session) =>
    revocations.some(({ target, floor }) => isUnder(session, target) && session.sessionVersion <= floor),
  );
  expect(ended.length).toBeGreaterThan(0);
  for (const { channelArn, viewerId, sessionVersion } of ended) {
    const told = deliveries.filter((delivery) => delivery.channelArn === channelArn && delivery.viewerId === viewerId);
    expect(Math.max(0, ...told.map(({ floor }) => floor))).toBeGreaterThanOrEqual(sessionVersion);
  }
}

function toTarget({ viewerId, channelArn }: Pair, number: number): RevocationTarget {
  if (number % 3 === 0) return { scope: 'viewer', viewerId };
  return number % 3 === 1 ? { scope: 'channel', channelArn } : { scope: 'viewer_on_channel', viewerId, channelArn };
}

function isUnder({ viewerId, channelArn }: SessionRecord, target: RevocationTarget): boolean {
  if (target.scope !== 'channel' && target.viewerId !== viewerId) return false;
  return target.scope === 'viewer' || target.channelArn === channelArn;
}
