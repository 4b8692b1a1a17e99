/** Statistics: the minutes of all instances added up, each batch once, and found again by subject and time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxBatchCounts } from '../../../src/stats/ports.ts';
import {
  type Counts,
  type MinuteCounts,
  maxNamedChannels,
  type Subject,
  type SubjectCounts,
  statsLifetimeSeconds,
  toMinute,
} from '../../../src/stats/record.ts';
import { sumUp, toBatch } from '../../support/counting.ts';
import { nowSeconds, toChannelArn } from '../../support/records.ts';
import type { WithStore } from './with-store.ts';

const [news, sport] = [toChannelArn('news'), toChannelArn('sport')];
const thisHour = Math.floor(toMinute(nowSeconds()) / 60);
/** The first minute of an hour that is over. */
const start = (thisHour - 3) * 60;

const count = (minute: number, counts: Counts, subject: Subject = 'all'): SubjectCounts => ({
  minute,
  subject,
  counts,
});

export function describeStats(withStore: WithStore): void {
  describe('statistics', () => {
    describeAdding(withStore);
    describeNames(withStore);
    describeReading(withStore);
  });
}

function describeAdding(withStore: WithStore): void {
  it('are none before anything was counted', () =>
    withStore(async ({ stats }) => {
      expect(await stats.read({ subject: 'all', fromMinute: start, toMinute: start + 60 })).toEqual([]);
    }));

  it('of several instances are added up, and of the longest lag the longer stands', () =>
    withStore(async ({ stats }) => {
      await stats.add(toBatch([count(start, { issued: 3, viewer_blocked: 1, 'lag:max': 70, 'lag:100': 1 })]));
      await stats.add(toBatch([count(start, { issued: 4, channel_closed: 2, 'lag:max': 50, 'lag:100': 1 })]));
      expect(await stats.read({ subject: 'all', fromMinute: start, toMinute: start + 1 })).toEqual([
        { minute: start, counts: { issued: 7, viewer_blocked: 1, channel_closed: 2, 'lag:max': 70, 'lag:100': 2 } },
      ]);
    }));

  it('are each counted once, when many instances add at once', () =>
    withStore(async ({ stats }) => {
      const adding = Array.from({ length: 50 }, (_, index) =>
        stats.add(toBatch([count(start + (index % 2), { issued: 1 }), count(start, { issued: index }, news)])),
      );
      await Promise.all(adding);
      const query = { fromMinute: start, toMinute: start + 2 };
      const minutes = await stats.read({ ...query, subject: 'all' });
      expect(minutes.map(({ counts }) => counts)).toEqual([{ issued: 25 }, { issued: 25 }]);
      expect(sumUp(await stats.read({ ...query, subject: news }))).toEqual({ issued: (49 * 50) / 2 });
    }));

  it('of a batch that is sent again, or comes too late, are not counted again', () =>
    withStore(async ({ stats }) => {
      const first = { source: 'one', sequence: 1, counts: [count(start, { issued: 1 })] };
      const second = { ...first, sequence: 2, counts: [count(start, { issued: 10 })] };
      await stats.add(first);
      await Promise.all([stats.add(first), stats.add(second), stats.add(second)]);
      await stats.add(first);
      await stats.add({ ...first, source: 'other' });
      const minutes = await stats.read({ subject: 'all', fromMinute: start, toMinute: start + 1 });
      expect(sumUp(minutes)).toEqual({ issued: 12 });
    }));

  it('keep numbers as large as there are', () =>
    withStore(async ({ stats }) => {
      const counts = { issued: 2 ** 40, 'lag:ms': Number.MAX_SAFE_INTEGER - 1 };
      await stats.add(toBatch([count(start, counts)]));
      await stats.add(toBatch([count(start, { issued: 1, 'lag:ms': 1 })]));
      const minutes = await stats.read({ subject: 'all', fromMinute: start, toMinute: start + 1 });
      expect(sumUp(minutes)).toEqual({ issued: 2 ** 40 + 1, 'lag:ms': Number.MAX_SAFE_INTEGER });
    }));
}

