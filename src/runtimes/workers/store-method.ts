/** Which method of the store a call from another isolate means: the store's own, and nothing that it merely inherits. */
import type { Store } from '../../ports.ts';

/** The method, bound to nothing. Throws a TypeError for a name that is not of the store. */
export function findStoreMethod(
  store: Store,
  concern: string,
  method: string,
): (...args: readonly unknown[]) => Promise<unknown> {
  const methods = findOwn(store, concern);
  const found = typeof methods === 'object' && methods !== null ? findOwn(methods, method) : undefined;
  if (typeof found !== 'function') throw new TypeError(`the store has no ${concern}.${method}`);
  return (...args) => found(...args);
}

function findOwn(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}
