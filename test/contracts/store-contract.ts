/** What every Store keeps to. Each adapter runs the whole of it against the real thing. */
import { describe, it } from 'vitest';
import type { Store } from '../../src/ports.ts';
import { describeBlocks } from './store/blocks.ts';
import { describeChannels } from './store/channels.ts';
import { describeClients } from './store/clients.ts';
import { describeConcurrency } from './store/concurrency.ts';
import { describeDeliveries } from './store/deliveries.ts';
import { describeDeliveryClaims } from './store/delivery-claims.ts';
import { describeFloors } from './store/floors.ts';
import { describeIssuance } from './store/issuance.ts';
import { describeKeyPairs } from './store/key-pairs.ts';
import { describePages } from './store/pages.ts';
import { describePolicies } from './store/policies.ts';
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
    describeFloors(withStore);
    describeBlocks(withStore);
    describeDeliveries(withStore);
    describeDeliveryClaims(withStore);
    describeConcurrency(withStore);
  });
}
