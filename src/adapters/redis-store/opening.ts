/** Opening the connection when it is needed and closing it when it is not, without losing a request in between. */
import type { RedisHandle } from './client.ts';

/** Opens and closes the connection of one client at a time. */
export interface Opening {
  /**
   * Resolves with a client that can be used: waits for a connection that is being opened for the first time or after it
   * was closed. Rejects when it was lost, and when opening takes longer than the timeout.
   */
  whenReady(): Promise<RedisHandle>;
  /** Closes the connection, if there is one; the next use opens another. */
  close(): void;
}

/** Opening within `timeoutMs` milliseconds. */
export function createOpening(create: () => RedisHandle, timeoutMs: number): Opening {
  let current: RedisHandle | undefined;
  let opening: Promise<void> | undefined;

  function open(): RedisHandle {
    current?.close();
    const handle = create();
    const opened = handle.connect().finally(() => {
      if (opening === opened) opening = undefined;
    });
    // Whoever waits for it learns of it; perhaps nobody does any more.
    opened.catch(() => undefined);
    opening = opened;
    return handle;
  }

  return {
    async whenReady() {
      // A client that has ended, as one does that no Sentinel answers, opens nothing again.
      if (current === undefined || current.status === 'end') current = open();
      const handle = current;
      if (opening !== undefined) await withTimeout(opening, timeoutMs);
      if (handle.status !== 'ready') throw new Error(`Redis is ${handle.status}`);
      return handle;
    },
    close() {
      // Until its socket is closed, which takes a round trip, the old one would still call itself ready.
      current?.close();
      current = undefined;
      opening = undefined;
    },
  };
}

async function withTimeout(promise: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('connecting timed out')), timeoutMs);
  });
  await Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}
