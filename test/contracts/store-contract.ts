/** What every Store keeps to. Each adapter runs the whole of it against the real thing. */
import { describe, it } from 'vitest';
import type { Store } from '../../src/ports.ts';
import { describeAudit } from './store/audit.ts';
import { describeBlocks } from './store/blocks.ts';
import { describeChannelWalks } from './store/channel-walks.ts';
import { describeChannels } from './store/channels.ts';
import { describeClients } from './store/clients.ts';
import { describeConcurrency } from './store/concurrency.ts';
import { describeDeliveries } from './store/deliveries.ts';
import { describeDeliveryClaims } from './store/delivery-claims.ts';
import { describeDeliveryOrder } from './store/delivery-order.ts';
import { describeDeliveryOutcomes } from './store/delivery-outcomes.ts';
import { describeDevices } from './store/devices.ts';
import { describeEstimates } from './store/estimates.ts';
import { describeExpectedRecords } from './store/expected-records.ts';
import { describeFloors } from './store/floors.ts';
import { describeIdempotency } from './store/idempotency.ts';
import { describeIssuance } from './store/issuance.ts';
import { describeKeyPairs } from './store/key-pairs.ts';
import { describeLimits } from './store/limits.ts';
import { describePages } from './store/pages.ts';
import { describePolicies } from './store/policies.ts';
import { describeRevocationFilters } from './store/revocation-filters.ts';
import { describeSessionEntries } from './store/session-entries.ts';
import { describeStats } from './store/stats.ts';
import { describeViewerLists } from './store/viewer-lists.ts';
import { describeViewers } from './store/viewers.ts';
import type { WithStore } from './store/with-store.ts';

export type ClosableStore = Store & { close(): Promise<void> };

/** The suite. `createStore` gives a store that shares nothing with those it gave before. */
export function describeStoreContract(name: string, createStore: () => ClosableStore): void {
  const withStore: WithStore = async (work) => {
    const store = createStore();
    try {
      await work(store);
    } finally {
      await store.close();
    }
  };
  describe(`${name} as a Store`, () => {
    it('answers when it is asked whether it is there', () => withStore(({ health }) => health.ping()));
    describeChannels(withStore);
    describePolicies(withStore);
    describeClients(withStore);
    describePages(withStore);
    describeKeyPairs(withStore);
    describeIssuance(withStore);
    describeSessionEntries(withStore);
    describeLimits(withStore);
    describeDevices(withStore);
    describeFloors(withStore);
    describeBlocks(withStore);
    describeViewerLists(withStore);
    describeChannelWalks(withStore);
    describeDeliveries(withStore);
    describeExpectedRecords(withStore);
    describeDeliveryOutcomes(withStore);
    describeDeliveryClaims(withStore);
    describeDeliveryOrder(withStore);
    describeRevocationFilters(withStore);
    describeIdempotency(withStore);
    describeEstimates(withStore);
    describeViewers(withStore);
    describeAudit(withStore);
    describeStats(withStore);
    describeConcurrency(withStore);
  });
}
