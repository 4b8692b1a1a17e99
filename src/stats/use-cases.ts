/** The use case of statistics: what all instances have counted, step by step, with nothing left out between. */
import { type Result, succeed } from '../errors.ts';
import type { ChannelArn } from '../ids.ts';
import type { Clock } from '../system.ts';
import { isOfLag, type Lag, toLag } from './lag.ts';
import type { StatsStore } from './ports.ts';
import { addCounts, type Counts, type MinuteCounts } from './record.ts';
import { type StatsRequest, type StatsSpan, toStatsSpan } from './request.ts';

/** What was counted in some time. */
interface StatsNumbers {
  /** Tokens that were issued. */
  readonly issued: number;
  /** Requests for tokens that were answered with a code; those that never occurred are not among them. `client_gone` are those that nobody waited for. */
  readonly refused: Readonly<Record<string, number>>;
  /** From the decision to revoke until IVS had taken it. */
  readonly lag: Lag;
}

/** The numbers of each step, and of all together. Times are unix seconds. */
export interface Stats {
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
  readonly channelArn: ChannelArn | null;
  /** One for each step, also where nothing was counted; `at` is its beginning. */
  readonly items: readonly (StatsNumbers & { readonly at: number })[];
  readonly total: StatsNumbers;
  /** Requests about channels that were too many to be counted by name: some of them may have been about this one. Null where all channels are meant. */
  readonly unnamed: number | null;
}

/** What an operator can learn of the last 48 hours. */
export interface StatsUseCases {
  /** Refuses a time that is not kept, and more steps than an answer has. Rejects with `store_unavailable` when the store does not answer. */
  read(request: StatsRequest): Promise<Result<Stats>>;
}

interface StatsPorts {
  readonly stats: StatsStore;
  readonly clock: Clock;
}

/** Binds the use case to its ports. */
export function createStats({ stats, clock }: StatsPorts): StatsUseCases {
  return {
    async read(request) {
      const span = toStatsSpan(request, Math.floor(clock.nowMs() / 1000));
      if (!span.ok) return span;
      const { channelArn } = request;
      const { fromMinute, toMinute, stepMinutes } = span.value;
      const [minutes, others] = await Promise.all([
        stats.read({ subject: channelArn ?? 'all', fromMinute, toMinute }),
        channelArn === undefined ? undefined : stats.read({ subject: 'other', fromMinute, toMinute }),
      ]);
      return succeed({
        from: fromMinute * 60,
        to: toMinute * 60,
        stepSeconds: stepMinutes * 60,
        channelArn: channelArn ?? null,
        items: toSteps(minutes, span.value).map((counts, index) => ({
          at: (fromMinute + index * stepMinutes) * 60,
          ...toNumbers(counts),
        })),
        total: toNumbers(sumUp(minutes)),
        unnamed: others === undefined ? null : countRequests(sumUp(others)),
      });
    },
  };
}

/** The counts of each step. */
function toSteps(minutes: readonly MinuteCounts[], { fromMinute, toMinute, stepMinutes }: StatsSpan): Counts[] {
  const steps = Array.from({ length: Math.ceil((toMinute - fromMinute) / stepMinutes) }, (): Counts => ({}));
  for (const { minute, counts } of minutes) {
    const index = Math.floor((minute - fromMinute) / stepMinutes);
    steps[index] = addCounts(steps[index] ?? {}, counts);
  }
  return steps;
}

function sumUp(minutes: readonly MinuteCounts[]): Counts {
  return minutes.reduce<Counts>((sum, { counts }) => addCounts(sum, counts), {});
}

function toNumbers(counts: Counts): StatsNumbers {
  const { issued = 0, ...others } = counts;
  const refused = Object.entries(others).filter(([name]) => !isOfLag(name));
  return {
    issued,
    refused: Object.fromEntries(refused.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    lag: toLag(counts),
  };
}

function countRequests(counts: Counts): number {
  return Object.entries(counts).reduce((sum, [name, number]) => (isOfLag(name) ? sum : sum + number), 0);
}
