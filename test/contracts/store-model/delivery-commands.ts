/** Telling IVS, which takes, refuses and fails: in the end it was told of every session that a decision should have ended. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Store } from '../../../src/ports.ts';
import type { Delivery, DeliveryOutcome } from '../../../src/revocations/delivery.ts';
import { drainDeliveries, toBatch } from '../../support/drain-deliveries.ts';
import { covers, type Decision, findAny, type Instances, type Model, parts, toCommand, toKey } from './model.ts';

const { by, index } = parts;
/** A walk stops where a call is full, and goes on there with the next. */
const call = fc.constantFrom({ lane: 'batch', limit: 20 }, { lane: 'batch', limit: 1 }, { lane: 'single', limit: 1 });
const kinds = fc.array(fc.constantFrom('delivered', 'delivered', 'retry', 'failed', 'alone', 'lost'), {
  minLength: 1,
  maxLength: 5,
});
/** How long a claim keeps its deliveries, and how long a delivery waits that is to be tried again. */
const leaseMs = 700;
const retryMs = 1500;

/** One call: what comes of each of its deliveries is one of the kinds. `lost`: whoever made the call died. */
export const deliver = fc.record({ by, call, kinds }).map((given) =>
  toCommand('deliver', given, async (model, instances, { by, call, kinds }) => {
    const { deliveries: queue, revocations } = instances[by];
    const nowMs = toNowMs(model);
    const batch = toBatch(await queue.claim({ ...call, nowMs, paceMs: 0, leaseMs }));
    const settled = (batch?.deliveries ?? []).flatMap((delivery, place) => {
      const kind = kinds[place % kinds.length] ?? 'lost';
      const decision = findDecision(model, delivery);
      const outcome = toOutcome(isSettled(decision, delivery) ? 'delivered' : kind, nowMs);
      if (outcome === undefined) return [];
      note(decision, delivery, outcome);
      return [{ delivery, outcome }];
    });
    await queue.settle(settled);
    for (const { delivery } of settled) await expectCounts(revocations, findDecision(model, delivery));
  }),
);

/** What IVS refused of a decision is sent again. */
export const retryFailed = fc.record({ by, index }).map((given) =>
  toCommand('retryFailed', given, async (model, instances, { by, index }) => {
    const decision = findAny(model.decisions, index);
    if (decision === undefined) return;
    const retried = await instances[by].revocations.retryFailed(decision.draft.id, toNowMs(model));
    expect(retried).toBe(decision.refused.size);
    decision.refused.clear();
    await expectCounts(instances[by].revocations, decision);
  }),
);

/** Delivers all that is left, and holds it against what is owed. */
export async function expectAllTold(model: Model, [one, other]: Instances): Promise<void> {
  for (const delivery of await drainDeliveries(one, toNowMs(model) + 60_000))
    note(findDecision(model, delivery), delivery, { kind: 'delivered' });
  for (const decision of model.decisions) {
    for (const [key, version] of decision.owed)
      if (!decision.refused.has(key))
        expect(decision.told.get(key) ?? 0, `${decision.draft.id} ${key}`).toBeGreaterThanOrEqual(version);
    const { id } = decision.draft;
    const revocation = await other.revocations.get(id);
    expect(revocation?.delivery).toEqual({
      pending: 0,
      delivered: decision.delivered,
      failed: decision.refused.size,
    });
    expect(revocation?.progress?.done ?? true).toBe(true);
  }
}

/** What a revocation shows of its deliveries is what came of them. */
async function expectCounts(revocations: Store['revocations'], decision: Decision): Promise<void> {
  const revocation = await revocations.get(decision.draft.id);
  expect(revocation?.delivery).toMatchObject({ delivered: decision.delivered, failed: decision.refused.size });
  expect(revocation?.delivery.pending).toBeGreaterThanOrEqual(0);
}

function note(decision: Decision, delivery: Delivery, outcome: DeliveryOutcome): void {
  const key = toKey(delivery);
  expect(covers(decision.draft.target, decision.viewerIds, delivery)).toBe(true);
  expect(delivery.createdAt).toBe(decision.draft.createdAt);
  if (outcome.kind === 'failed') decision.refused.add(key);
  if (outcome.kind !== 'delivered') return;
  decision.delivered++;
  decision.told.set(key, Math.max(decision.told.get(key) ?? 0, delivery.floor));
}

/** A walk may meet a viewer again who got a token in a later hour. */
function isSettled({ told, refused }: Decision, delivery: Delivery): boolean {
  return told.has(toKey(delivery)) || refused.has(toKey(delivery));
}

function findDecision({ decisions }: Model, { revocationId }: Delivery): Decision {
  const decision = decisions.find(({ draft }) => draft.id === revocationId);
  if (decision === undefined) throw new Error(`a delivery of ${revocationId}, which was never recorded`);
  return decision;
}

function toOutcome(kind: string, nowMs: number): DeliveryOutcome | undefined {
  if (kind === 'failed') return { kind, reason: 'ValidationException' };
  if (kind === 'retry') return { kind, atMs: nowMs + retryMs };
  return kind === 'delivered' || kind === 'alone' ? { kind } : undefined;
}

/** What was just recorded is due by the clock of the store, which may be the later one. */
function toNowMs({ nowSeconds }: Model): number {
  return Math.max(nowSeconds * 1000, Date.now());
}
