/** Taking all blocks of a viewer away in Redis: noted at home, done in the viewer's cell, noted as done. Each step can be repeated, by anybody. */
import type { AuditDraft } from '../../audit/record.ts';
import type { RevocationId, ViewerId } from '../../ids.ts';
import type { Keyspace } from './keyspace.ts';
import { createLifting } from './lifting.ts';
import { findBlocks, parseBlock } from './viewer-record.ts';

/** As an intent is called that is about a viewer and no revocation. */
const intentPrefix = 'lifting:';

/** The viewer of such an intent; undefined for one of a revocation. */
export function findLiftedViewer(intentId: string): ViewerId | undefined {
  return intentId.startsWith(intentPrefix) ? (intentId.slice(intentPrefix.length) as ViewerId) : undefined;
}

/** All of it. How many there were; of none nothing is audited. Rejects with `store_unavailable` when Redis does not answer in time. */
export async function liftAllBlocks(
  keyspace: Keyspace,
  viewerId: ViewerId,
  nowSeconds: number,
  entry?: AuditDraft,
): Promise<number> {
  const audit = keyspace.toAuditArgument(entry);
  const blocks = findBlocks(await keyspace.getViewer(viewerId), nowSeconds);
  const fields = blocks.map(({ field }) => field);
  if (blocks.length > 0) await keyspace.durable.home('begin-viewer-lifting', viewerId, audit, fields.join(' '));
  const { lifted, begun } = await takeAway(keyspace, viewerId, fields);
  if (blocks.length > 0) await keyspace.durable.home('finish-lifting', viewerId, audit, ...begun);
  return lifted;
}

/** What whoever began it left undone. */
export async function finishViewerLifting(keyspace: Keyspace, viewerId: ViewerId): Promise<void> {
  for (const [audit, fields] of Object.entries(await keyspace.getHash(`${intentPrefix}${viewerId}`))) {
    // Those that stood then, and no later one: whoever blocked the viewer since was told that it holds.
    const { begun } = await takeAway(keyspace, viewerId, fields.split(' '));
    await keyspace.durable.home('finish-lifting', viewerId, audit, ...begun);
  }
}

async function takeAway(
  keyspace: Keyspace,
  viewerId: ViewerId,
  fields: readonly string[],
): Promise<{ readonly lifted: number; readonly begun: readonly RevocationId[] }> {
  const lifting = createLifting(keyspace);
  // First their revocations are noted as being lifted: whoever comes to an end in between leaves that to others.
  const begun = await Promise.all(
    fields.map(async (field) => {
      const { id } = parseBlock(field);
      return (await lifting.begin(id, 'viewer')) === 'begun' ? [id] : [];
    }),
  );
  const pairs = fields.flatMap((field) => [viewerId, field]);
  // Without any too: they may be gone since a moment ago, by a request that did not see replicas take that.
  const [lifted] = (await keyspace.durable.cell(viewerId, 'lift-blocks', ...pairs)) as [number];
  // The block of a list is gone from this viewer, and stands on the others.
  return { lifted, begun: begun.flat() };
}
