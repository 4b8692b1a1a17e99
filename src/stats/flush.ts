/** Brings what an instance counts into the store: each number once, whatever becomes of an answer on its way. */
import { toReason } from '../errors.ts';
import type { Clock, Log } from '../system.ts';
import type { StatsCounter } from './counter.ts';
import { maxBatchCounts, type StatsBatch, type StatsStore } from './ports.ts';
import { type SubjectCounts, toMinute } from './record.ts';

/** While the store is away, the counts of so many minutes are kept in memory; a batch that was sent, whole, as long as one of its minutes is. */
export const maxWaitingMinutes = 120;

interface FlushPorts {
  readonly counter: StatsCounter;
  readonly stats: Pick<StatsStore, 'add'>;
  /** A random id of this instance. */
  readonly source: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Adds to the store what was counted since the last time, if there is anything. Never rejects: what could not be added now is the next time. */
export type FlushStats = () => Promise<void>;

/**
 * Binds it to its ports. A batch whose answer was lost is sent again as it was, and the store knows it by its number: so none is
 * counted twice, and none is lost but by the end of the instance, or by an outage of more than `maxWaitingMinutes`.
 */
export function createFlushStats({ counter, stats, source, clock, log }: FlushPorts): FlushStats {
  /** In their order: the next one is sent when the one before was added. */
  let unsent: readonly StatsBatch[] = [];
  let sequence = 0;
  let isFailing = false;

  async function send(): Promise<void> {
    for (let [batch] = unsent; batch !== undefined; [batch] = unsent) {
      const sent = batch;
      await stats.add(sent);
      unsent = unsent.filter((each) => each !== sent);
    }
  }

  function drop(): void {
    const oldest = toMinute(clock.nowMs() / 1000) - maxWaitingMinutes;
    const old = unsent.filter(({ counts }) => counts.every(({ minute }) => minute < oldest));
    unsent = unsent.filter((batch) => !old.includes(batch));
    const inBatches = new Set(old.flatMap(({ counts }) => counts.map(({ minute }) => minute)));
    const minutes = inBatches.size + counter.forget(oldest);
    if (minutes > 0) log.warn('stats_dropped', { minutes });
  }

  function seal(taken: readonly SubjectCounts[]): StatsBatch[] {
    const batches: StatsBatch[] = [];
    for (let start = 0; start < taken.length; start += maxBatchCounts)
      batches.push({ source, sequence: ++sequence, counts: taken.slice(start, start + maxBatchCounts) });
    return batches;
  }

  return async function flushStats() {
    try {
      await send();
      unsent = [...unsent, ...seal(counter.take())];
      await send();
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn('stats_not_flushed', { reason: toReason(error) });
      isFailing = true;
      drop();
    }
  };
}
