/** The viewers of revocations of lists, kept at home beside the record. */
import type { RevocationId, ViewerId } from '../../ids.ts';
import type { RevocationStore } from '../../revocations/ports.ts';
import { toPage } from '../page.ts';
import { toParts } from './decision-cells.ts';
import type { Keyspace } from './keyspace.ts';

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
