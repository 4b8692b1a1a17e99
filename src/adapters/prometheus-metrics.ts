/** The numbers of a process in the form of Prometheus, counted by prom-client. `docs/operations.md` says what each is. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ChannelArn } from '../ids.ts';
import type { PlaceKeys } from '../keys/place-keys.ts';
import type { AnsweredRequest, Gauges, Metrics } from '../metrics.ts';
import { partStates, readinessParts } from '../readiness.ts';
import type { DeliveryOutcome } from '../revocations/delivery.ts';
import type { Clock } from '../system.ts';
import { addTime, createTally, createTimes, type LabelValues, type Tally, type Times } from './tallies.ts';
import { createToTokenLabels } from './token-labels.ts';

interface PrometheusOptions {
  readonly version: string;
  readonly clock: Clock;
  /** Channels that have numbers of their own. */
  readonly channels: readonly ChannelArn[];
}

/** Metrics that can be read. */
export interface PrometheusMetrics extends Metrics {
  /** All numbers in Prometheus' text format 0.0.4. */
  render(gauges: Gauges): Promise<string>;
}

/** From a tenth of a millisecond, which SQLite takes, to AWS's timeouts. In seconds. */
const callBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** From an urgent delivery to one that was tried until nobody could be watching any more. In seconds. */
const lagBuckets = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400, 172_800];

const outcomes: readonly DeliveryOutcome['kind'][] = ['delivered', 'failed', 'alone', 'retry'];

/** Counts from zero. Between two readings prom-client is not asked for anything. */
export function createPrometheusMetrics({ version, clock, channels }: PrometheusOptions): PrometheusMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    ...{ name: 'playgate_build_info', help: 'Always 1.', labelNames: ['version', 'node'], registers },
  }).set({ version, node: process.versions.node }, 1);
  const noteAnswered = createNoteAnswered(registers, channels);
  const calls = registerTimes(registers, {
    name: 'playgate_call_duration_seconds',
    help: 'Calls to the store, the vault, IVS and identity providers, by what came of them.',
    ...{ labelNames: ['part', 'operation', 'outcome'], buckets: callBuckets },
  });
  const lag = registerTimes(registers, {
    name: 'playgate_delivery_lag_seconds',
    help: 'From the decision to revoke to what became of a delivery.',
    ...{ labelNames: ['outcome'], buckets: lagBuckets },
  });
  // Prometheus sees no increase in a number that was not there before.
  for (const outcome of outcomes) lag.find(outcome);
  const setGauges = createSetGauges(registers, clock);
  return {
    noteAnswered,
    noteCall: ({ part, operation, outcome, seconds }) =>
      addTime(calls.find(part, operation, outcome), callBuckets, seconds),
    beginSignature: createBeginSignature(registers),
    noteDelivery: (outcome, lagSeconds) => addTime(lag.find(outcome), lagBuckets, Math.max(0, lagSeconds)),
    async render(gauges) {
      setGauges(gauges);
      return registry.metrics();
    },
  };
}

interface Naming {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
}

/** A counter for Prometheus. What is found in the tally may be added to at any time. */
function registerCounts(registers: Registry[], naming: Naming): Tally<{ count: number }> {
  const tally = createTally(() => ({ count: 0 }));
  new Counter({
    ...{ ...naming, registers },
    collect() {
      this.reset();
      for (const { values, cell } of tally.list()) this.inc(toLabels(naming, values), cell.count);
    },
  });
  return tally;
}

/** A histogram for Prometheus. prom-client has none whose numbers could be given to it, so its values are written out here. */
function registerTimes(registers: Registry[], options: Naming & { readonly buckets: number[] }): Tally<Times> {
  const { name, buckets } = options;
  const tally = createTally(() => createTimes(buckets));
  const empty = new Histogram({ ...options, registers: [] });
  new Gauge({ ...options, registers }).get = async () => ({
    ...(await empty.get()),
    values: tally.list().flatMap(({ values, cell }) => {
      const labels = toLabels(options, values);
      let count = 0;
      const ranges = cell.counts.map((more, index) => {
        count += more;
        return { metricName: `${name}_bucket`, labels: { le: buckets[index] ?? '+Inf', ...labels }, value: count };
      });
      const sum = { metricName: `${name}_sum`, labels, value: cell.sumSeconds };
      return [...ranges, sum, { metricName: `${name}_count`, labels, value: count }];
    }),
  });
  return tally;
}

function toLabels({ labelNames }: Naming, values: LabelValues): Record<string, string | number> {
  return Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? '']));
}

