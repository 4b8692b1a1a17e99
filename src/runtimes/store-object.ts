/** The Durable Object that holds Redis: on Workers a socket belongs to whoever opened it, and this is who. */
import { DurableObject } from 'cloudflare:workers';
import { createIvsControl } from '../adapters/ivs-control.ts';
import { createRedisStore, type RedisStore } from '../adapters/redis-store/redis-store.ts';
import { systemClock } from '../adapters/system.ts';
import type { Store } from '../ports.ts';
import { createDeliveryRound } from '../revocations/deliver.ts';
import { paceMs } from '../revocations/delivery.ts';
import { createWorkerLog, parseWorkerConfig, type StoreRpc, type WorkerEnv } from './worker-env.ts';

/** A connection that nobody used for so long is closed, so that the object can be evicted. */
const idleMs = 10_000;

/** Rounds without anything to send after which the object rests; deliveries that are put off are picked up by the cron trigger. */
const idleRounds = 3;

/** How long one alarm may go on sending before the next one takes over. */
const maxRoundsPerAlarm = 40;

/** Objects that serve requests; each holds one connection to Redis. */
const shards = 8;

/** The name of the object that tells IVS of revocations: one for all, so that its rate is spent well. */
const deliveryName = 'delivery';

export class StoreObject extends DurableObject<WorkerEnv> implements StoreRpc {
  readonly #store: RedisStore;
  readonly #deliverOnce: () => Promise<boolean>;

  constructor(state: DurableObjectState, env: WorkerEnv) {
    super(state, env);
    const config = parseWorkerConfig(env);
    const log = createWorkerLog(config);
    this.#store = createRedisStore({ ...config.store, log, idleMs });
    this.#deliverOnce = createDeliveryRound({
      store: this.#store,
      ivs: createIvsControl(config.aws),
      clock: systemClock,
      log,
    });
  }

  async call(method: keyof Store, args: unknown[]): Promise<unknown> {
    const use = this.#store[method] as (...args: unknown[]) => Promise<unknown>;
    const answer = await use(...args);
    if (method === 'recordRevocation') await wakeDelivery(this.env);
    return answer;
  }

  async wake(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now());
  }

  override async alarm(): Promise<void> {
    let idle = 0;
    for (let round = 0; round < maxRoundsPerAlarm; round++) {
      if (await this.#deliverOnce()) {
        idle = 0;
        continue;
      }
      idle++;
      if (idle === idleRounds) return;
      await scheduler.wait(paceMs);
    }
    await this.ctx.storage.setAlarm(Date.now());
  }
}

/** The object that serves a key: the same one for the same viewer, so that the load spreads. */
export function findStoreObject(env: WorkerEnv, key: string): DurableObjectStub<StoreRpc> {
  let hash = 0;
  for (const character of key) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return env.STORE.get(env.STORE.idFromName(`store-${hash % shards}`));
}

/** Wakes the object that tells IVS of revocations. */
export async function wakeDelivery(env: WorkerEnv): Promise<void> {
  await env.STORE.get(env.STORE.idFromName(deliveryName)).wake();
}
