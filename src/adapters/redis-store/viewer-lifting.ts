/** Taking all blocks of a viewer away in Redis: noted at home, done in the viewer's cell, noted as done. Each step can be repeated, by anybody. */
import { type Author, toAuditDraft } from '../../audit/record.ts';
import type { ViewerId } from '../../ids.ts';
import { toLifted } from '../../revocations/audited.ts';
import type { Keyspace } from './keyspace.ts';
import { createLifting } from './lifting.ts';
import { findBlocks, parseBlock, toBlocks } from './viewer-record.ts';

/** As an intent is called that is about a viewer and no revocation. */
const intentPrefix = 'lifting:';

/** The viewer of such an intent; undefined for one of a revocation. */
export function findLiftedViewer(intentId: string): ViewerId | undefined {
  return intentId.startsWith(intentPrefix) ? (intentId.slice(intentPrefix.length) as ViewerId) : undefined;
}

/**
 * All of it, after what another began with this viewer and did not finish. How many blocks it took away itself; of none nothing is audited.
 * Rejects with `store_unavailable` when Redis does not answer in time.
 */
export async function liftAllBlocks(
  keyspace: Keyspace,
  viewerId: ViewerId,
  nowSeconds: number,
  by?: Author,
): Promise<number> {
  const record = await keyspace.getViewer(viewerId);
  const fields = findBlocks(record, nowSeconds).map(({ field }) => field);
  if (fields.length === 0) {
    // They may be gone since a moment ago, by a request that did not see replicas take that.
    await keyspace.durable.cell(viewerId, 'lift-blocks');
    return 0;
  }
  const entry = by && toAuditDraft(by, toLifted(viewerId, toBlocks(record, nowSeconds)));
  const noted = [viewerId, fields.join(' '), keyspace.toAuditArgument(entry)] as const;
  const earlier = (await keyspace.durable.home('begin-viewer-lifting', ...noted)) as string;
  await takeAway(keyspace, viewerId, earlier === '' ? fields : earlier.split(' '));
  return earlier === '' ? fields.length : liftAllBlocks(keyspace, viewerId, nowSeconds, by);
}

/** What whoever began it left undone: of these blocks alone, as others may have come since. */
export async function finishViewerLifting(keyspace: Keyspace, viewerId: ViewerId): Promise<void> {
  const { fields } = await keyspace.getHash(`${intentPrefix}${viewerId}`);
  if (fields !== undefined) await takeAway(keyspace, viewerId, fields.split(' '));
}

async function takeAway(keyspace: Keyspace, viewerId: ViewerId, fields: readonly string[]): Promise<void> {
  const lifting = createLifting(keyspace);
  // First their revocations are noted as being lifted: whoever comes to an end in between leaves that to others.
  const begun = await Promise.all(
    fields.map(async (field) => {
      const { id } = parseBlock(field);
      return (await lifting.begin(id, 'viewer')) === 'begun' ? [id] : [];
    }),
  );
  await keyspace.durable.cell(viewerId, 'lift-blocks', ...fields.flatMap((field) => [viewerId, field]));
  // The block of a list is gone from this viewer, and stands on the others.
  await keyspace.durable.home('finish-lifting', viewerId, fields.join(' '), ...begun.flat());
}
