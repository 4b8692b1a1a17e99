/** Revoking and lifting: every floor is above what was handed out in its scope, a repeated decision is the same, and time goes on. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { ChannelArn, ViewerId } from '../../../src/ids.ts';
import type { RevocationTarget } from '../../../src/revocations/record.ts';
import { clockAllowanceSeconds, neverLifts } from '../../../src/revocations/scopes.ts';
import { nowSeconds, toDraft, toListTarget } from '../../support/records.ts';
import { covers, findAny, type Model, type Pair, parts, toCommand, toKey } from './model.ts';

const { by, viewerId, viewerIds, channelArn, aheadSeconds, index } = parts;

interface Aim {
  readonly target: RevocationTarget;
  readonly viewerIds: readonly ViewerId[];
}

const toListAim = (viewerIds: readonly ViewerId[], channelArn?: ChannelArn): Aim => ({
  target: toListTarget(viewerIds, channelArn),
  viewerIds,
});
const aim: fc.Arbitrary<Aim> = fc.oneof(
  fc.record({ viewerId, channelArn }).map((pair) => toAim({ scope: 'viewer_on_channel', ...pair })),
  viewerId.map((one) => toAim({ scope: 'viewer', viewerId: one })),
  channelArn.map((one) => toAim({ scope: 'channel', channelArn: one })),
  viewerIds.map((some) => toListAim(some)),
  fc.tuple(viewerIds, channelArn).map(([some, one]) => toListAim(some, one)),
);
/** Undefined: none. Null: until it is lifted. Else for so many seconds. */
const blockedForSeconds = fc.oneof(fc.constantFrom(undefined, undefined, null), fc.integer({ min: 1, max: 10 }));

/** A decision of any scope, with a block or without. */
export const revoke = fc.record({ by, aim, aheadSeconds, blockedForSeconds }).map((given) =>
  toCommand('revoke', given, async (model, instances, { by, aim: { target, viewerIds }, ...how }) => {
    const createdAt = model.nowSeconds + how.aheadSeconds;
    const blockedUntil = how.blockedForSeconds === null ? neverLifts : createdAt + (how.blockedForSeconds ?? 0);
    const block = { until: how.blockedForSeconds === null ? null : blockedUntil };
    const draft = toDraft(target, { createdAt, block: how.blockedForSeconds === undefined ? null : block });
    const idempotency = { key: draft.id, fingerprint: 'the same' };
    const owed = toOwed(model, target, viewerIds);
    const answer = await instances[by].revocations.record(draft, viewerIds, idempotency);
    if (answer.kind !== 'recorded') throw new Error(`not recorded: ${answer.kind}`);
    const { floor } = answer.revocation;
    expectFloor(model, { floor, createdAt, target, owed });
    model.highest = Math.max(model.highest, floor);
    model.decisions.push({
      draft,
      viewerIds,
      idempotency,
      floor,
      blockedUntil: how.blockedForSeconds === undefined ? 0 : blockedUntil,
      freed: new Set(),
      owed,
      told: new Map(),
      refused: new Set(),
      delivered: 0,
    });
  }),
);

/** The same request again, which another instance may get. */
export const repeat = fc.record({ by, index }).map((given) =>
  toCommand('repeat', given, async (model, instances, { by, index }) => {
    const decision = findAny(model.decisions, index);
    if (decision === undefined) return;
    const { draft, viewerIds, idempotency, floor } = decision;
    const again = toDraft(draft.target, { block: draft.block, createdAt: model.nowSeconds });
    const answer = await instances[by].revocations.record(again, viewerIds, idempotency);
    expect(answer).toMatchObject({ kind: 'repeated', revocation: { id: draft.id, floor } });
  }),
);

/** The block of one decision is lifted, for all whom it concerns. */
export const lift = fc.record({ by, index }).map((given) =>
  toCommand('lift', given, async (model, instances, { by, index }) => {
    const decision = findAny(model.decisions, index);
    if (decision === undefined) return;
    expect(await instances[by].revocations.liftBlock(decision.draft.id, model.nowSeconds)).toBe(true);
    decision.blockedUntil = 0;
  }),
);

/** All blocks of one viewer are lifted; that of a channel stays. */
export const liftViewer = fc.record({ by, viewerId }).map((given) =>
  toCommand('liftViewer', given, async (model, instances, { by, viewerId }) => {
    await instances[by].viewers.liftBlocks(viewerId, model.nowSeconds);
    for (const { draft, freed } of model.decisions) if (draft.target.scope !== 'channel') freed.add(viewerId);
  }),
);

/** So much time goes by at most, as sessions, keys and floors of channels are not kept for ever. */
const mostWaitedSeconds = 20 * 3600;

/** Some seconds go by, or some hours, in which nobody keeps a token waiting. */
export const wait = fc.record({ seconds: fc.constantFrom(1, 2, 7, 7, 1800, 5400) }).map((given) =>
  toCommand('wait', given, async (model, _instances, { seconds }) => {
    if (seconds > 60 && model.nowSeconds > model.startSeconds + mostWaitedSeconds) return;
    model.nowSeconds += seconds;
    if (seconds > 60) model.begun.length = 0;
  }),
);

function toAim(target: RevocationTarget): Aim {
  return { target, viewerIds: [] };
}

/** The highest version that was handed out in the scope, by pair. */
function toOwed(
  { sessions }: Model,
  target: RevocationTarget,
  viewerIds: readonly ViewerId[],
): ReadonlyMap<string, number> {
  const owed = new Map<string, number>();
  for (const session of sessions) {
    const pair: Pair = session;
    if (!covers(target, viewerIds, pair)) continue;
    owed.set(toKey(pair), Math.max(owed.get(toKey(pair)) ?? 0, session.sessionVersion));
  }
  return owed;
}

interface NewFloor {
  readonly floor: number;
  readonly createdAt: number;
  readonly target: RevocationTarget;
  readonly owed: ReadonlyMap<string, number>;
}

/** Above the clocks and all that it must end, and no higher than something is that it could have to end. */
function expectFloor(model: Model, { floor, createdAt, target, owed }: NewFloor): void {
  expect(floor).toBeGreaterThanOrEqual(createdAt + clockAllowanceSeconds);
  for (const { draft, floor: earlier } of model.decisions)
    if (JSON.stringify(draft.target) === JSON.stringify(target) && target.scope === 'channel')
      expect(floor).toBeGreaterThan(earlier);
  if (target.scope !== 'channel') for (const version of owed.values()) expect(floor).toBeGreaterThanOrEqual(version);
  const clock = Math.max(nowSeconds(), createdAt) + clockAllowanceSeconds;
  expect(floor).toBeLessThanOrEqual(Math.max(clock, model.highest + 1));
}
