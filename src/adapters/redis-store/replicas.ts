/** Waiting until enough replicas have taken what a server had been told; many decisions in one wait. */
import type { ServerClient } from './client.ts';

/** How many replicas, and for how long at most. */
export interface ReplicaOptions {
  /** 1 to 5. */
  readonly count: number;
  /** In milliseconds. */
  readonly timeoutMs: number;
}

/** What a wait that is under way does not cover waits for the next one. */
interface Waits {
  running: Promise<void>;
  next?: Promise<void> | undefined;
}

/** How long the key lasts that a wait writes, in milliseconds. */
const markMs = 60_000;

/**
 * Answers what waits for everything that a server took so far, whoever sent it; `prefix` begins keys that the server has. It
 * rejects when fewer replicas have taken it in time, and when the connection was lost meanwhile.
 */
export function createReplicaWait({
  count,
  timeoutMs,
}: ReplicaOptions): (server: ServerClient, prefix: string) => Promise<void> {
  const waits = new WeakMap<object, Waits>();

  async function wait(server: ServerClient, prefix: string): Promise<void> {
    // Redis waits for what was written on this connection: a request that is repeated finds what another connection wrote, and
    // writes nothing. This mark stands behind all that was written before.
    const mark = server.set(`${prefix}durable`, '1', 'PX', markMs);
    const [taken] = await Promise.all([server.wait(count, timeoutMs), mark]);
    if (taken < count) throw new Error(`${taken} of ${count} replicas have taken it`);
  }

  return async function whenTaken(server, prefix) {
    const { stream } = server;
    const state: Waits = waits.get(stream) ?? { running: Promise.resolve() };
    waits.set(stream, state);
    // While Redis waits on a connection it does nothing else there, so all who come meanwhile share what follows.
    state.next ??= state.running
      .catch(() => undefined)
      .then(() => {
        state.next = undefined;
        state.running = wait(server, prefix);
        return state.running;
      });
    await state.next;
    if (server.stream !== stream) throw new Error('the connection was lost');
  };
}
