/** Keeps telling IVS of revocations in the background of a long-lived process. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../ports.ts';
import { paceMs } from '../revocations/delivery.ts';

/** After a round that failed, as when the store is away. */
const retryMs = 1000;

/** Starts the loop; the answer stops it after the round in hand. */
export function startDeliveryLoop(deliverOnce: () => Promise<boolean>, log: Log): () => Promise<void> {
  const stopping = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        // The store keeps the pace of each region, so that after one of them was told another may be at once.
        if (!(await deliverOnce())) await pause(paceMs);
      } catch (error) {
        log.warn('delivery_round_failed', { reason: error instanceof Error ? error.message : 'unknown' });
        await pause(retryMs);
      }
    }
  }

  const running = run();
  return async function stop() {
    stopping.abort();
    await running;
  };
}
