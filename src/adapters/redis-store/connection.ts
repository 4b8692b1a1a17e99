/** One connection to Redis that answers within its timeout or fails at once, and holds no queue while Redis is away. */
import { OutageError } from '../../errors.ts';
import type { Log } from '../../system.ts';
import { createRedisClient, type RedisClient } from './client.ts';
import { createOpening } from './opening.ts';
import { watchOutages } from './outages.ts';
import type { ScriptTexts } from './scripts.ts';

/** Which Redis to connect to, how long to wait for it, and what runs in it. */
export interface RedisConnectionOptions {
  /** The `redis://` or `rediss://` URL of one Redis server, 6.2 or newer. */
  readonly url: string;
  /** For connecting and for each command, 10 to 10000 milliseconds, default 500. */
  readonly timeoutMs: number;
  /** Told once when Redis goes away, and once when it is back. */
  readonly log: Log;
  /** From `loadScripts` on Node, `bundledScripts` on Workers. */
  readonly scripts: ScriptTexts;
  /** Closes the connection when it was not used for so many milliseconds; the next use opens it again. Never when absent. */
  readonly idleMs?: number;
}

/** Commands that may wait for their answer at once; more are refused. */
const maxInFlight = 10_000;

/** A connection to one Redis, which takes at most `maxInFlight` uses at a time. */
export interface RedisConnection {
  /** Runs a use of the client. Rejects with `store_unavailable` when Redis does not answer in time. */
  run<T>(use: (client: RedisClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens the connection at first use. */
export function createRedisConnection({
  url,
  timeoutMs,
  log,
  scripts,
  idleMs,
}: RedisConnectionOptions): RedisConnection {
  const client = createRedisClient(url, timeoutMs, scripts);
  const opening = createOpening(client, timeoutMs);
  const startAfresh = watchOutages(client, timeoutMs, log);

  let inFlight = 0;
  let idleTimer: ReturnType<typeof setTimeout> | undefined;

  function closeWhenIdle(): void {
    if (idleMs === undefined) return;
    clearTimeout(idleTimer);
    idleTimer = setTimeout(() => {
      if (inFlight > 0 || !opening.close()) closeWhenIdle();
    }, idleMs);
  }

  return {
    async run(use) {
      if (inFlight >= maxInFlight)
        throw new OutageError('store_unavailable', { cause: new Error('too many commands wait') });
      inFlight++;
      try {
        await opening.whenReady();
        return await use(client);
      } catch (error) {
        // Whatever else was sent on this connection waits behind the command that hangs.
        if (error instanceof Error && error.message === 'Command timed out' && client.status === 'ready')
          startAfresh(error.message);
        throw new OutageError('store_unavailable', { cause: error });
      } finally {
        inFlight--;
        closeWhenIdle();
      }
    },
    async close() {
      clearTimeout(idleTimer);
      client.disconnect();
    },
  };
}
