/** What two instances of a store must do, as plain objects: who is blocked, whom a floor has ended, and what IVS is owed. */
import fc from 'fast-check';
import type { ChannelArn, ViewerId } from '../../../src/ids.ts';
import type { Store } from '../../../src/ports.ts';
import type { Idempotency, RevocationDraft } from '../../../src/revocations/ports.ts';
import type { RevocationTarget } from '../../../src/revocations/record.ts';
import { clockAllowanceSeconds } from '../../../src/revocations/scopes.ts';
import type { SessionRecord } from '../../../src/tokens/record.ts';
import { euWest1, nowSeconds, toChannelArn, toViewerId } from '../../support/records.ts';

/** Two instances over the same state. */
export type Instances = readonly [Store, Store];

/** Who watches where. */
export interface Pair {
  readonly viewerId: ViewerId;
  readonly channelArn: ChannelArn;
}

/** A decision that was acknowledged, and what has come of it. */
export interface Decision {
  readonly draft: RevocationDraft;
  readonly viewerIds: readonly ViewerId[];
  readonly idempotency: Idempotency;
  readonly floor: number;
  /** Its block holds until then, 0 without one, and not for those who were freed. */
  blockedUntil: number;
  readonly freed: Set<ViewerId>;
  /** The highest version that was handed out in its scope before it, by pair. */
  readonly owed: ReadonlyMap<string, number>;
  /** The highest floor that IVS was told, by pair. */
  readonly told: Map<string, number>;
  /** Those that IVS refused and that were not sent again. */
  readonly refused: Set<string>;
  delivered: number;
}

/** All that the commands did so far. */
export interface Model {
  readonly startSeconds: number;
  /** The clock of the instances, which is ahead of the store's. */
  nowSeconds: number;
  /** The highest version or floor that was ever seen. */
  highest: number;
  readonly sessions: SessionRecord[];
  /** Decided on, and not recorded yet. */
  readonly begun: SessionRecord[];
  readonly decisions: Decision[];
}

/** How far the instances are ahead of the store, which must not come to the end of a block before them. */
const aheadOfStoreSeconds = 600;

/** Before anything was done. */
export function createModel(): Model {
  const startSeconds = nowSeconds() + aheadOfStoreSeconds;
  return { startSeconds, nowSeconds: startSeconds, highest: 0, sessions: [], begun: [], decisions: [] };
}

const viewers = ['anna', 'ben', 'cleo'].map(toViewerId);
const channels = [toChannelArn('news'), toChannelArn('film', euWest1)];

/** What commands are made of. A clock runs ahead by as much as it may. */
export const parts = {
  by: fc.constantFrom(0 as const, 1 as const),
  viewerId: fc.constantFrom(...viewers),
  viewerIds: fc.subarray(viewers, { minLength: 1 }),
  channelArn: fc.constantFrom(...channels),
  aheadSeconds: fc.integer({ min: 0, max: clockAllowanceSeconds }),
  index: fc.nat({ max: 30 }),
};

/** A command whose counterexample can be read. */
export function toCommand<T>(
  name: string,
  given: T,
  run: (model: Model, instances: Instances, given: T) => Promise<void>,
): fc.AsyncCommand<Model, Instances> {
  return {
    check: () => true,
    run: (model, instances) => run(model, instances, given),
    toString: () => `${name}(${JSON.stringify(given)})`,
  };
}

/** One of those that are there, by any number. Undefined when there is none. */
export function findAny<T>(items: readonly T[], index: number): T | undefined {
  return items[index % Math.max(items.length, 1)];
}

/** The pair as a key of maps. */
export function toKey({ viewerId, channelArn }: Pair): string {
  return `${viewerId} ${channelArn}`;
}

/** Whether the target, with its list of viewers, takes the pair in. */
export function covers(target: RevocationTarget, viewerIds: readonly ViewerId[], pair: Pair): boolean {
  if ('channelArn' in target && target.channelArn !== pair.channelArn) return false;
  if ('viewerId' in target) return target.viewerId === pair.viewerId;
  return target.scope === 'channel' || viewerIds.includes(pair.viewerId);
}

/** Those that take the pair in: of its viewer, or of the whole channel. */
function findOver({ decisions }: Model, pair: Pair, by: 'viewer' | 'channel'): readonly Decision[] {
  return decisions.filter(
    ({ draft: { target }, viewerIds }) =>
      (target.scope === 'channel') === (by === 'channel') && covers(target, viewerIds, pair),
  );
}

/** Until when the longest block refuses the pair; 0 when that time is over. */
export function toBlockedUntil(model: Model, pair: Pair, nowSeconds: number): number {
  const decisions = [...findOver(model, pair, 'viewer'), ...findOver(model, pair, 'channel')];
  const holding = decisions.filter(({ freed }) => !freed.has(pair.viewerId)).map(({ blockedUntil }) => blockedUntil);
  return Math.max(0, ...holding.filter((until) => until > nowSeconds));
}

/** The floor of everyone on the pair's channel. */
export function toChannelFloor(model: Model, pair: Pair): number {
  return Math.max(0, ...findOver(model, pair, 'channel').map(({ floor }) => floor));
}

/** How long a floor of a viewer is kept after the second that it names: until tokens are above it by themselves. */
const floorLifeSeconds = 3600;

/**
 * Between what the pair's own floor lies. Not everything is known: a list has a floor for each viewer of which it shows the
 * highest, and a walk raises floors to the versions that it meets.
 */
export function toOwnFloor(model: Model, pair: Pair): { readonly atLeast: number; readonly atMost: number } {
  const own = findOver(model, pair, 'viewer');
  const lowest = own.map(({ draft, viewerIds, floor, owed }) =>
    viewerIds.length === 0 ? floor : Math.max(draft.createdAt + clockAllowanceSeconds, owed.get(toKey(pair)) ?? 0),
  );
  const isWalked = findOver(model, pair, 'channel').length > 0;
  return {
    // An instance whose clock is ahead takes out what is over by its clock.
    atLeast: Math.max(
      0,
      ...lowest.filter((floor) => floor + floorLifeSeconds > model.nowSeconds + clockAllowanceSeconds),
    ),
    atMost: isWalked ? model.highest : Math.max(0, ...own.map(({ floor }) => floor)),
  };
}
