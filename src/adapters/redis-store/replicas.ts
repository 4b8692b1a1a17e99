/** Waiting until enough replicas have taken what was written on a connection; many decisions in one wait. */
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

/**
 * Answers what waits for everything that was written on a server's connection so far. It rejects when fewer replicas have
 * taken it in time, and when the connection was lost meanwhile: of another one Redis knows nothing that was written.
 */
export function createReplicaWait({ count, timeoutMs }: ReplicaOptions): (server: ServerClient) => Promise<void> {
  const waits = new WeakMap<object, Waits>();

  async function wait(server: ServerClient): Promise<void> {
    const taken = await server.wait(count, timeoutMs);
    if (taken < count) throw new Error(`${taken} of ${count} replicas have taken it`);
  }

  return async function whenTaken(server) {
    const { stream } = server;
    const state: Waits = waits.get(stream) ?? { running: Promise.resolve() };
    waits.set(stream, state);
    // While Redis waits on a connection it does nothing else there, so all who come meanwhile share what follows.
    state.next ??= state.running
      .catch(() => undefined)
      .then(() => {
        state.next = undefined;
        state.running = wait(server);
        return state.running;
      });
    await state.next;
    if (server.stream !== stream) throw new Error('the connection was lost');
  };
}
