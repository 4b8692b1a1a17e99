/** What we ask of the outside, as types. Every method that reaches out rejects with an OutageError when it cannot. */
import type { ApiClient } from './access/record.ts';
import type { Channel } from './channels/record.ts';
import type { ChannelArn, ClientId, KeyPairId, PolicyId, Region, RevocationId, ViewerId } from './ids.ts';
import type { KeyPair } from './keys/record.ts';
import type { Page, PageQuery } from './page.ts';
import type { Policy } from './policies/record.ts';
import type { Delivery, DeliveryAnswer, DeliveryBatch, DeliveryOutcome } from './revocations/delivery.ts';
import type { Block, Revocation, RevocationTarget } from './revocations/record.ts';
import type { ScopeState } from './revocations/scopes.ts';

/** Everything that deciding on one token needs, read in one round trip. */
export interface IssuanceState {
  readonly channel: Channel | undefined;
  readonly policy: Policy | undefined;
  /** The state of each scope that the viewer is under, on this channel. */
  readonly scopes: readonly ScopeState[];
  readonly activeKeyPairId: KeyPairId | undefined;
}

/** A session that a token was signed for. Times in unix seconds. */
export interface SessionRecord {
  readonly channelArn: ChannelArn;
  readonly viewerId: ViewerId;
  readonly sessionVersion: number;
  readonly issuedAt: number;
}

/** A revocation to record. The store gives it its floor: see `toFloor`. Times in unix seconds. */
export interface RevocationDraft {
  readonly id: RevocationId;
  readonly target: RevocationTarget;
  readonly block: Block | null;
  readonly reason: string | null;
  readonly createdAt: number;
}

/** The state of the service. Each method is one round trip, and each change is atomic and durable when it resolves. */
export interface Store {
  /** Resolves when the store answers. */
  ping(): Promise<void>;

  loadIssuance(query: {
    readonly channelArn: ChannelArn;
    readonly viewerId: ViewerId;
    readonly region: Region;
  }): Promise<IssuanceState>;
  /**
   * Writes the session into the ledger. `overtaken` (and nothing written) when in the meantime a floor at or above its
   * version was recorded, or a block: such a token must not be handed out.
   */
  recordSession(session: SessionRecord): Promise<'recorded' | 'overtaken'>;

  /**
   * Records the decision with its floor, its block and a delivery for each (channel, viewer) that it concerns. Of a whole
   * channel these are the viewers who got a token since it was revoked as a whole before.
   */
  recordRevocation(draft: RevocationDraft): Promise<Revocation>;
  getRevocation(id: RevocationId): Promise<Revocation | undefined>;
  /** Newest first. */
  listRevocations(page: PageQuery): Promise<Page<Revocation>>;
  /** Takes the block away and keeps the floor. False when there is no such revocation. */
  liftBlock(id: RevocationId, nowSeconds: number): Promise<boolean>;
  /**
   * Takes up to `limit` deliveries of one region that are due, and keeps them from others for `leaseMs`, and with them
   * the region, until they are settled. The least recently served region comes first; within it every revocation gets its
   * share. Undefined when nothing may be sent now.
   */
  claimDeliveries(claim: {
    readonly nowMs: number;
    readonly limit: number;
    readonly leaseMs: number;
  }): Promise<DeliveryBatch | undefined>;
  /** Notes what became of claimed deliveries. The region is free again when `paceMs` have passed since they were claimed. */
  settleDeliveries(settlement: {
    readonly region: Region;
    readonly settled: readonly { readonly delivery: Delivery; readonly outcome: DeliveryOutcome }[];
    readonly nowMs: number;
    readonly paceMs: number;
  }): Promise<void>;

  getChannel(channelArn: ChannelArn): Promise<Channel | undefined>;
  /** `policy_not_found` (and nothing written) when the channel names a policy that is not there. */
  putChannel(channel: Channel): Promise<'stored' | 'policy_not_found'>;
  deleteChannel(channelArn: ChannelArn): Promise<boolean>;
  listChannels(page: PageQuery): Promise<Page<Channel>>;

  getPolicy(id: PolicyId): Promise<Policy | undefined>;
  putPolicy(policy: Policy): Promise<void>;
  deletePolicy(id: PolicyId): Promise<'deleted' | 'not_found' | 'in_use'>;
  listPolicies(page: PageQuery): Promise<Page<Policy>>;

  getClient(id: ClientId): Promise<ApiClient | undefined>;
  putClient(client: ApiClient): Promise<void>;
  deleteClient(id: ClientId): Promise<boolean>;
  listClients(page: PageQuery): Promise<Page<ApiClient>>;

  getKeyPair(id: KeyPairId): Promise<KeyPair | undefined>;
  putKeyPair(keyPair: KeyPair): Promise<void>;
  /**
   * Notes what IVS answered. The pair becomes the region's active one when it has none, and waits as imported otherwise.
   * Undefined when it is gone, or going.
   */
  markImported(
    id: KeyPairId,
    imported: { readonly arn: string; readonly fingerprint: string },
  ): Promise<KeyPair | undefined>;
  /**
   * Makes the pair `retiring`: it signs no more, and when it was the active one, the newest imported pair of its region
   * takes its place. Undefined when it is not there.
   */
  retireKeyPair(id: KeyPairId): Promise<KeyPair | undefined>;
  deleteKeyPair(id: KeyPairId): Promise<boolean>;
  /** All of them, the newest last: IVS allows three in a region. */
  listKeyPairs(): Promise<readonly KeyPair[]>;
}

/** Where private halves live, as PKCS#8 PEM. */
export interface Vault {
  /** Durable when it resolves. */
  putPrivateKey(id: KeyPairId, privateKey: string): Promise<void>;
  /** Rejects when the key is not there. */
  getPrivateKey(id: KeyPairId): Promise<string>;
  /** Resolves too when the key was not there. */
  deletePrivateKey(id: KeyPairId): Promise<void>;
  /** Resolves when the vault can be reached and used. */
  ping(): Promise<void>;
}

/** A channel as IVS knows it. */
export interface IvsChannel {
  readonly channelArn: ChannelArn;
  readonly name: string;
  readonly playbackUrl: string;
  readonly authorized: boolean;
}

/** The part of the IVS API that is used. */
export interface IvsControl {
  getChannel(channelArn: ChannelArn): Promise<IvsChannel | undefined>;
  /** Makes a channel private. `conflict` when IVS refuses, as it does while the channel is live. */
  authorizeChannel(channelArn: ChannelArn): Promise<IvsChannel | 'conflict'>;
  importKeyPair(keyPair: {
    readonly id: KeyPairId;
    readonly region: Region;
    readonly name: string;
    readonly publicKey: string;
  }): Promise<{ readonly arn: string; readonly fingerprint: string } | 'quota_exceeded' | 'conflict'>;
  /** Deletes the pair by its ARN, or, when none was noted, whichever carries our id. Resolves too when it was not there. */
  deleteKeyPair(keyPair: {
    readonly id: KeyPairId;
    readonly region: Region;
    readonly arn: string | null;
  }): Promise<void>;
  /** Tells IVS of up to 20 revocations in one call. Answers one outcome for each, in order. */
  revokeSessions(region: Region, deliveries: readonly Delivery[]): Promise<readonly DeliveryAnswer[]>;
}
