/** The Durable Object that holds Redis: on Workers a socket belongs to whoever opened it, and this is who. */
import { DurableObject } from 'cloudflare:workers';
import { createIvsControl } from '../../adapters/ivs/ivs-control.ts';
import { bundledScripts } from '../../adapters/redis-store/bundled-scripts.ts';
import { createRedisStore, type RedisStore } from '../../adapters/redis-store/redis-store.ts';
import { createSecretsManagerVault } from '../../adapters/secrets-manager-vault.ts';
import { systemClock, systemHashing, systemRandom } from '../../adapters/system.ts';
import type { StoreObjectsConfig } from '../../config.ts';
import { toLeaseMs } from '../../revocations/deliver.ts';
import { createDeliveryLoop, type DeliveryLoop } from '../../revocations/delivery-loop.ts';
import { createServices, type Services } from '../../services.ts';
import { createIsolateStats } from './isolate-stats.ts';
import { captureOutage, type StoreAnswer } from './store-answer.ts';
import { findStoreMethod } from './store-method.ts';
import { wakeDelivery } from './store-objects.ts';
import {
  createWorkerLog,
  createWorkerMetrics,
  createWorkerTracing,
  parseWorkerConfig,
  type StoreRpc,
  type WakeReason,
  type WorkerEnv,
} from './worker-env.ts';

/** A connection that nobody used for so long is closed, so that the object can be evicted. */
const idleMs = 10_000;

/** Alarms without anything to send after which the object rests. */
const maxQuietAlarms = 6;

/** How long one alarm may go on sending before the next one takes over. */
const alarmMs = 20_000;

/** Calls of a lane that may be on their way: Workers let six connections wait at a time (Cloudflare: Workers, limits), those to Redis among them. */
const maxCallsPerLane = 2;

/** Methods after which there may be deliveries to send, or keys to look after; whoever lifts a block finishes its decision first. */
const wakingMethods: ReadonlySet<string> = new Set([
  'revocations.record',
  'revocations.retryFailed',
  'revocations.liftBlock',
  'viewers.liftBlocks',
  'keyPairs.replace',
]);

/** Serves the store over its own connections to Redis; the object of deliveries also sends to IVS, and looks after the keys, in its alarms. */
export class StoreObject extends DurableObject<WorkerEnv> implements StoreRpc {
  readonly #store: RedisStore;
  readonly #loop: DeliveryLoop;
  readonly #objects: StoreObjectsConfig;
  readonly #careForKeys: Services['careForKeys'];
  /** Alarms since something was sent. */
  #quietAlarms = 0;
  /** Whether an alarm is sending. */
  #isSending = false;

  constructor(state: DurableObjectState, env: WorkerEnv) {
    super(state, env);
    const config = parseWorkerConfig(env);
    const workerLog = createWorkerLog(config);
    const tracing = createWorkerTracing(config, workerLog, (work) => state.waitUntil(work));
    const log = tracing?.toTracedLog(workerLog) ?? workerLog;
    this.#store = createRedisStore({ ...config.store, audit: config.audit, log, scripts: bundledScripts, idleMs });
    this.#objects = config.storeObjects;
    const aws = tracing?.toTracedAws(config.aws) ?? config.aws;
    const ivs = createIvsControl(aws);
    const vault = createSecretsManagerVault(config.vault, aws);
    const outside = { clock: systemClock, random: systemRandom, hashing: systemHashing, log };
    const store = tracing?.toTracedStore(this.#store, 'redis') ?? this.#store;
    const runWork = tracing?.runWork;
    this.#careForKeys = createServices({ store, vault, ivs, ...outside, runWork }, config).careForKeys;
    const metrics = createWorkerMetrics(env, config);
    const stats = createIsolateStats({ store: this.#store, ...outside }, (work) => state.waitUntil(work));
    this.#loop = createDeliveryLoop({
      deliveries: store.deliveries,
      revocations: store.revocations,
      ivs,
      runWork,
      clock: systemClock,
      log,
      leaseMs: toLeaseMs(config.aws.timeoutMs),
      maxCallsPerLane,
      pause: (ms) => scheduler.wait(ms),
      noteDelivery(outcome, lagSeconds, channelArn) {
        metrics?.noteDelivery(outcome, lagSeconds);
        stats.noteDelivery(outcome, lagSeconds, channelArn);
      },
    });
  }

  async call(concern: string, method: string, args: unknown[]): Promise<StoreAnswer> {
    const use = findStoreMethod(this.#store, concern, method);
    const answer = await captureOutage(() => use(...args));
    // After an outage too, as it may have been begun. The decision is durable whether or not this succeeds: the cron trigger wakes as well.
    if (wakingMethods.has(`${concern}.${method}`) || (answer.kind === 'answered' && answer.value === 'replaced'))
      this.ctx.waitUntil(wakeDelivery(this.env, this.#objects, 'revocation').catch(() => undefined));
    return answer;
  }

  async wake(reason: WakeReason): Promise<void> {
    // An alarm that is sending looks at once.
    this.#loop.wake();
    const next = await this.ctx.storage.getAlarm();
    if (reason === 'revocation') this.#quietAlarms = 0;
    // A look from time to time is one look: without anything to send the object rests again at once.
    else if (next === null && !this.#isSending) this.#quietAlarms = maxQuietAlarms;
    if (next === null || next > Date.now()) await this.ctx.storage.setAlarm(Date.now());
  }

  /**
   * Sends until there is nothing more, then looks again after 1, 2, 4 … 32 seconds, since what IVS did not take is tried again,
   * and what a decision left unfinished is finished after a while. What is put off for longer is picked up by the cron trigger. Keys are
   * looked after each time, and when the next step of a rotation is due.
   */
  override async alarm(): Promise<void> {
    const endsAt = Date.now() + alarmMs;
    this.#isSending = true;
    const keysDueAt = await this.#careForKeys();
    const { calls, settled } = await this.#loop.run((idle) => !idle && Date.now() < endsAt);
    this.#isSending = false;
    this.ctx.waitUntil(settled);
    if (calls > 0) this.#quietAlarms = 0;
    const looksOn = this.#quietAlarms < maxQuietAlarms;
    const isUnfinished = Date.now() >= endsAt;
    const nextMs = [
      ...(looksOn ? [isUnfinished ? 0 : 1000 * 2 ** this.#quietAlarms] : []),
      ...(keysDueAt === null ? [] : [Math.max(1000, keysDueAt * 1000 - Date.now())]),
    ];
    if (nextMs.length > 0) await this.ctx.storage.setAlarm(Date.now() + Math.min(...nextMs));
    if (looksOn) this.#quietAlarms++;
  }
}
