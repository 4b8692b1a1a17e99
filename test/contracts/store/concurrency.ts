/** Many calls at once: each is whole, and none undoes another. */
import { describe, expect, it } from 'vitest';
import type { SessionRecord, Store } from '../../../src/ports.ts';
import type { Revocation, RevocationTarget } from '../../../src/revocations/revocation.ts';
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
import type { WithStore } from '../store-contract.ts';

const viewers = ['anna', 'ben', 'cleo'].map(toViewerId);
const channels = ['news', 'sport', 'film'].map((name) => toChannelArn(name));
const pairs = viewers.flatMap((viewerId) => channels.map((channelArn) => ({ viewerId, channelArn })));

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
          await store.putPolicy(policy);
          const [put, deleted] = await Promise.all([store.putChannel(channel), store.deletePolicy(policy.id)]);
          expect([put, deleted]).toEqual(put === 'stored' ? ['stored', 'in_use'] : ['policy_not_found', 'deleted']);
        }
      }));

    it('make one key pair of a region active', () =>
      withStore(async (store) => {
        const keyPairs = [1, 2, 3].map((number) => toPendingKeyPair(`key_${number}`));
        await Promise.all(keyPairs.map((pair) => store.putKeyPair(pair)));
        await Promise.all(keyPairs.map(({ id }) => store.markImported(id, { arn: id, fingerprint: id })));
        const states = (await store.listKeyPairs()).map(({ state }) => state);
        expect(states.toSorted()).toEqual(['active', 'imported', 'imported']);
      }));

    it('give a delivery to one of those who claim', () =>
      withStore(async (store) => {
        for (const { viewerId, channelArn } of pairs)
          await store.recordRevocation(toDraft({ scope: 'viewer_on_channel', viewerId, channelArn }));
        const claim = { nowMs: Date.now(), limit: 100, leaseMs: 60_000, paceMs: 1000 };
        const batches = await Promise.all(Array.from({ length: 10 }, () => store.claimDeliveries(claim)));
        expect(batches.filter((batch) => batch !== undefined)).toHaveLength(1);
        expect(batches.flatMap((batch) => batch?.deliveries ?? [])).toHaveLength(pairs.length);
      }));
  });
}

/** Sessions and revocations of all scopes, sent at once and spread over the stores. Answers what was recorded. */
export async function mixCalls(
  stores: readonly Store[],
): Promise<{ readonly sessions: readonly SessionRecord[]; readonly revocations: readonly Revocation[] }> {
  const sessions: SessionRecord[] = [];
  const revocations: Revocation[] = [];
  const calls: Promise<void>[] = [];
  const now = nowSeconds();
  for (let round = 0; round < 10; round++) {
    const store = stores[round % stores.length];
    if (store === undefined) throw new Error('at least one store');
    for (const [index, pair] of pairs.entries()) {
      // Some versions lie below the floors that are being set, some between them, some above.
      const session = { ...pair, sessionVersion: now + ((round * 7 + index) % 20), issuedAt: now };
      calls.push(store.recordSession(session).then((answer) => void (answer === 'recorded' && sessions.push(session))));
      const target = toTarget(pair, round + index);
      if (index % 4 === round % 4)
        calls.push(
          store.recordRevocation(toDraft(target, { createdAt: now })).then((made) => void revocations.push(made)),
        );
    }
  }
  await Promise.all(calls);
  return { sessions, revocations };
}

/** A session that stands at or below a floor was recorded before it, so the revocation knew of it and is delivered there. */
export async function expectEachEnded(
  store: Store,
  sessions: readonly SessionRecord[],
  revocations: readonly Revocation[],
): Promise<void> {
  const deliveries = await drainDeliveries(store);
  const ended = sessions.flatMap((session) =>
    revocations
      .filter(({ target, floor }) => isUnder(session, target) && session.sessionVersion <= floor)
      .map(({ id, floor }) => ({
        revocationId: id,
        channelArn: session.channelArn,
        viewerId: session.viewerId,
        floor,
      })),
  );
  expect(ended.length).toBeGreaterThan(0);
  for (const delivery of ended) expect(deliveries).toContainEqual(expect.objectContaining(delivery));
}

function toTarget({ viewerId, channelArn }: (typeof pairs)[number], number: number): RevocationTarget {
  if (number % 3 === 0) return { scope: 'viewer', viewerId };
  return number % 3 === 1 ? { scope: 'channel', channelArn } : { scope: 'viewer_on_channel', viewerId, channelArn };
}

function isUnder({ viewerId, channelArn }: SessionRecord, target: RevocationTarget): boolean {
  if (target.scope !== 'channel' && target.viewerId !== viewerId) return false;
  return target.scope === 'viewer' || target.channelArn === channelArn;
}
