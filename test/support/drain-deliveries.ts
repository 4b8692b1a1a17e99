/** Claims every delivery of a store that is due, and says what became of claimed ones. */
import type { Store } from '../../src/ports.ts';
import type { Delivery, DeliveryBatch, DeliveryOutcome } from '../../src/revocations/delivery.ts';

/** All that is due at `nowMs`, claimed for an hour. The regions are free again afterwards. */
export async function drainDeliveries(store: Store, nowMs = Date.now()): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  for (;;) {
    const batch = await store.deliveries.claim({ nowMs, limit: 1000, leaseMs: 3_600_000 });
    if (batch === undefined) return deliveries;
    deliveries.push(...batch.deliveries);
    await freeRegion(store, batch, nowMs);
  }
}

/** Notes the same outcome for each delivery of a batch; its region is free at once. */
export function settleAll(store: Store, batch: DeliveryBatch, outcome: DeliveryOutcome, nowMs: number): Promise<void> {
  const settled = batch.deliveries.map((delivery) => ({ delivery, outcome }));
  return store.deliveries.settle({ region: batch.region, settled, nowMs, paceMs: 0 });
}

/** Frees the region of a batch at once, and notes nothing of its deliveries. */
export function freeRegion(store: Store, { region }: DeliveryBatch, nowMs: number): Promise<void> {
  return store.deliveries.settle({ region, settled: [], nowMs, paceMs: 0 });
}
