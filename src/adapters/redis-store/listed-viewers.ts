/** The viewers of revocations of lists, kept at home beside the record. */
import type { RevocationId, ViewerId } from '../../ids.ts';
import type { RevocationStore } from '../../revocations/ports.ts';
import { toPage } from '../page.ts';
import { inCells, toParts } from './decision-cells.ts';
import type { Keyspace } from './keyspace.ts';
import { parseRecord, toScopeChannel } from './revocation-record.ts';
import { toBlockField } from './viewer-record.ts';

/** Viewers in one script. */
const viewersPerScript = 200;

/** Writes them down; again, where they are already. False when the revocation is gone, or another decided it. */
export async function addListedViewers(
  { durable }: Keyspace,
  id: RevocationId,
  viewerIds: readonly ViewerId[],
): Promise<boolean> {
  for (const part of toParts(viewerIds, viewersPerScript))
    if ((await durable.home('add-viewers', id, ...part)) === 0) return false;
  return true;
}

/** All of them, whether the revocation is decided or not. */
export async function loadListedViewers({ home }: Keyspace, id: RevocationId): Promise<readonly ViewerId[]> {
  const viewerIds: ViewerId[] = [];
  for (;;) {
    const some = (await home('walk-list', id, viewerIds.at(-1) ?? '', viewersPerScript)) as ViewerId[];
    viewerIds.push(...some);
    if (some.length < viewersPerScript) return viewerIds;
  }
}

/** Binds the list of those on whom its block stands to its keys. */
export function createListBlocked(keyspace: Keyspace): RevocationStore['listBlocked'] {
  const listViewers = createListViewers(keyspace);
  return async (id, { cursor, limit }, nowSeconds) => {
    const record = parseRecord(await keyspace.getHash(`revocation:${id}`));
    if (record === undefined) return { items: [] };
    const { items, ...next } = await listViewers(id, { cursor, limit: Math.min(limit, viewersPerScript) });
    const field = toBlockField(id, toScopeChannel(record.draft.target));
    const blocked = new Set<string>();
    await inCells(items, async (cell, viewerIds) => {
      const found = (await keyspace.cell(cell, 'find-blocked', field, nowSeconds, ...viewerIds)) as string[];
      for (const viewerId of found) blocked.add(viewerId);
      return viewerIds.length;
    });
    return { items: items.filter((viewerId) => blocked.has(viewerId)), ...next };
  };
}

/** Binds the list of them to its keys. */
export function createListViewers({ home }: Keyspace): RevocationStore['listViewers'] {
  return async (id, { cursor, limit }) => {
    const viewerIds = (await home('list-viewers', id, cursor ?? '', limit + 1)) as ViewerId[];
    return toPage(
      viewerIds.map((viewerId) => ({ id: viewerId })),
      limit,
      (row) => row.id,
    );
  };
}
