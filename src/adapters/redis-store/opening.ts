/** Opening the client's connection when it is needed and closing it when it is not, without losing a request in between. */
import { once } from 'node:events';
import type { RedisClient } from './client.ts';

/** Opens and closes the connection of one client. */
export interface Opening {
  /**
   * Resolves when the client can be used: waits for a connection that is being opened for the first time or after it
   * was closed. Rejects when it was lost, and when opening takes longer than the timeout.
   */
  whenReady(): Promise<void>;
  /** Closes the connection; false, and nothing happens, where it is not open. */
  close(): boolean;
}

/** Opening within `timeoutMs` milliseconds. */
export function createOpening(client: RedisClient, timeoutMs: number): Opening {
  let opening: Promise<void> | undefined;
  let closing: Promise<void> | undefined;

  async function open(): Promise<void> {
    await closing;
    if (client.status === 'wait' || client.status === 'end')
      opening = client.connect().finally(() => {
        opening = undefined;
      });
    if (opening === undefined) throw new Error(`Redis is ${client.status}`);
    await opening;
  }

  return {
    async whenReady() {
      if (client.status !== 'ready' || closing !== undefined) await withTimeout(open(), timeoutMs);
    },
    close() {
      // A client that is told to disconnect while it waits to connect again would wait for ever.
      if (client.status !== 'ready') return false;
      // Until the socket is closed, which takes a round trip, the client still calls itself ready.
      closing = once(client, 'end').then(() => {
        closing = undefined;
      });
      client.disconnect();
      return true;
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
