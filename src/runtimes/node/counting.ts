/** Who counts in a long-lived process: the numbers for Prometheus, and the statistics, which are brought into the store in the background. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createCountTokens } from '../../http/count-tokens.ts';
import type { Metrics } from '../../metrics.ts';
import type { NoteDelivery } from '../../revocations/deliver.ts';
import { createStatsCounter } from '../../stats/counter.ts';
import { createFlushStats } from '../../stats/flush.ts';
import type { NodePorts } from './ports.ts';

/** Between two flushes, in milliseconds: so much is lost at most when the process is killed. */
const flushEveryMs = 1000;

/** The counting, beside the services of the process. */
interface BackgroundCounting extends Pick<Metrics, 'noteAnswered'> {
  readonly noteDelivery: NoteDelivery;
  /** Begins to flush. */
  start(): void;
  /** Resolves when all that was counted is in the store, or the store does not take it. To be called after the last answer. */
  stop(): Promise<void>;
}

/** Binds it to the ports of the process. Nothing is asked of the store before its start. */
export function createBackgroundCounting({ store, metrics, clock, random, log }: NodePorts): BackgroundCounting {
  const counter = createStatsCounter(clock);
  const countTokens = createCountTokens(counter);
  const flush = createFlushStats({ counter, stats: store.stats, source: random.uuid(), clock, log });
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await flush();
      await sleep(flushEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    noteAnswered(answered) {
      metrics.noteAnswered(answered);
      countTokens(answered);
    },
    noteDelivery(outcome, lagSeconds, channelArn) {
      metrics.noteDelivery(outcome, lagSeconds);
      counter.noteDelivery(outcome, lagSeconds, channelArn);
    },
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
      await flush();
    },
  };
}
