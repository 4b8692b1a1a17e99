/** Deciding in SQLite: the floor and the block of a revocation, and the deliveries that follow. Each function runs inside whatever transaction is open. */
import type { ChannelArn, ViewerId } from '../../ids.ts';
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import { maxBlocks, type RevocationDraft } from '../../revocations/ports.ts';
import type { RevocationTarget, ViewerTarget } from '../../revocations/record.ts';
import { toFloor } from '../../revocations/scopes.ts';
import type { Sql } from './database.ts';
import { startJob } from './jobs.ts';
import { listEntries, loadHighestVersion } from './ledger.ts';
import { enqueue } from './queue.ts';
import { addToCounts, insertRevocation } from './revocation-records.ts';
import { addBlock, countBlocks, countChannelBlocks, loadFloor, loadHighestOwnFloor, raiseFloor } from './scopes.ts';

/** A decision that is made in one transaction: not on a list. */
export type SingleTarget = Exclude<RevocationTarget, { readonly viewerCount: number }>;

/** Decides, and queues the deliveries or starts their search. False, and nothing done, when the viewer or the channel has too many blocks. */
export function decide(sql: Sql, draft: RevocationDraft, target: SingleTarget): boolean {
  return target.scope === 'channel'
    ? decideOnChannel(sql, draft, target.channelArn)
    : decideOnViewer(sql, draft, target);
}

/** Raises the viewer's floor and blocks them, as one of a list or alone. The floor; undefined, and nothing done, when they have too many blocks. */
export function applyToViewer(sql: Sql, draft: RevocationDraft, viewerId: ViewerId): number | undefined {
  const { id, block, target } = draft;
  const channelArn = 'channelArn' in target ? target.channelArn : '';
  const nowSeconds = toNowSeconds(draft);
  if (block !== null && countBlocks(sql, viewerId, nowSeconds, id) >= maxBlocks) return undefined;
  // A version that was handed out may be above all floors: the clock of who handed it out ran ahead.
  const highestVersion = loadHighestVersion(sql, viewerId, channelArn);
  const floor = Math.max(toFloor(nowSeconds, loadHighestOwnFloor(sql, viewerId, channelArn)), highestVersion);
  raiseFloor(sql, { viewerId, channelArn }, floor);
  if (block !== null) addBlock(sql, { viewerId, channelArn }, { revocationId: id, until: block.until });
  return floor;
}

function decideOnViewer(sql: Sql, draft: RevocationDraft, target: ViewerTarget): boolean {
  const { viewerId } = target;
  const floor = applyToViewer(sql, draft, viewerId);
  if (floor === undefined) return false;
  const watched = listEntries(sql, viewerId, draft.createdAt - sessionLifetimeSeconds).map(
    ({ channelArn }) => channelArn,
  );
  const seen = target.scope === 'viewer' ? watched.length > 0 : watched.includes(target.channelArn);
  insertRevocation(sql, draft, { floor, seen, acknowledged: true });
  const channels = target.scope === 'viewer' ? watched : [target.channelArn];
  // Due at once, also where the clock of who decides is ahead of the one that claims.
  const place = { queue: 'urgent', dueAtMs: Math.min(draft.createdAt * 1000, Date.now()) } as const;
  for (const channelArn of channels) enqueue(sql, draft.id, { channelArn, viewerId, floor }, place);
  addToCounts(sql, draft.id, { pending: channels.length });
  return true;
}

/** The floor is written before anything of the ledger is read: the walk meets whoever was recorded before. */
function decideOnChannel(sql: Sql, draft: RevocationDraft, channelArn: ChannelArn): boolean {
  const { id, block } = draft;
  const scope = { viewerId: '', channelArn } as const;
  const nowSeconds = toNowSeconds(draft);
  if (block !== null && countChannelBlocks(sql, channelArn, nowSeconds) >= maxBlocks) return false;
  const floor = toFloor(nowSeconds, loadFloor(sql, scope));
  raiseFloor(sql, scope, floor);
  if (block !== null) addBlock(sql, scope, { revocationId: id, until: block.until });
  insertRevocation(sql, draft, { floor, seen: null, acknowledged: true });
  startJob(sql, draft, floor);
  return true;
}

/** The store's own time, or the time of the decision when the clock of who decides is ahead. */
function toNowSeconds({ createdAt }: RevocationDraft): number {
  return Math.max(Math.floor(Date.now() / 1000), createdAt);
}
