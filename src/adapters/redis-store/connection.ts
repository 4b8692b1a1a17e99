/** One connection to Redis that answers within its timeout or fails at once, and holds no queue while Redis is away. */
import { Redis } from 'ioredis';
import { OutageError } from '../../errors.ts';
import type { Log } from '../../system.ts';
import { type ScriptName, type ScriptTexts, scriptFiles, toScript } from './scripts.ts';

type ScriptRunner = Readonly<Record<ScriptName, (...args: (string | number)[]) => Promise<unknown>>>;
type Client = Redis & ScriptRunner;

export interface RedisConnectionOptions {
  readonly url: string;
  /** For connecting and for each command. */
  readonly timeoutMs: number;
  readonly log: Log;
  readonly scripts: ScriptTexts;
  /** Closes the connection when it was not used for so long; the next use opens it again. Never when absent. */
  readonly idleMs?: number;
}

/** Commands that may wait for their answer at once; more are refused. */
const maxInFlight = 10_000;

/** Between two tries to connect again. */
const maxReconnectDelayMs = 500;

export interface RedisConnection {
  /** Runs a use of the client. Rejects with `store_unavailable` when Redis does not answer in time. */
  run<T>(use: (client: Client) => Promise<T>): Promise<T>;
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
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    retryStrategy: (times) => Math.min(50 * times, maxReconnectDelayMs),
    enableAutoPipelining: true,
    scripts: toCommands(scripts),
  }) as Client;
  const startAfresh = watchOutages(client, timeoutMs, log);

  let inFlight = 0;
  let opening: Promise<void> | undefined;
  let idleTimer: ReturnType<typeof setTimeout> | undefined;

  /** Waits for a connection that is being opened for the first time or after idling; never for one that was lost. */
  async function whenReady(): Promise<void> {
    if (client.status === 'ready') return;
    if (client.status === 'wait' || client.status === 'end')
      opening = client.connect().finally(() => {
        opening = undefined;
      });
    if (opening === undefined) throw new Error(`Redis is ${client.status}`);
    await withTimeout(opening, timeoutMs);
  }

  function closeWhenIdle(): void {
    if (idleMs === undefined) return;
    clearTimeout(idleTimer);
    idleTimer = setTimeout(() => inFlight === 0 && client.disconnect(), idleMs);
  }

  return {
    async run(use) {
      if (inFlight >= maxInFlight)
        throw new OutageError('store_unavailable', { cause: new Error('too many commands wait') });
      inFlight++;
      try {
        await whenReady();
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

/**
 * Says once when Redis goes away and once when it is back, and gives up on a connection that opens but never answers.
 * The function that it answers gives up on the connection in use, and opens another.
 */
function watchOutages(client: Redis, timeoutMs: number, log: Log): (reason: string) => void {
  let away = false;
  let leaving = false;
  let patience: ReturnType<typeof setTimeout> | undefined;
  function noteAway(reason: string): void {
    if (!away) log.error('redis_unavailable', { reason });
    away = true;
  }
  function startAfresh(reason: string): void {
    noteAway(reason);
    // Once for each connection: of thousands of commands that hang on it, each comes here.
    if (!leaving) client.disconnect(true);
    leaving = true;
  }
  client.on('error', (error: Error) => noteAway(error.message));
  client.on('connect', () => {
    patience = setTimeout(startAfresh, timeoutMs * 2, 'no answer after connecting');
  });
  client.on('close', () => {
    leaving = false;
    clearTimeout(patience);
  });
  client.on('ready', () => {
    clearTimeout(patience);
    if (away) log.info('redis_available');
    away = false;
  });
  return startAfresh;
}

/** What the client makes a command of for each script: it sends the script's hash, and the script itself where Redis lacks it. */
function toCommands(texts: ScriptTexts): Record<string, { readonly lua: string; readonly numberOfKeys: number }> {
  const commands = Object.entries(scriptFiles).map(([name, files]) => [
    name,
    { lua: toScript(files, texts), numberOfKeys: 1 },
  ]);
  return Object.fromEntries(commands);
}

async function withTimeout(promise: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('connecting timed out')), timeoutMs);
  });
  await Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}
