/** Waiting in a page: for a while, for the network, for a signal. */

/** Resolves after `ms`, or when the network is back. Rejects with the signal's reason. */
export function waitAtMost(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(end, ms);
    const onAbort = () => {
      end();
      reject(signal?.reason);
    };
    globalThis.addEventListener?.('online', end);
    signal?.addEventListener('abort', onAbort);
    function end() {
      clearTimeout(timer);
      globalThis.removeEventListener?.('online', end);
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }
  });
}

/** The promise's outcome, or the signal's reason, whichever comes first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
