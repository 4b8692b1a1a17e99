/** Keeps telling IVS of revocations in the background of a long-lived process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { runDeliveryLoop, type StartDelivery } from '../../revocations/deliver.ts';
import type { Log } from '../../system.ts';

/** Starts the loop. The answer stops it; a call on its way may be cut off, and is made again when its lease ends. */
export function startDeliveryLoop(startDelivery: StartDelivery, log: Log): () => Promise<void> {
  const stopping = new AbortController();
  const running = runDeliveryLoop({
    startDelivery,
    pause: (ms) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined),
    goOn: () => !stopping.signal.aborted,
    log,
  });
  return async function stop() {
    stopping.abort();
    await running;
  };
}
