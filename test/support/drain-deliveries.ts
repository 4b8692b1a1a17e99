/** Delivers all that a store has due, as an instance that is never refused would, and settles claimed batches. */
import type { Store } from '../../src/ports.ts';
import { type Delivery, type DeliveryBatch, type DeliveryOutcome, lanes } from '../../src/revocations/delivery.ts';
import type { DeliveryStore } from '../../src/revocations/ports.ts';

type DrainedStore = Pick<Store, 'deliveries' | 'revocations'>;

/** Claims on both lanes, and settles as delivered, until at `nowMs` nothing is due and no revocation is still being walked. Answers what was delivered. */
export async function drainDeliveries(store: DrainedStore, nowMs = Date.now()): Promise<readonly Delivery[]> {
  const drained: Delivery[] = [];
  for (;;) {
    const batch = (await claimDue(store, 'batch', nowMs)) ?? (await claimDue(store, 'single', nowMs));
    if (batch !== undefined) {
      drained.push(...batch.deliveries);
      await settleAll(store, batch, { kind: 'delivered' });
    } else if (!(await isWalking(store))) return drained;
  }
}

/** What a claim took, whether or not it looked at viewers in vain otherwise. */
export function toBatch(claimed: Awaited<ReturnType<DeliveryStore['claim']>>): DeliveryBatch | undefined {
  return claimed === 'walked' ? undefined : claimed;
}

/** Notes the same outcome for each delivery of a batch. */
export function settleAll(
  store: Pick<Store, 'deliveries'>,
  batch: DeliveryBatch,
  outcome: DeliveryOutcome,
): Promise<void> {
  return store.deliveries.settle(batch.deliveries.map((delivery) => ({ delivery, outcome })));
}

async function claimDue({ deliveries }: DrainedStore, lane: keyof typeof lanes, nowMs: number) {
  const limit = lanes[lane].deliveriesPerCall;
  return toBatch(await deliveries.claim({ lane, nowMs, limit, paceMs: 0, leaseMs: 60_000 }));
}

/** Whether a revocation is still being walked. A claim may look through a part of a ledger and find nobody: that is not the end of it. */
export async function isWalking({ revocations }: Pick<Store, 'revocations'>): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const page = await revocations.list({ cursor, limit: 100, nowSeconds: Math.floor(Date.now() / 1000) });
    if (page.items.some(({ progress }) => progress?.done === false)) return true;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return false;
}
