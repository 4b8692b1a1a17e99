/** What is asked of the store and of IVS, gathered: each part is owned by the room that needs it. */
import type { ClientStore } from './access/ports.ts';
import type { ChannelControl, ChannelStore } from './channels/ports.ts';
import type { KeyPairControl, KeyPairStore } from './keys/ports.ts';
import type { PolicyStore } from './policies/ports.ts';
import type { DeliveryStore, RevocationStore, SessionControl } from './revocations/ports.ts';
import type { IssuanceStore } from './tokens/ports.ts';

/** The state of the service, by concern. Each method is one round trip, and each change is atomic and durable when it resolves. */
export interface Store {
  readonly issuance: IssuanceStore;
  readonly channels: ChannelStore;
  readonly policies: PolicyStore;
  readonly clients: ClientStore;
  readonly keyPairs: KeyPairStore;
  readonly revocations: RevocationStore;
  readonly deliveries: DeliveryStore;
  readonly health: {
    /** Resolves when the store answers. Rejects with `store_unavailable`. */
    ping(): Promise<void>;
  };
}

/** The IVS API, as far as it is used. */
export type IvsControl = ChannelControl & KeyPairControl & SessionControl;