function describeNames(withStore: WithStore): void {
  it('keep a channel apart from others, and from all', () =>
    withStore(async ({ stats }) => {
      await stats.add(
        toBatch([count(start, { issued: 5 }), count(start, { issued: 3 }, news), count(start, { issued: 2 }, sport)]),
      );
      const query = { fromMinute: start, toMinute: start + 60 };
      const issued = async (subject: Subject) => sumUp(await stats.read({ ...query, subject })).issued;
      expect(await Promise.all([issued('all'), issued(news), issued(sport), issued('other')])).toEqual([
        5,
        3,
        2,
        undefined,
      ]);
    }));

  it('count by name the first channels of an hour, and the rest together', () =>
    withStore(async ({ stats }) => {
      const channels = Array.from({ length: maxNamedChannels + 30 }, (_, index) => toChannelArn(`channel-${index}`));
      const addAll = async (minute: number) => {
        for (let from = 0; from < channels.length; from += maxBatchCounts) {
          const some = channels.slice(from, from + maxBatchCounts);
          await stats.add(toBatch(some.map((channel) => count(minute, { issued: 1 }, channel))));
        }
      };
      for (const minute of [start, start + 1, start + 60]) await addAll(minute);
      const read = async (subject: Subject, hour: number) => {
        const fromMinute = start + hour * 60;
        return sumUp(await stats.read({ subject, fromMinute, toMinute: fromMinute + 60 })).issued ?? 0;
      };
      expect(await read('other', 0)).toBe(2 * 30);
      expect(await read('other', 1)).toBe(30);
      let named = 0;
      for (const channel of channels) named += await read(channel, 0);
      expect(named).toBe(2 * maxNamedChannels);
    }));
}

function describeReading(withStore: WithStore): void {
  it('are read from a minute to another, in their order, over hours and nights', () =>
    withStore(async ({ stats }) => {
      const minutes = [start - 1, start, start + 1, start + 59, start + 60, start + 125];
      await stats.add(toBatch(minutes.toReversed().map((minute) => count(minute, { issued: minute - start + 2 }))));
      const read = async (fromMinute: number, toMinute: number) =>
        (await stats.read({ subject: 'all', fromMinute, toMinute })).map(({ minute }) => minute - start);
      expect(await read(start - 1, start + 126)).toEqual([-1, 0, 1, 59, 60, 125]);
      expect(await read(start, start + 60)).toEqual([0, 1, 59]);
      expect(await read(start + 1, start + 2)).toEqual([1]);
      expect(await read(start + 60, start + 60)).toEqual([]);
      expect(await read(start - statsLifetimeSeconds / 60, start)).toEqual([-1]);
    }));

  it('are gone when nobody may ask for them any more', () =>
    withStore(async ({ stats }) => {
      const old = (thisHour - 50) * 60;
      await stats.add(
        toBatch([count(old, { issued: 1 }), count(old, { issued: 1 }, news), count(start, { issued: 2 })]),
      );
      await stats.add(toBatch([count(start, { issued: 2 })]));
      const read = (subject: Subject) => stats.read({ subject, fromMinute: old, toMinute: start + 1 });
      expect(await read('all')).toEqual([{ minute: start, counts: { issued: 4 } }]);
      expect(await read(news)).toEqual([]);
    }));

  it('say of any time what was added in it, whoever added it, in whatever batches', () =>
    withStore(async ({ stats }) => {
      const subject = fc.constantFrom<Subject>('all', 'other', news, sport);
      const counts = fc.dictionary(
        fc.constantFrom('issued', 'viewer_blocked', 'lag:ms', 'lag:max', 'lag:more'),
        fc.integer({ min: 1, max: 1e9 }),
        { minKeys: 1 },
      );
      const added: SubjectCounts[] = [];
      const one = fc.record({ subject, minute: fc.integer({ min: start, max: start + 130 }), counts });
      const span = fc.tuple(fc.integer({ min: start, max: start + 131 }), fc.integer({ min: 0, max: 131 }));
      await fc.assert(
        fc.asyncProperty(
          fc.array(one, { maxLength: 20 }),
          subject,
          span,
          async (batch, asked, [fromMinute, length]) => {
            await stats.add(toBatch(batch));
            added.push(...batch);
            const toMinute = fromMinute + length;
            const isMeant = (each: SubjectCounts) =>
              each.subject === asked && each.minute >= fromMinute && each.minute < toMinute;
            const minutes: readonly MinuteCounts[] = await stats.read({ subject: asked, fromMinute, toMinute });
            expect(sumUp(minutes)).toEqual(sumUp(added.filter(isMeant)));
          },
        ),
        { numRuns: 50 },
      );
    }));
}
