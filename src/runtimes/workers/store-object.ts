/** The Durable Object that holds Redis: on Workers a socket belongs to whoever opened it, and this is who. */
import { DurableObject } from 'cloudflare:workers';
import { createIvsControl } from '../../adapters/ivs/ivs-control.ts';
import { bundledScripts } from '../../adapters/redis-store/bundled-scripts.ts';
import { createRedisStore, type RedisStore } from '../../adapters/redis-store/redis-store.ts';
import { systemClock } from '../../adapters/system.ts';
import type { StoreObjectsConfig } from '../../config.ts';
import { createStartDelivery, runDeliveryLoop, type StartDelivery } from '../../revocations/deliver.ts';
import type { Log } from '../../system.ts';
import { captureOutage, type StoreAnswer } from './store-answer.ts';
import { findStoreMethod } from './store-method.ts';
import { wakeDelivery } from './store-objects.ts';
import { createWorkerLog, parseWorkerConfig, type StoreRpc, type WakeReason, type WorkerEnv } from './worker-env.ts';

/** A connection that nobody used for so long is closed, so that the object can be evicted. */
const idleMs = 10_000;

/** Alarms without anything to send after which the object rests. */
const maxQuietAlarms = 6;

/** How long one alarm may go on sending before the next one takes over. */
const alarmMs = 20_000;

/** Serves the store over one connection to Redis; the object of deliveries also sends to IVS in its alarms. */
export class StoreObject extends DurableObject<WorkerEnv> implements StoreRpc {
  readonly #store: RedisStore;
  readonly #startDelivery: StartDelivery;
  readonly #log: Log;
  readonly #objects: StoreObjectsConfig;
  /** Alarms since something was sent. */
  #quietAlarms = 0;

  constructor(state: DurableObjectState, env: WorkerEnv) {
    super(state, env);
    const config = parseWorkerConfig(env);
    const log = createWorkerLog(config);
    this.#store = createRedisStore({ ...config.store, log, scripts: bundledScripts, idleMs });
    this.#log = log;
    this.#objects = config.storeObjects;
    this.#startDelivery = createStartDelivery({
      deliveries: this.#store.deliveries,
      ivs: createIvsControl(config.aws),
      clock: systemClock,
      log,
    });
  }

  async call(concern: string, method: string, args: unknown[]): Promise<StoreAnswer> {
    const use = findStoreMethod(this.#store, concern, method);
    const answer = await captureOutage(() => use(...args));
    // The decision is durable whether or not this succeeds: the cron trigger wakes too.
    if (concern === 'revocations' && method === 'record' && answer.kind === 'answered')
      this.ctx.waitUntil(wakeDelivery(this.env, this.#objects, 'revocation').catch(() => undefined));
    return answer;
  }

  async wake(reason: WakeReason): Promise<void> {
    const next = await this.ctx.storage.getAlarm();
    if (reason === 'revocation') this.#quietAlarms = 0;
    // A look from time to time is one look: without anything to send the object rests again at once.
    else if (next === null) this.#quietAlarms = maxQuietAlarms;
    if (next === null || next > Date.now()) await this.ctx.storage.setAlarm(Date.now());
  }

  /**
   * Sends until there is nothing more, then looks again after 1, 2, 4 … 32 seconds, since what IVS did not take is tried again.
   * What is put off for longer is picked up by the cron trigger.
   */
  override async alarm(): Promise<void> {
    const endsAt = Date.now() + alarmMs;
    await runDeliveryLoop({
      startDelivery: async () => {
        const started = await this.#startDelivery();
        if (started !== undefined) this.#quietAlarms = 0;
        return started;
      },
      pause: (ms) => scheduler.wait(ms),
      goOn: (idle) => !idle && Date.now() < endsAt,
      log: this.#log,
    });
    if (this.#quietAlarms === maxQuietAlarms) return;
    await this.ctx.storage.setAlarm(Date.now() + 1000 * 2 ** this.#quietAlarms);
    this.#quietAlarms++;
  }
}
