/** Work in SQLite that is too long for one transaction: a piece at a time, and others have their turn in between. */
import { setImmediate } from 'node:timers/promises';
import type { Database } from './database.ts';

/**
 * Runs the work again and again until it answers something else than `going`: each time as one transaction, or as one reading,
 * whichever is given.
 */
export async function inPieces<T>(run: Database['atomically' | 'read'], work: () => T | 'going'): Promise<T> {
  for (;;) {
    const outcome = await run(work);
    if (outcome !== 'going') return outcome;
    // Everything here is synchronous: requests that came in meanwhile are answered first.
    await setImmediate();
  }
}
