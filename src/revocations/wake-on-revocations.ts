/** Whoever sends deliveries in the same process hears at once of new ones. */
import type { RevocationStore } from './ports.ts';

/** The same store, which wakes after whatever may leave deliveries to send. */
export function wakeOnRevocations(revocations: RevocationStore, wake: () => void): RevocationStore {
  return {
    ...revocations,
    // Where the store did not answer it may have been done all the same.
    record: (...args) => revocations.record(...args).finally(wake),
    retryFailed: (...args) => revocations.retryFailed(...args).finally(wake),
  };
}
