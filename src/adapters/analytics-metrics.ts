/** The numbers of a Worker as points of Workers Analytics Engine, where isolates live too briefly to be asked for them. `docs/operations.md` says what each is. */
import type { ChannelArn } from '../ids.ts';
import type { Gauges, Metrics } from '../metrics.ts';
import { readinessParts } from '../readiness.ts';
import type { Clock } from '../system.ts';
import { createToTokenLabels } from './token-labels.ts';

/** Analytics Engine's binding, as far as it is used. It takes a point and says nothing. */
interface Dataset {
  writeDataPoint(point: { readonly indexes: string[]; readonly blobs: string[]; readonly doubles: number[] }): void;
}

interface AnalyticsOptions {
  readonly clock: Clock;
  /** Channels that have numbers of their own. */
  readonly channels: readonly ChannelArn[];
}

/** Metrics that also take what is as it is just now. */
export interface AnalyticsMetrics extends Metrics {
  noteGauges(gauges: Gauges): void;
}

/** Binds them to a dataset. A point has its name as index and first blob, its labels as further blobs, and its value as first double. */
export function createAnalyticsMetrics(dataset: Dataset, { clock, channels }: AnalyticsOptions): AnalyticsMetrics {
  const toTokenLabels = createToTokenLabels(channels);
  const write = (name: string, value: number, ...labels: string[]) =>
    dataset.writeDataPoint({ indexes: [name], blobs: [name, ...labels], doubles: [value] });
  const toAge = (since: number | null) => (since === null ? 0 : Math.max(0, clock.nowMs() / 1000 - since));
  return {
    noteAnswered(answered) {
      const token = toTokenLabels(answered);
      const seconds = answered.durationMs / 1000;
      if (answered.limit !== undefined) write('limit_hit', 1, answered.limit);
      if (token === undefined) write('request', seconds, answered.route, String(answered.status));
      else write('token', seconds, token.code, token.region, token.channel);
    },
    noteCall: ({ part, operation, outcome, seconds }) => write('call', seconds, part, operation, outcome),
    beginSignature() {
      const beganMs = clock.nowMs();
      return () => write('signature', (clock.nowMs() - beganMs) / 1000);
    },
    noteDelivery: (outcome, lagSeconds) => write('delivery', Math.max(0, lagSeconds), outcome),
    noteGauges({ readiness, keys = [], deliveries }) {
      write('ready', readiness.ready ? 1 : 0);
      for (const part of readinessParts) write('part', 1, part, readiness.checks[part].state);
      if (deliveries !== undefined) {
        write('deliveries_waiting', deliveries.waiting);
        write('revocations_pending', deliveries.pending);
        write('revocations_failed', deliveries.failed);
        write('delivery_oldest_age', toAge(deliveries.oldestDecidedAt));
      }
      for (const { place, keyPairs, rotation, drift } of keys) {
        for (const { state, createdAt } of keyPairs) write('key_pair', toAge(createdAt), place, state);
        if (rotation !== null) write('key_rotation', toAge(rotation.since), place, rotation.step);
        for (const { kind } of drift?.findings ?? []) write('key_finding', 1, place, kind);
      }
    },
  };
}
