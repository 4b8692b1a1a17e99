/** Revocations in Redis: decided, found, listed and lifted, and finished where somebody left off. */
import type { RevocationId } from '../../ids.ts';
import type { RevocationStore } from '../../revocations/ports.ts';
import { createDecisions } from './decisions.ts';
import { createFailedDeliveries } from './failed-deliveries.ts';
import type { Keyspace } from './keyspace.ts';
import { createLifting } from './lifting.ts';
import { createListBlocked, createListViewers } from './listed-viewers.ts';
import { createEstimate } from './reach.ts';
import { createListRevocations } from './revocation-list.ts';
import { findDecided } from './revocation-record.ts';
import { findLiftedViewer, finishViewerLifting } from './viewer-lifting.ts';

/** Intents that one call takes up, so that it comes to an end. */
const intentsPerCall = 20;

/** Binds the revocations to their keys. */
export function createRevocationStore(keyspace: Keyspace): RevocationStore {
  const decisions = createDecisions(keyspace);
  const lifting = createLifting(keyspace);

  async function finishIntent(id: RevocationId): Promise<void> {
    const viewerId = findLiftedViewer(id);
    if (viewerId !== undefined) return finishViewerLifting(keyspace, viewerId);
    const begun = await decisions.load(id);
    if (begun?.state === 'lifting') await lifting.finish(begun.draft);
    else if (begun !== undefined) await decisions.complete(begun);
  }

  return {
    ...createFailedDeliveries(keyspace),
    record: decisions.record,
    get: async (id) => findDecided(await keyspace.getHash(`revocation:${id}`)),
    list: createListRevocations(keyspace),
    listViewers: createListViewers(keyspace),
    listBlocked: createListBlocked(keyspace),
    liftBlock: (id, _, entry) => lifting.lift(id, entry),
    estimate: createEstimate(keyspace),
    async finishIntents(nowMs, olderThanMs) {
      const ids = (await keyspace.home('list-intents', nowMs - olderThanMs, intentsPerCall)) as RevocationId[];
      const failures: unknown[] = [];
      for (const id of ids)
        await finishIntent(id).catch(async (error: unknown) => {
          failures.push(error);
          // Behind the others; where this fails too, none of them would fare better.
          await keyspace.home('touch-intent', id);
        });
      if (failures.length > 0) throw failures[0];
      return ids.length;
    },
  };
}
