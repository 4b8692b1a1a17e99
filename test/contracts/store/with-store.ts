/** How a suite of the contract gets its store. */
import type { Store } from '../../../src/ports.ts';

/** Runs the work over a new, empty store, and closes it. */
export type WithStore = (work: (store: Store) => Promise<void>) => Promise<void>;