function createNoteAnswered(registers: Registry[], channels: readonly ChannelArn[]) {
  const requests = registerCounts(registers, {
    name: 'playgate_requests_total',
    help: 'Requests, by route and status.',
    labelNames: ['method', 'route', 'status'],
  });
  const tokens = registerCounts(registers, {
    name: 'playgate_tokens_total',
    help: 'Requests for tokens, by what came of them, region of the channel, and the channels of METRICS_CHANNELS.',
    labelNames: ['code', 'region', 'channel'],
  });
  const limits = registerCounts(registers, {
    name: 'playgate_limits_hit_total',
    help: 'Requests for tokens that exceeded a limit, by which.',
    labelNames: ['limit'],
  });
  const tokenTimes = registerTimes(registers, {
    name: 'playgate_token_duration_seconds',
    help: 'How long a request for a token took as a whole.',
    ...{ labelNames: [], buckets: callBuckets },
  }).find();
  const toTokenLabels = createToTokenLabels(channels);
  return function noteAnswered(answered: AnsweredRequest) {
    const { method, route, status, durationMs, limit } = answered;
    if (limit !== undefined) limits.find(limit).count++;
    requests.find(methods.has(method) ? method : 'other', route, status).count++;
    const token = toTokenLabels(answered);
    if (token === undefined) return;
    tokens.find(token.code, token.region, token.channel).count++;
    addTime(tokenTimes, callBuckets, durationMs / 1000);
  };
}

/** A client may write any word for a method. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function createBeginSignature(registers: Registry[]): Metrics['beginSignature'] {
  let inHand = 0;
  new Gauge({
    ...{ name: 'playgate_signatures_in_hand', help: 'Signatures being made, or waiting for a thread.', registers },
    collect() {
      this.set(inHand);
    },
  });
  const times = registerTimes(registers, {
    name: 'playgate_signature_duration_seconds',
    help: 'How long a signature took, with its wait for a thread.',
    ...{ labelNames: [], buckets: callBuckets },
  }).find();
  return function beginSignature() {
    const beganMs = performance.now();
    inHand++;
    return () => {
      inHand--;
      addTime(times, callBuckets, (performance.now() - beganMs) / 1000);
    };
  };
}

/** Each is written anew when somebody asks: what is gone leaves no number behind. */
function createSetGauges(registers: Registry[], clock: Clock): (gauges: Gauges) => void {
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers });
  const ready = gauge('playgate_ready', 'Whether this instance can do its work: 1 or 0.');
  const parts = gauge('playgate_part_state', '1 for the state in which a part is, 0 for the others.', 'part', 'state');
  const waiting = gauge(
    'playgate_deliveries_waiting',
    'Deliveries that wait to be sent; lists and channels may find more.',
  );
  const pending = gauge('playgate_revocations_pending', 'Revocations of which IVS was not told whole.');
  const failed = gauge('playgate_revocations_failed', 'Revocations of which IVS refused something for good.');
  const oldest = gauge(
    'playgate_delivery_oldest_age_seconds',
    'Age of the oldest revocation that is pending; 0 without one.',
  );
  const keyGauges = createKeyGauges(gauge);
  const ofStore = [waiting, pending, failed, oldest];
  return function setGauges({ readiness, keys, deliveries }) {
    const nowSeconds = clock.nowMs() / 1000;
    ready.set(readiness.ready ? 1 : 0);
    for (const part of readinessParts)
      for (const state of partStates) parts.set({ part, state }, readiness.checks[part].state === state ? 1 : 0);
    for (const each of ofStore) each.remove();
    if (deliveries !== undefined) {
      waiting.set(deliveries.waiting);
      pending.set(deliveries.pending);
      failed.set(deliveries.failed);
      oldest.set(deliveries.oldestDecidedAt === null ? 0 : Math.max(0, nowSeconds - deliveries.oldestDecidedAt));
    }
    keyGauges(keys ?? [], nowSeconds);
  };
}

type MakeGauge = (name: string, help: string, ...labelNames: string[]) => Gauge;

function createKeyGauges(gauge: MakeGauge): (keys: readonly PlaceKeys[], nowSeconds: number) => void {
  const pairs = gauge('playgate_key_pairs', 'Key pairs of a place, by state.', 'place', 'state');
  const ages = gauge('playgate_key_pair_age_seconds', 'Age of the oldest key pair of a state.', 'place', 'state');
  const steps = gauge('playgate_key_rotation_step', '1 for the step at which a rotation is.', 'place', 'step');
  const waits = gauge('playgate_key_rotation_step_age_seconds', 'How long a rotation has been at its step.', 'place');
  const findings = gauge(
    'playgate_key_findings',
    'What store, vault and IVS said differently, by kind.',
    'place',
    'kind',
  );
  return function setKeyGauges(keys, nowSeconds) {
    for (const each of [pairs, ages, steps, waits, findings]) each.reset();
    for (const { place, keyPairs, rotation, drift } of keys) {
      for (const { state, createdAt } of keyPairs.toReversed()) {
        pairs.inc({ place, state });
        ages.set({ place, state }, Math.max(0, nowSeconds - createdAt));
      }
      if (rotation !== null) {
        steps.set({ place, step: rotation.step }, 1);
        waits.set({ place }, Math.max(0, nowSeconds - rotation.since));
      }
      for (const { kind } of drift?.findings ?? []) findings.inc({ place, kind });
    }
  };
}
