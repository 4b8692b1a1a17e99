/** What is asked of the store and of IVS, gathered: each part is owned by the room that needs it. */
import type { ClientStore } from './access/ports.ts';
import type { AuditStore } from './audit/ports.ts';
import type { ChannelControl, ChannelStore } from './channels/ports.ts';
import type { KeyPairControl, KeyPairStore } from './keys/ports.ts';
import type { PolicyStore, RestrictionPolicyControl } from './policies/ports.ts';
import type {
  DeliveryStore,
  RevocationStore,
  SessionControl,
  StreamControl,
  ViewerStore,
} from './revocations/ports.ts';
import type { StatsStore } from './stats/ports.ts';
import type { IssuanceStore } from './tokens/ports.ts';

/** The state of the service, by concern. Each change is durable when it resolves, and can be repeated when it does not. */
export interface Store {
  readonly issuance: IssuanceStore;
  readonly channels: ChannelStore;
  readonly policies: PolicyStore;
  readonly clients: ClientStore;
  readonly keyPairs: KeyPairStore;
  readonly revocations: RevocationStore;
  readonly deliveries: DeliveryStore;
  readonly viewers: ViewerStore;
  readonly audit: AuditStore;
  readonly stats: StatsStore;
  readonly health: {
    /**
     * Resolves when the store takes a write, holds what it held before, and its clock agrees with this machine's to 2 seconds. Rejects with
     * `store_unavailable`, whose cause says which of these it is not.
     */
    ping(): Promise<void>;
  };
}

/** The IVS API, as far as it is used. */
export type IvsControl = ChannelControl & KeyPairControl & RestrictionPolicyControl & SessionControl & StreamControl;
