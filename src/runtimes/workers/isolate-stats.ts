/** Brings what an isolate counts into the store: beside the answers, and never before them. */
import { createCountTokens } from '../../http/count-tokens.ts';
import type { AnsweredRequest } from '../../metrics.ts';
import type { Ports } from '../../services.ts';
import { createStatsCounter, type StatsCounter } from '../../stats/counter.ts';
import { createFlushStats } from '../../stats/flush.ts';

/** What is counted waits for so long before it is flushed, together with all that is counted meanwhile; in milliseconds. */
const flushAfterMs = 1000;

/** After so long another flush is begun: Workers may end a request's work, and nobody is told. In milliseconds. */
const flushLostMs = 10_000;

/** The counting of an isolate. */
interface IsolateStats extends Pick<StatsCounter, 'noteDelivery'> {
  noteAnswered(answered: AnsweredRequest): void;
}

/** Binds it to its ports. `waitUntil` keeps the isolate at work of whoever is being served, after the answer too. */
export function createIsolateStats(
  { store, clock, random, log }: Pick<Ports, 'store' | 'clock' | 'random' | 'log'>,
  waitUntil: (work: Promise<unknown>) => void,
): IsolateStats {
  const counter = createStatsCounter(clock);
  const flush = createFlushStats({ counter, stats: store.stats, source: random.uuid(), clock, log });
  let begunAtMs: number | undefined;

  async function flushLater(): Promise<void> {
    await scheduler.wait(flushAfterMs);
    // What is counted from here on waits for the next flush: it may come too late for this one.
    begunAtMs = undefined;
    await flush();
  }

  function schedule(): void {
    const nowMs = clock.nowMs();
    // The clock may be set back.
    if (begunAtMs !== undefined && Math.abs(nowMs - begunAtMs) < flushLostMs) return;
    begunAtMs = nowMs;
    waitUntil(flushLater());
  }

  const countTokens = createCountTokens({
    noteToken(answer, channelArn) {
      counter.noteToken(answer, channelArn);
      schedule();
    },
  });
  return {
    noteAnswered: countTokens,
    noteDelivery(outcome, lagSeconds, channelArn) {
      counter.noteDelivery(outcome, lagSeconds, channelArn);
      schedule();
    },
  };
}
