/** Keeps telling IVS of revocations in the background of a long-lived process. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config.ts';
import type { Store } from '../../ports.ts';
import { type NoteDelivery, toLeaseMs } from '../../revocations/deliver.ts';
import { createDeliveryLoop } from '../../revocations/delivery-loop.ts';
import { wakeOnRevocations } from '../../revocations/wake-on-revocations.ts';
import type { Ports } from '../../services.ts';

/** Calls of a lane that may be on their way: where IVS hangs in one region for `AWS_TIMEOUT_MS`, by default 5 s, its 10 calls a second leave room for others. */
const maxCallsPerLane = 64;

/** The sending of deliveries, beside the services of the process. */
interface BackgroundDelivery {
  /** The store for the services: what they revoke is sent at once. */
  readonly store: Store;
  start(): void;
  /** Starts no more calls. Resolves when those on their way were answered and noted, `AWS_TIMEOUT_MS` and an answer of the store later at most. */
  stop(): Promise<void>;
}

/** Binds it to the ports of the process. Nothing is sent before its start. */
export function createBackgroundDelivery(
  {
    store,
    ivs,
    clock,
    log,
    runWork,
    noteDelivery,
  }: Pick<Ports, 'store' | 'ivs' | 'clock' | 'log' | 'runWork'> & { readonly noteDelivery: NoteDelivery },
  { aws }: Pick<Config, 'aws'>,
): BackgroundDelivery {
  const { deliveries, revocations } = store;
  const leaseMs = toLeaseMs(aws.timeoutMs);
  const loop = createDeliveryLoop({
    ...{ deliveries, revocations, ivs, clock, log, leaseMs, maxCallsPerLane, runWork, noteDelivery },
    pause: (ms) => sleep(ms),
  });
  let isStopping = false;
  let running: ReturnType<typeof loop.run> | undefined;
  return {
    store: { ...store, ...wakeOnRevocations(store, loop.wake) },
    start() {
      running ??= loop.run(() => !isStopping);
    },
    async stop() {
      isStopping = true;
      loop.wake();
      await (await running)?.settled;
    },
  };
}
