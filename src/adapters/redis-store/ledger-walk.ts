/** The walk of a channel's ledger: the latest hour first, within an hour cell by cell, within a set in the order of viewer ids. */
import type { ChannelArn, ViewerId } from '../../ids.ts';
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import { cellCount, toShortArn } from './cells.ts';
import { type Found, type LedgerJob, maxStepMembers, type Step } from './job.ts';
import type { Keyspace } from './keyspace.ts';

/** The hours before its first that a walk goes back: who got no token since then has no session any more. */
const hoursBack = sessionLifetimeSeconds / 3600;

/** How a walk began: at which hour; and the second of issue before which every session was in the ledger by then. */
interface Start {
  readonly firstHour: number;
  readonly knownBefore: number;
}

/** A place in the ledger: in the set of those who got a token in one hour, in one cell, behind a viewer; at its start when `after` is empty. */
interface Place {
  readonly hour: number;
  readonly cell: number;
  readonly after: string;
}

/** A part of a set to walk: what follows a place, at most so many members of it. */
interface Part extends Place {
  readonly members: number;
}

interface PartWalk {
  readonly part: Part;
  readonly atEnd: boolean;
  readonly walked: number;
  /** The last viewer who was looked at, or whom the part begins behind. */
  readonly last: string;
  /** Each with how many had been looked at by then. */
  readonly found: readonly (Found & { readonly walkedBy: number })[];
}

/**
 * Walks on until `limit` are found, or as many members were looked at as one step may, or the ledger is at its end. At the end of
 * the set where the cursor stands, it asks the cells what lies behind, and walks at the same time as many sets as a step may.
 */
export async function walkLedger(keyspace: Keyspace, job: LedgerJob, limit: number): Promise<Step> {
  const { start, place } = parseCursor(job.cursor);
  const walkPart = (part: Part) => loadPartWalk(keyspace, job, part, { ...start, limit });
  const rest = place.after === '' ? undefined : await walkPart({ ...place, members: maxStepMembers });
  const { walked = 0, found = [] } = rest ?? {};
  if (rest !== undefined && (!rest.atEnd || found.length === limit))
    return toStep(start, [rest], limit, { ...place, after: rest.last });
  const { parts, end } = await findPartsBehind(keyspace, job, { ...place, ...start, wanted: limit - found.length });
  const within = toPartsWithin(parts, maxStepMembers - walked);
  const walks = await Promise.all(within.map(walkPart));
  return toStep(start, rest === undefined ? walks : [rest, ...walks], limit, parts[within.length] ?? end);
}

/** A cursor is how the walk began and a place: `<first hour>|<known before>|<hour>|<cell>|<viewer>`. */
function parseCursor(cursor: string): { readonly start: Start; readonly place: Place } {
  const [, firstHour, knownBefore, hour, cell, after] = /^(\d+)\|(\d+)\|(\d+)\|(\d+)\|(.*)$/.exec(cursor) ?? [];
  if (after === undefined) throw new TypeError(`not the cursor of a ledger's walk: ${cursor}`);
  return {
    start: { firstHour: Number(firstHour), knownBefore: Number(knownBefore) },
    place: { hour: Number(hour), cell: Number(cell), after },
  };
}

interface Search extends Place, Start {
  readonly wanted: number;
}

/**
 * What lies behind a place: the sets of its own hour while these may have as many as are wanted, which costs little to ask; else those of
 * all hours. `end` is the place behind them; undefined when it is the end of the walk.
 */
async function findPartsBehind(
  keyspace: Keyspace,
  { channelArn }: LedgerJob,
  { firstHour, hour, cell, after, wanted }: Search,
): Promise<{ readonly parts: readonly Part[]; readonly end?: Place }> {
  const firstCell = after === '' ? cell : cell + 1;
  const ofHour = await loadParts(keyspace, channelArn, firstCell, [hour, hour]);
  const members = ofHour.reduce((sum, part) => sum + part.members, 0);
  if (members >= wanted) return { parts: ofHour, end: { hour, cell: cellCount, after: '' } };
  return { parts: [...ofHour, ...(await loadParts(keyspace, channelArn, 0, [hour - 1, firstHour - hoursBack]))] };
}

