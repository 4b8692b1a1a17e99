/** Claims every delivery of a store that is due. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../src/ports.ts';
import type { Delivery } from '../../src/revocations/delivery.ts';

/** All that is due at `nowMs`, claimed for an hour. */
export async function drainDeliveries(store: Store, nowMs = Date.now()): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  for (;;) {
    const batch = await store.claimDeliveries({
      nowMs: nowMs + deliveries.length,
      limit: 1000,
      leaseMs: 3_600_000,
      paceMs: 1,
    });
    if (batch === undefined) return deliveries;
    deliveries.push(...batch.deliveries);
    await sleep(3);
  }
}
