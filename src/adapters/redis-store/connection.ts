/** The connection to Redis: it answers within its timeout or fails at once, and holds no queue while Redis is away. */
import { OutageError } from '../../errors.ts';
import type { Log } from '../../system.ts';
import type { ClientOptions, RedisClient, RedisHandle } from './client.ts';
import { createClusterClient } from './cluster-client.ts';
import { createOpening } from './opening.ts';
import { createOutages, type OutageNotes } from './outages.ts';
import { createReplicaWait } from './replicas.ts';
import type { ScriptTexts } from './scripts.ts';
import { createServerClient } from './server-client.ts';
import type { RedisTopology } from './topology.ts';

/** Which Redis to connect to, how long to wait for it, and what runs in it. */
export interface RedisConnectionOptions {
  /** The `redis://` or `rediss://` URL of a Redis server, 7 or newer, or Valkey. */
  readonly url: string;
  /** How Redis is run. Default: as one server. */
  readonly topology?: RedisTopology;
  /** For connecting and for each command, 10 to 10000 milliseconds. */
  readonly timeoutMs: number;
  /** How many replicas must have taken a decision before it is acknowledged, 0 to 5, default 0. */
  readonly waitReplicas?: number;
  /** Told once when Redis goes away, and once when it is back. */
  readonly log: Log;
  /** From `loadScripts` on Node, `bundledScripts` on Workers. */
  readonly scripts: ScriptTexts;
  /** Closes the connection when it was not used for so many milliseconds; the next use opens it again. Never when absent. */
  readonly idleMs?: number;
}

/** Commands that may wait for their answer at once; more are refused. */
const maxInFlight = 10_000;

/** A connection to Redis, which takes at most `maxInFlight` uses at a time. */
export interface RedisConnection {
  /** Whether keys with different hash tags may lie on different servers. */
  readonly isCluster: boolean;
  /** Runs a use of the client. Rejects with `store_unavailable` when Redis does not answer in time. */
  run<T>(use: (client: RedisClient) => Promise<T>): Promise<T>;
  /**
   * Runs a use of a client of the server that has the keys that begin with `prefix`, and resolves when as many replicas as are
   * set have taken what the server had taken by then. Rejects with `store_unavailable` when they did not in time; what was
   * written may stand all the same.
   */
  runDurably<T>(prefix: string, use: (client: RedisClient) => Promise<T>): Promise<T>;
  /** Drops it at once, without waiting for commands on their way. */
  close(): Promise<void>;
}

/** Opens the connection at first use. */
export function createRedisConnection(options: RedisConnectionOptions): RedisConnection {
  const { topology = { kind: 'single' }, timeoutMs, waitReplicas = 0 } = options;
  const watchConnection = createOutages(options.log);
  const main = createLink(options, { commandTimeoutMs: timeoutMs, batches: true }, watchConnection());
  // Apart from the rest, which would wait with it: Redis does nothing else on a connection that waits for replicas. What
  // comes meanwhile has this wait and its own before it.
  const durable =
    waitReplicas === 0
      ? main
      : createLink(options, { commandTimeoutMs: 2 * timeoutMs, batches: false }, watchConnection());
  const whenTaken = createReplicaWait({ count: waitReplicas, timeoutMs });

  return {
    isCluster: topology.kind === 'cluster',
    run: (use) => main.run(({ client }) => use(client)),
    runDurably: (prefix, use) =>
      waitReplicas === 0
        ? main.run(({ client }) => use(client))
        : durable.run(async (handle) => {
            const server = await handle.findServer(prefix);
            const { stream } = server;
            const result = await use(server).catch((error: unknown) => {
              // One server's own client does not follow, and would be asked again for ever.
              if (error instanceof Error && error.message.startsWith('MOVED ')) handle.refreshServers();
              throw error;
            });
            if (server.stream !== stream) throw new Error('the connection was lost');
            await whenTaken(server, prefix);
            return result;
          }),
    async close() {
      main.close();
      durable.close();
    },
  };
}

/** One connection: opened when it is used, closed when it is idle, given up when it hangs. */
interface Link {
  run<T>(use: (handle: RedisHandle) => Promise<T>): Promise<T>;
  close(): void;
}

function createLink(
  options: RedisConnectionOptions,
  kind: Pick<ClientOptions, 'commandTimeoutMs' | 'batches'>,
  outages: OutageNotes,
): Link {
  const { topology = { kind: 'single' }, timeoutMs, idleMs } = options;
  const clientOptions = { ...options, ...kind, onAway: outages.noteAway, onReady: outages.noteReady };
  const opening = createOpening(
    () =>
      topology.kind === 'cluster'
        ? createClusterClient(clientOptions, topology)
        : createServerClient(clientOptions, topology),
    timeoutMs,
  );

  let inFlight = 0;
  let timedOut: { readonly error: Error; readonly atMs: number } | undefined;
  let idleTimer: ReturnType<typeof setTimeout> | undefined;

  function closeWhenIdle(): void {
    if (idleMs === undefined) return;
    clearTimeout(idleTimer);
    idleTimer = setTimeout(() => (inFlight > 0 ? closeWhenIdle() : opening.close()), idleMs);
  }

  return {
    async run(use) {
      if (inFlight >= maxInFlight)
        throw new OutageError('store_unavailable', { cause: new Error('too many commands wait') });
      inFlight++;
      let handle: RedisHandle | undefined;
      try {
        handle = await opening.whenReady();
        return await use(handle);
      } catch (error) {
        // Whatever else was sent on this connection waits behind the command that hangs.
        if (error instanceof Error && error.message === 'Command timed out') {
          timedOut = { error, atMs: performance.now() };
          handle?.startAfresh(error.message);
        }
        // Those that waited are told that they will not be sent again, which does not say why.
        const isSwept = error instanceof Error && error.name === 'MaxRetriesPerRequestError';
        const isAfterTimeout = timedOut !== undefined && performance.now() - timedOut.atMs < timeoutMs;
        throw new OutageError('store_unavailable', { cause: isSwept && isAfterTimeout ? timedOut?.error : error });
      } finally {
        inFlight--;
        closeWhenIdle();
      }
    },
    close() {
      clearTimeout(idleTimer);
      opening.close();
    },
  };
}