/** Every set that has members, whole, of the cells from one on and the hours from the newest to the oldest. */
async function loadParts(
  keyspace: Keyspace,
  channelArn: ChannelArn,
  firstCell: number,
  [newest, oldest]: readonly [number, number],
): Promise<Part[]> {
  const cells = Array.from({ length: cellCount - firstCell }, (_, index) => firstCell + index);
  const inCells = await Promise.all(
    cells.map(async (cell) => {
      const answer = await keyspace.cell(cell, 'find-ledger-sets', toShortArn(channelArn), newest, oldest);
      return toRows(answer as unknown[], 2).map(([hour, members]) => ({
        hour: Number(hour),
        cell,
        after: '',
        members: Number(members),
      }));
    }),
  );
  return inCells.flat().toSorted((one, other) => other.hour - one.hour || one.cell - other.cell);
}

/** The first of the parts that have no more members together than may be looked at; of a bigger one what may be. One that is asked for more than it has is known to be at its end. */
function toPartsWithin(parts: readonly Part[], members: number): Part[] {
  const within: Part[] = [];
  let left = members;
  for (const part of parts) {
    if (left <= 0) break;
    within.push({ ...part, members: Math.min(part.members + 1, left) });
    left -= part.members;
  }
  return within;
}

async function loadPartWalk(
  keyspace: Keyspace,
  { channelArn, floor }: LedgerJob,
  part: Part,
  { knownBefore, limit }: Start & { readonly limit: number },
): Promise<PartWalk> {
  const [channel, { hour, cell, after, members }] = [toShortArn(channelArn), part];
  const answer = await keyspace.durable.cell(
    cell,
    'walk-ledger',
    channel,
    floor,
    knownBefore,
    hour,
    after,
    members,
    limit,
  );
  const [atEnd, walked, last, ...found] = answer as unknown[];
  return {
    part,
    atEnd: atEnd === 1,
    walked: Number(walked),
    last: last === '' ? after : String(last),
    found: toRows(found, 3).map(([viewerId, itsFloor, walkedBy]) => ({
      channelArn,
      viewerId: viewerId as ViewerId,
      floor: Number(itsFloor),
      walkedBy: Number(walkedBy),
    })),
  };
}

/** The step that walks of one part after the other make, as far as they find no more than `limit`; `next` is where to go on behind them. */
function toStep(
  { firstHour, knownBefore }: Start,
  walks: readonly PartWalk[],
  limit: number,
  next: Place | undefined,
): Step {
  const found: Found[] = [];
  let walked = 0;
  let goOnAt = next;
  for (const walk of walks) {
    if (found.length === limit) {
      goOnAt = walk.part;
      break;
    }
    const taken = cutWalk(walk, limit - found.length);
    found.push(...taken.found);
    walked += taken.walked;
    if (!taken.atEnd) {
      goOnAt = { ...walk.part, after: taken.last };
      break;
    }
  }
  if (goOnAt === undefined) return { cursor: '', done: true, walked, found };
  const { hour, cell, after } = goOnAt;
  return { cursor: `${firstHour}|${knownBefore}|${hour}|${cell}|${after}`, done: false, walked, found };
}

/** The walk up to where it had found so many. */
function cutWalk(walk: PartWalk, limit: number): PartWalk {
  const last = walk.found[limit - 1];
  if (last === undefined || walk.found.length === limit) return walk;
  return { ...walk, atEnd: false, walked: last.walkedBy, last: last.viewerId, found: walk.found.slice(0, limit) };
}

function toRows(flat: readonly unknown[], width: number): unknown[][] {
  return Array.from({ length: flat.length / width }, (_, row) => flat.slice(row * width, (row + 1) * width));
}
