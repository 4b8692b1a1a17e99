/** Starting sessions: who is blocked is refused, who was overtaken too, and nobody else. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { toRegion } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import { combineScopes, toSessionVersion } from '../../../src/revocations/scopes.ts';
import type { SessionRecord } from '../../../src/tokens/record.ts';
import { signer } from '../store/steps.ts';
import { type Model, type Pair, parts, toBlockedUntil, toChannelFloor, toCommand, toOwnFloor } from './model.ts';

const { by, viewerId, channelArn, aheadSeconds } = parts;
const moment = { by, viewerId, channelArn, aheadSeconds };

/** A token from the first step to the last. */
export const issue = fc.record(moment).map((given) =>
  toCommand('issue', given, async (model, instances, { by, aheadSeconds, ...pair }) => {
    await finish(model, instances[by], await begin(model, instances[by], pair, model.nowSeconds + aheadSeconds));
  }),
);

/** A token that is decided on. What comes before it is recorded may overtake it. */
export const beginIssuing = fc.record(moment).map((given) =>
  toCommand('beginIssuing', given, async (model, instances, { by, aheadSeconds, ...pair }) => {
    const begun = await begin(model, instances[by], pair, model.nowSeconds + aheadSeconds);
    if (begun !== undefined) model.begun.push(begun);
  }),
);

/** The oldest token that was decided on is recorded. */
export const finishIssuing = fc
  .record({ by })
  .map((given) =>
    toCommand('finishIssuing', given, (model, instances) => finish(model, instances[given.by], model.begun.shift())),
  );

/** What an operator is shown of a viewer. */
export const lookAtViewer = fc.record({ by, viewerId }).map((given) =>
  toCommand('lookAtViewer', given, async (model, instances, { by, viewerId }) => {
    const shown = await instances[by].viewers.get(viewerId, model.nowSeconds);
    const versions = new Map(shown.channels.map((each) => [each.channelArn, each.sessionVersion]));
    for (const session of model.sessions)
      if (session.viewerId === viewerId)
        expect(versions.get(session.channelArn)).toBeGreaterThanOrEqual(session.sessionVersion);
    const blocking = model.decisions.filter(
      ({ draft: { target }, viewerIds, freed, blockedUntil }) =>
        (('viewerId' in target && target.viewerId === viewerId) || viewerIds.includes(viewerId)) &&
        !freed.has(viewerId) &&
        blockedUntil > model.nowSeconds,
    );
    const shownIds = shown.blocks.map(({ revocationId }) => revocationId);
    expect(shownIds.toSorted()).toEqual(blocking.map(({ draft }) => draft.id).toSorted());
  }),
);

/** Reads as issuing does, and decides: undefined for who is blocked. */
async function begin(model: Model, store: Store, pair: Pair, issuedAt: number): Promise<SessionRecord | undefined> {
  const { scopes, channelFloor } = await store.issuance.load({ ...pair, place: toRegion(pair.channelArn) });
  const { floor, blockedUntil } = combineScopes(scopes);
  const own = toOwnFloor(model, pair);
  expect(channelFloor).toBe(toChannelFloor(model, pair));
  expect(floor).toBeGreaterThanOrEqual(Math.max(own.atLeast, channelFloor));
  expect(floor).toBeLessThanOrEqual(Math.max(own.atMost, channelFloor));
  expect(blockedUntil > issuedAt ? blockedUntil : 0).toBe(toBlockedUntil(model, pair, issuedAt));
  if (blockedUntil > issuedAt) return undefined;
  const sessionVersion = toSessionVersion(issuedAt, floor);
  const keyPairId = await signer(store, toRegion(pair.channelArn));
  return { ...pair, sessionVersion, issuedAt, channelFloor, keyPairId };
}

async function finish(model: Model, { issuance }: Store, session: SessionRecord | undefined): Promise<void> {
  if (session === undefined) return;
  const answer = await issuance.recordSession(session);
  const own = toOwnFloor(model, session);
  const isRefused =
    toBlockedUntil(model, session, session.issuedAt) > 0 ||
    session.channelFloor !== toChannelFloor(model, session) ||
    session.sessionVersion <= own.atLeast;
  if (isRefused) expect(answer).toBe('overtaken');
  else if (session.sessionVersion > own.atMost) expect(answer).toBe('recorded');
  else expect(['recorded', 'overtaken']).toContain(answer);
  model.highest = Math.max(model.highest, session.sessionVersion);
  if (answer === 'recorded') model.sessions.push(session);
}
