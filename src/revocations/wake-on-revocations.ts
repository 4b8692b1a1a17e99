/** Whoever sends deliveries in the same process hears at once of new ones. */
import type { RevocationStore, ViewerStore } from './ports.ts';

/** The part of a store that may leave deliveries to send. */
interface WakingStore {
  readonly revocations: RevocationStore;
  readonly viewers: ViewerStore;
}

/** The same store, which wakes after whatever may leave deliveries to send. */
export function wakeOnRevocations({ revocations, viewers }: WakingStore, wake: () => void): WakingStore {
  return {
    revocations: {
      ...revocations,
      // Where the store did not answer it may have been done all the same.
      record: (...args) => revocations.record(...args).finally(wake),
      retryFailed: (...args) => revocations.retryFailed(...args).finally(wake),
      // Whoever lifts a block finishes its decision first, where somebody left that unfinished.
      liftBlock: (...args) => revocations.liftBlock(...args).finally(wake),
    },
    viewers: { ...viewers, liftBlocks: (...args) => viewers.liftBlocks(...args).finally(wake) },
  };
}
