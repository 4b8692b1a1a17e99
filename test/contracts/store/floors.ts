/** Floors: above every session that may have been issued in their scope, whatever came before. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChannelArn, ViewerId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import type { RevocationTarget } from '../../../src/revocations/record.ts';
import { clockAllowanceSeconds, combineScopes, toSessionVersion } from '../../../src/revocations/scopes.ts';
import type { SessionRecord } from '../../../src/tokens/record.ts';
import { nowSeconds, toChannelArn, toDraft, toViewerId, usWest2 } from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

const viewers = ['anna', 'ben'].map(toViewerId);
const channels = ['news', 'sport'].map((name) => toChannelArn(name));
const [anna, news] = [toViewerId('anna'), toChannelArn('news')];

const viewer = fc.constantFrom(...viewers);
const channel = fc.constantFrom(...channels);
const target: fc.Arbitrary<RevocationTarget> = fc.oneof(
  fc.record({ scope: fc.constant('viewer_on_channel' as const), viewerId: viewer, channelArn: channel }),
  fc.record({ scope: fc.constant('viewer' as const), viewerId: viewer }),
  fc.record({ scope: fc.constant('channel' as const), channelArn: channel }),
);
/** Time goes on by so much before a step, and the clock of the instance that takes it runs ahead by so much. */
const moment = {
  afterSeconds: fc.integer({ min: 0, max: 3 }),
  aheadSeconds: fc.integer({ min: 0, max: clockAllowanceSeconds }),
};
const step = fc.oneof(
  fc.record({ kind: fc.constant('revoke' as const), target, ...moment }),
  fc.record({ kind: fc.constant('read' as const), viewerId: viewer, channelArn: channel, ...moment }),
  fc.record({ kind: fc.constant('record' as const), ...moment }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The decisions and sessions of one history, as they must hold against each other. */
interface History {
  readonly floors: { readonly target: RevocationTarget; readonly floor: number }[];
  readonly sessions: SessionRecord[];
  /** Tokens that are decided on, and not recorded yet. */
  readonly begun: SessionRecord[];
}

export function describeFloors(withStore: WithStore): void {
  describe('floors', () => {
    it('stand above the clocks of all instances', () =>
      withStore(async (store) => {
        const draft = toDraft({ scope: 'viewer', viewerId: anna });
        expect((await store.revocations.record(draft)).floor).toBe(draft.createdAt + clockAllowanceSeconds);
      }));

    it('of a viewer stand above a token that a floor of the channel lifted, and the other way round', () =>
      withStore(async (store) => {
        const byChannel = await store.revocations.record(toDraft({ scope: 'channel', channelArn: news }));
        const byViewer = await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }));
        const byBoth = await store.revocations.record(
          toDraft({ scope: 'viewer_on_channel', viewerId: anna, channelArn: news }),
        );
        const byChannelAgain = await store.revocations.record(toDraft({ scope: 'channel', channelArn: news }));
        const floors = [byChannel, byViewer, byBoth, byChannelAgain].map(({ floor }) => floor);
        expect(floors).toEqual(floors.map((_, index) => byChannel.floor + index));
      }));

    it('let the next token be one above', () =>
      withStore(async (store) => {
        const { floor } = await store.revocations.record(toDraft({ scope: 'viewer', viewerId: anna }));
        const { scopes } = await store.issuance.load({ channelArn: news, viewerId: anna, region: usWest2 });
        expect(toSessionVersion(nowSeconds(), combineScopes(scopes).floor)).toBe(floor + 1);
      }));

    it(
      'kill every session of their scope that was issued before, in any history',
      () =>
        fc.assert(
          fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) =>
            withStore((store) => play(store, steps)),
          ),
          { numRuns: 40 },
        ),
      20_000,
    );
  });
}

async function play(store: Store, steps: readonly Step[]): Promise<void> {
  const history: History = { floors: [], sessions: [], begun: [] };
  let time = nowSeconds();
  for (const taken of steps) {
    time += taken.afterSeconds;
    const now = time + taken.aheadSeconds;
    if (taken.kind === 'revoke') await revoke(store, history, taken.target, now);
    else if (taken.kind === 'read') await read(store, history, taken.viewerId, taken.channelArn, now);
    else await record(store, history);
  }
}

async function revoke(store: Store, history: History, revoked: RevocationTarget, now: number): Promise<void> {
  const { floor } = await store.revocations.record(toDraft(revoked, { createdAt: now }));
  expect(floor).toBeGreaterThanOrEqual(now + clockAllowanceSeconds);
  for (const session of history.sessions)
    if (isUnder(session, revoked)) expect(session.sessionVersion).toBeLessThanOrEqual(floor);
  for (const earlier of history.floors)
    if (JSON.stringify(earlier.target) === JSON.stringify(revoked)) expect(floor).toBeGreaterThan(earlier.floor);
  history.floors.push({ target: revoked, floor });
}

async function read(
  store: Store,
  history: History,
  viewerId: ViewerId,
  channelArn: ChannelArn,
  now: number,
): Promise<void> {
  const { scopes } = await store.issuance.load({ channelArn, viewerId, region: usWest2 });
  const { floor } = combineScopes(scopes);
  expect(floor).toBe(highestFloorOver(history, { viewerId, channelArn }));
  history.begun.push({ channelArn, viewerId, sessionVersion: toSessionVersion(now, floor), issuedAt: now });
}

async function record(store: Store, history: History): Promise<void> {
  const session = history.begun.shift();
  if (session === undefined) return;
  const dead = session.sessionVersion <= highestFloorOver(history, session);
  expect(await store.issuance.recordSession(session)).toBe(dead ? 'overtaken' : 'recorded');
  if (!dead) history.sessions.push(session);
}

type WhoWhere = Pick<SessionRecord, 'viewerId' | 'channelArn'>;

function highestFloorOver({ floors }: History, whoWhere: WhoWhere): number {
  return Math.max(0, ...floors.filter((entry) => isUnder(whoWhere, entry.target)).map(({ floor }) => floor));
}

function isUnder({ viewerId, channelArn }: WhoWhere, revoked: RevocationTarget): boolean {
  if (revoked.scope === 'viewer') return revoked.viewerId === viewerId;
  if (revoked.scope === 'channel') return revoked.channelArn === channelArn;
  return revoked.viewerId === viewerId && revoked.channelArn === channelArn;
}
