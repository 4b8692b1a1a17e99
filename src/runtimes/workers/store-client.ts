/** The Store as a Worker has it: each use is one call to the Durable Object that holds Redis. */
import { OutageError } from '../../errors.ts';
import type { Store } from '../../ports.ts';
import { findStoreObject } from './store-object.ts';
import type { WorkerEnv } from './worker-env.ts';

/** What the object may take beyond Redis's own timeout: to be started, and to be reached. */
const objectSlackMs = 2000;

/** Binds the store's methods to the objects. Rejects with `store_unavailable` for every call that fails. */
export function createStoreClient(env: WorkerEnv, redisTimeoutMs: number): Store {
  async function call(method: keyof Store, args: readonly unknown[]): Promise<unknown> {
    const timeout = AbortSignal.timeout(redisTimeoutMs + objectSlackMs);
    const timedOut = new Promise<never>((_, reject) => {
      timeout.addEventListener('abort', () => reject(new Error('the store object did not answer')));
    });
    try {
      return await Promise.race([findStoreObject(env, toShardKey(args)).call(method, [...args]), timedOut]);
    } catch (error) {
      throw new OutageError('store_unavailable', { cause: error });
    }
  }
  return new Proxy({} as Store, {
    // Not a promise: whoever awaits the store itself must get the store.
    get: (_, method) => (method === 'then' ? undefined : (...args: unknown[]) => call(method as keyof Store, args)),
  });
}

/** Requests for the same viewer go the same way; everything else goes by the first thing it names. */
function toShardKey([first]: readonly unknown[]): string {
  if (typeof first === 'string') return first;
  if (typeof first === 'object' && first !== null && 'viewerId' in first) return String(first.viewerId);
  return '';
}
