/** Whether the SQLite store can be used: it is asked by writing, as a full disk and a locked file still let one read. */
import type { Store } from '../../ports.ts';
import type { Database } from './database.ts';

/** Binds the question to the database. Its clock is this machine's, and so never wrong by it. */
export function createHealth(database: Database): Store['health'] {
  return {
    ping: () =>
      database.atomically(() => {
        if (!database.isInPlace()) throw new Error('the file was moved, deleted or replaced');
        database.change("UPDATE facts SET value = ? WHERE name = 'pinged_at_ms'", Date.now());
      }),
  };
}
