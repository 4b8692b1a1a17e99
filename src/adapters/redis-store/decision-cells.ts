/** What a decision about viewers changes in their cells: floors and blocks, given and taken out. Each step can be repeated. */
import type { ChannelArn, RevocationId, ViewerId } from '../../ids.ts';
import type { RevocationDraft } from '../../revocations/ports.ts';
import { toCell, toChannelArn } from './cells.ts';
import type { Keyspace } from './keyspace.ts';
import { toScopeChannel, toUntil } from './revocation-record.ts';
import { toBlockField } from './viewer-record.ts';

/** Viewers in one script, which holds up its server for a millisecond at most. */
const viewersPerScript = 50;

/** Viewers in the scripts on their way at once: a list of 10,000 must not keep others waiting, and one of a few takes one round trip. */
const viewersAtOnce = 800;

/** What the floor of a decision is for its viewers, and where the last of them was seen. */
export interface Applied {
  /** The highest of theirs. */
  readonly floor: number;
  /** The channels in the scope of the last 48 hours, of all of them. */
  readonly channels: readonly ChannelArn[];
}

/**
 * Gives each viewer the floor and the block, as long as the decision is an intent. `too_many_blocks`: some may have got them, and
 * one did not. `taken_over`: another made it whole, or gave it up, meanwhile.
 */
export async function applyDecision(
  keyspace: Keyspace,
  draft: RevocationDraft,
  viewerIds: readonly ViewerId[],
): Promise<Applied | 'too_many_blocks' | 'taken_over'> {
  const { durable } = keyspace;
  const decision = [draft.id, toScopeChannel(draft.target), draft.createdAt, toUntil(draft)];
  let floor = 0;
  const channels: ChannelArn[] = [];
  let isTakenOver = false;
  const isDone = await inCells(
    viewerIds,
    async (cell, viewers) => {
      const sent = [...decision, ...viewers];
      const answers = (await durable.cell(cell, 'apply-revocation', ...sent)) as [number, ...string[]][];
      for (const [own, ...seen] of answers) {
        if (own === 0) return 'stop';
        floor = Math.max(floor, own);
        channels.push(...seen.map(toChannelArn));
      }
      return answers.length;
    },
    async () => {
      isTakenOver = !(await keepIntent(keyspace, draft.id));
      return isTakenOver ? 'stop' : 'go on';
    },
  );
  if (isDone) return { floor, channels };
  return isTakenOver ? 'taken_over' : 'too_many_blocks';
}

/** Keeps others from taking an intent up; whether it is one still. Applied after its end, it would end sessions that came later. */
export async function keepIntent({ home }: Keyspace, id: RevocationId): Promise<boolean> {
  return (await home('touch-intent', id)) === 'intent';
}

/** Takes the block away from each viewer. The floors stay. */
export async function takeOutBlocks(
  { durable }: Keyspace,
  { id, target }: RevocationDraft,
  viewerIds: readonly ViewerId[],
): Promise<void> {
  const field = toBlockField(id, toScopeChannel(target));
  await inCells(viewerIds, async (cell, viewers) => {
    const pairs = viewers.flatMap((viewerId) => [viewerId, field]);
    const [, taken] = (await durable.cell(cell, 'lift-blocks', ...pairs)) as [number, number];
    return taken;
  });
}

/**
 * Does the work for the viewers of each cell, some at a time: it says how many of those given to it it took up, the first ones, or
 * that all should stop. `between` is asked whenever many are done and more are left. Answers whether nobody said stop.
 */
export async function inCells(
  viewerIds: readonly ViewerId[],
  work: (cell: number, viewerIds: readonly ViewerId[]) => Promise<number | 'stop'>,
  between: () => Promise<'go on' | 'stop'> = async () => 'go on',
): Promise<boolean> {
  async function workThrough({ cell, part }: (typeof parts)[number]): Promise<boolean> {
    for (let left = part; left.length > 0; ) {
      const taken = await work(cell, left);
      if (taken === 'stop') return false;
      left = left.slice(taken);
    }
    return true;
  }
  const parts = [...Map.groupBy(viewerIds, toCell)].flatMap(([cell, viewers]) =>
    toParts(viewers, viewersPerScript).map((part) => ({ cell, part })),
  );
  for (const [index, some] of toRounds(parts).entries()) {
    if (index > 0 && (await between()) === 'stop') return false;
    if ((await Promise.all(some.map(workThrough))).includes(false)) return false;
  }
  return true;
}

/** The parts that go at once, in order. */
function toRounds<T extends { readonly part: readonly unknown[] }>(parts: readonly T[]): readonly (readonly T[])[] {
  const rounds: T[][] = [];
  let room = 0;
  for (const each of parts) {
    if (room < each.part.length) {
      rounds.push([]);
      room = viewersAtOnce;
    }
    rounds.at(-1)?.push(each);
    room -= each.part.length;
  }
  return rounds;
}

/** The items in parts of at most `size`. */
export function toParts<T>(items: readonly T[], size: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}
