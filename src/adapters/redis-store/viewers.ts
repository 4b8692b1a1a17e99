/** What Redis knows of one viewer, and their blocks taken away all at once. */
import type { ViewerStore } from '../../revocations/ports.ts';
import type { Keyspace } from './keyspace.ts';
import { createLifting } from './lifting.ts';
import { findBlocks, toViewerState } from './viewer-record.ts';

/** Binds the viewers to their keys. */
export function createViewerStore(keyspace: Keyspace): ViewerStore {
  const lifting = createLifting(keyspace);
  return {
    get: async (viewerId, nowSeconds) => toViewerState(await keyspace.getViewer(viewerId), nowSeconds),
    async liftBlocks(viewerId, nowSeconds) {
      const blocks = findBlocks(await keyspace.getViewer(viewerId), nowSeconds);
      // First their revocations are noted as being lifted: whoever comes to an end in between leaves that to others.
      const begun = await Promise.all(
        blocks.map(async ({ id }) => ((await lifting.begin(id, 'viewer')) === 'begun' ? [id] : [])),
      );
      const pairs = blocks.flatMap(({ field }) => [viewerId, field]);
      // Without any too: they may be gone since a moment ago, by a request that did not see replicas take that.
      const [lifted] = (await keyspace.durable.cell(viewerId, 'lift-blocks', ...pairs)) as [number];
      // The block of a list is gone from this viewer, and stands on the others.
      if (begun.flat().length > 0) await keyspace.durable.home('finish-lifting', ...begun.flat());
      return lifted;
    },
  };
}
