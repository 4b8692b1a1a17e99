/** Bringing counts into the store: each once, through lost answers and outages, and with a bound on what waits. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { OutageError } from '../../src/errors.ts';
import { createStatsCounter, type StatsCounter } from '../../src/stats/counter.ts';
import { createFlushStats, type FlushStats, maxWaitingMinutes } from '../../src/stats/flush.ts';
import { maxBatchCounts, type StatsBatch } from '../../src/stats/ports.ts';
import { type Subject, toMinute } from '../../src/stats/record.ts';
import { sumUp } from '../support/counting.ts';
import { createRecordingLog, type RecordingLog } from '../support/recording-log.ts';
import { nowSeconds, toChannelArn } from '../support/records.ts';

const news = toChannelArn('news');

/** What happens to the next batches: they are added, added with their answer lost, or never arrive. */
type Fate = 'added' | 'answer lost' | 'lost';

let store: SqliteStore;
let log: RecordingLog;
let nowMs: number;
let startMinute: number;
let fate: Fate;
let batches: StatsBatch[];
let counter: StatsCounter;
let flush: FlushStats;

beforeEach(() => {
  store = createSqliteStore(':memory:');
  log = createRecordingLog();
  nowMs = (nowSeconds() - 10 * 3600) * 1000;
  startMinute = toMinute(nowMs / 1000);
  [fate, batches] = ['added', []];
  [counter, flush] = createInstance('one');
});
afterEach(() => store.close());

function createInstance(source: string): [StatsCounter, FlushStats] {
  const clock = { nowMs: () => nowMs };
  const made = createStatsCounter(clock);
  const stats = {
    async add(batch: StatsBatch) {
      batches.push(batch);
      const happens = fate;
      if (happens !== 'lost') await store.stats.add(batch);
      if (happens !== 'added') throw new OutageError('store_unavailable', { cause: new Error('gone') });
    },
  };
  return [made, createFlushStats({ counter: made, stats, source, clock, log })];
}

const events = () => log.lines.map((line) => JSON.parse(line));
const stored = async (subject: Subject = 'all') =>
  sumUp(await store.stats.read({ subject, fromMinute: startMinute, toMinute: startMinute + 24 * 60 }));

describe('flushing', () => {
  it('adds what was counted since the last time, and asks for nothing where there is none', async () => {
    await flush();
    expect(batches).toEqual([]);
    counter.noteToken('issued', news);
    await flush();
    counter.noteToken('issued', news);
    counter.noteToken('viewer_blocked', news);
    await flush();
    await flush();
    expect(batches.map(({ source, sequence }) => [source, sequence])).toEqual([
      ['one', 1],
      ['one', 2],
    ]);
    expect(await stored()).toEqual({ issued: 2, viewer_blocked: 1 });
    expect(await stored(news)).toEqual({ issued: 2, viewer_blocked: 1 });
    expect(events()).toEqual([]);
  });

  it('goes in batches of a bounded size', async () => {
    for (let index = 0; index < 500; index++) counter.noteToken('issued', toChannelArn(`channel-${index}`));
    await flush();
    expect(batches.map(({ counts }) => counts.length)).toEqual([maxBatchCounts, maxBatchCounts, 2]);
    expect(await stored()).toEqual({ issued: 500 });
    expect(await stored('other')).toEqual({ issued: 300 });
  });

  it('keeps what the store does not take, says so once, and adds it when the store is back', async () => {
    fate = 'lost';
    for (let second = 0; second < 90; second++, nowMs += 1000) {
      counter.noteToken('store_unavailable', news);
      await flush();
    }
    expect(events()).toEqual([{ event: 'stats_not_flushed', reason: 'store_unavailable: Error' }]);
    fate = 'added';
    await flush();
    expect(await stored()).toEqual({ store_unavailable: 90 });
    fate = 'lost';
    counter.noteToken('issued', news);
    await flush();
    expect(events()).toHaveLength(2);
  });

  it('counts a batch once whose answer was lost', async () => {
    fate = 'answer lost';
    counter.noteToken('issued', news);
    await flush();
    counter.noteToken('issued', news);
    await flush();
    fate = 'added';
    await flush();
    expect(batches.map(({ sequence }) => sequence)).toEqual([1, 1, 1, 2]);
    expect(await stored()).toEqual({ issued: 2 });
  });

  it('drops what waited for too long, says how many minutes that were, and keeps the rest', async () => {
    fate = 'lost';
    const minutes = 5 * maxWaitingMinutes;
    for (let minute = 0; minute < minutes; minute++, nowMs += 60_000) {
      counter.noteToken('store_unavailable', news);
      await flush();
    }
    fate = 'added';
    await flush();
    const dropped = events().reduce((sum, line) => sum + (line.event === 'stats_dropped' ? line.minutes : 0), 0);
    const { store_unavailable: kept = 0 } = await stored();
    expect(kept + dropped).toBe(minutes);
    expect(kept).toBeGreaterThanOrEqual(maxWaitingMinutes);
    // A batch that may have been added stays whole until all of it is too old.
    expect(kept).toBeLessThanOrEqual(2 * maxWaitingMinutes + 1);
  });

  it('that is begun while another one is not over adds nothing twice, and nothing too little', async () => {
    for (let round = 0; round < 5; round++) {
      for (let index = 0; index < 300; index++) counter.noteToken('issued', toChannelArn(`channel-${index % 120}`));
      const first = flush();
      counter.noteToken('issued', news);
      await Promise.all([first, flush(), flush()]);
    }
    expect(await stored()).toEqual({ issued: 5 * 301 });
  });

  it('loses nothing and repeats nothing, whatever becomes of calls, of whichever instance', async () => {
    const step = fc.record({
      instance: fc.nat({ max: 1 }),
      tokens: fc.nat({ max: 3 }),
      happens: fc.constantFrom<Fate>('added', 'answer lost', 'lost'),
      seconds: fc.nat({ max: 90 }),
    });
    let runs = 0;
    let counted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const instances = ['a', 'b'].map((name) => createInstance(`${name}-${runs}`));
        runs++;
        for (const { instance, tokens, happens, seconds } of steps) {
          const [noting, flushing] = instances[instance] ?? [counter, flush];
          for (let token = 0; token < tokens; token++, counted++) noting.noteToken('issued', news);
          fate = happens;
          await flushing();
          nowMs += seconds * 1000;
        }
        fate = 'added';
        for (const [, flushing] of instances) await flushing();
        nowMs = startMinute * 60_000;
        const sums = [await stored(), await stored(news)];
        expect(sums.map(({ issued = 0 }) => issued)).toEqual([counted, counted]);
      }),
    );
  });
});
