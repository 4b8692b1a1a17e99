/** What Redis knows of one viewer, and their blocks taken away all at once. */
import type { ViewerStore } from '../../revocations/ports.ts';
import type { Keyspace } from './keyspace.ts';
import { liftAllBlocks } from './viewer-lifting.ts';
import { toViewerState } from './viewer-record.ts';

/** Binds the viewers to their keys. */
export function createViewerStore(keyspace: Keyspace): ViewerStore {
  return {
    get: async (viewerId, nowSeconds) => toViewerState(await keyspace.getViewer(viewerId), nowSeconds),
    liftBlocks: (viewerId, nowSeconds, by) => liftAllBlocks(keyspace, viewerId, nowSeconds, by),
  };
}
