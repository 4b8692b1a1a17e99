/** Telling IVS of revocations: a SQLite store in memory, the local IVS, and a clock that a test sets. */
import { preparePrivateChannel } from '../../src/adapters/ivs/private-channel.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { type ChannelArn, type RevocationId, toRegion } from '../../src/ids.ts';
import { createStartDelivery, type DeliveryPorts, toLeaseMs } from '../../src/revocations/deliver.ts';
import type { Delivery, Lane } from '../../src/revocations/delivery.ts';
import type { RevocationDraft, SessionControl } from '../../src/revocations/ports.ts';
import type { DeliveryCounts, RevocationTarget } from '../../src/revocations/record.ts';
import { revoke } from '../contracts/store/steps.ts';
import { type IvsWithChannel, startIvsWithChannel } from './ivs-with-channel.ts';
import { createRecordingLog, type RecordingLog } from './recording-log.ts';
import { nowSeconds, toViewerId, usWest2 } from './records.ts';

export interface Delivering {
  readonly ivs: IvsWithChannel;
  readonly store: SqliteStore;
  readonly log: RecordingLog;
  /** What `nowMs` of the clock in `ports` answers. */
  nowMs: number;
  /** The ports of what sends. Its lease is that of a call that takes 5 seconds at most. */
  readonly ports: DeliveryPorts;
  /** One call to IVS on a lane, to its end. False when there was nothing to send. */
  deliver(lane: Lane, control?: SessionControl): Promise<boolean>;
  /** Records a revocation of the viewer on the channel, and gives its id. */
  revoke(channelArn: ChannelArn, viewerId: string): Promise<RevocationId>;
  /** Records a revocation, made at `nowMs` unless the changes say otherwise. */
  record(target: RevocationTarget, changes?: Partial<RevocationDraft>): Promise<RevocationId>;
  countsOf(id: RevocationId): Promise<DeliveryCounts | undefined>;
  /** A second private channel, in the same region unless another is given. */
  createFilm(region?: Parameters<typeof preparePrivateChannel>[1]): Promise<ChannelArn>;
  /** From then on the store does not answer. */
  closeStore(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it, with one private channel and nothing to send. */
export async function startDelivering(): Promise<Delivering> {
  const ivs = await startIvsWithChannel();
  const store = createSqliteStore(':memory:');
  const log = createRecordingLog();
  let isOpen = true;
  const ports: DeliveryPorts = {
    deliveries: store.deliveries,
    ivs: ivs.control,
    clock: { nowMs: () => delivering.nowMs },
    log,
    leaseMs: toLeaseMs(5000),
  };
  const delivering: Delivering = {
    ...{ ivs, store, log, ports, nowMs: nowSeconds() * 1000 },
    async deliver(lane, control = ivs.control) {
      const started = await createStartDelivery(lane, { ...ports, ivs: control })();
      if (started === undefined || started === 'walked') return false;
      await started.settled;
      return true;
    },
    revoke: (channelArn, viewerId) =>
      delivering.record({ scope: 'viewer_on_channel', viewerId: toViewerId(viewerId), channelArn }),
    async record(target, changes = {}) {
      const createdAt = Math.floor(delivering.nowMs / 1000);
      return (await revoke(store, target, { createdAt, ...changes })).id;
    },
    countsOf: async (id) => (await store.revocations.get(id))?.delivery,
    createFilm: async (region = usWest2) => (await preparePrivateChannel(ivs.aws, region, 'film')).channelArn,
    async closeStore() {
      isOpen = false;
      await store.close();
    },
    async close() {
      if (isOpen) await store.close();
      await ivs.close();
    },
  };
  return delivering;
}

/** A call to IVS: when it began and ended, and whom it was about. */
export interface WatchedCall {
  readonly lane: Lane;
  readonly region: string;
  readonly viewers: readonly string[];
  readonly startMs: number;
  endMs: number;
}

/** Passes calls on, and notes each. */
export function watchCalls(control: SessionControl) {
  const calls: WatchedCall[] = [];
  async function note<T>(call: Pick<WatchedCall, 'lane' | 'region' | 'viewers'>, run: () => Promise<T>): Promise<T> {
    const noted: WatchedCall = { ...call, startMs: performance.now(), endMs: Number.POSITIVE_INFINITY };
    calls.push(noted);
    try {
      return await run();
    } finally {
      noted.endMs = performance.now();
    }
  }
  const watched: SessionControl = {
    revokeSessions: (deliveries) =>
      note({ lane: 'batch', region: regionOf(deliveries), viewers: deliveries.map(({ viewerId }) => viewerId) }, () =>
        control.revokeSessions(deliveries),
      ),
    revokeSession: (delivery) =>
      note({ lane: 'single', region: regionOf([delivery]), viewers: [delivery.viewerId] }, () =>
        control.revokeSession(delivery),
      ),
  };
  return { calls, watched };
}

const regionOf = ([first]: readonly Delivery[]) => (first === undefined ? '' : toRegion(first.channelArn));

/** Holds every call back until it is let go. */
export function holdCalls(control: SessionControl) {
  const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
  const held: SessionControl = {
    revokeSessions: (deliveries) => letGo.then(() => control.revokeSessions(deliveries)),
    revokeSession: (delivery) => letGo.then(() => control.revokeSession(delivery)),
  };
  return { held, release };
}
