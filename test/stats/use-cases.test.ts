/** Reading statistics: step by step, with zeros where nothing was counted, and a total that is the sum of the steps. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import type { Result } from '../../src/errors.ts';
import { type Counts, type Subject, toMinute } from '../../src/stats/record.ts';
import { createStats, type Stats } from '../../src/stats/use-cases.ts';
import { toBatch } from '../support/counting.ts';
import { nowSeconds, toChannelArn } from '../support/records.ts';

const news = toChannelArn('news');
const now = nowSeconds();
const thisMinute = toMinute(now);
const noLag = { count: 0, meanMs: null, p50Ms: null, p99Ms: null, maxMs: null };

let store: SqliteStore;
let read: (request: { from?: number; to?: number; step?: number; channelArn?: typeof news }) => Promise<Result<Stats>>;
beforeEach(() => {
  store = createSqliteStore(':memory:');
  const stats = createStats({ stats: store.stats, clock: { nowMs: () => now * 1000 } });
  read = (request) => stats.read({ step: 1, ...request });
});
afterEach(() => store.close());

const add = (minutesAgo: number, counts: Counts, subject: Subject = 'all') =>
  store.stats.add(toBatch([{ minute: thisMinute - minutesAgo, subject, counts }]));

async function readWell(request: Parameters<typeof read>[0]): Promise<Stats> {
  const answered = await read(request);
  if (!answered.ok) throw new Error(answered.code);
  return answered.value;
}

describe('statistics', () => {
  it('have an item for each step, zeros among them, and the last one may be shorter', async () => {
    await add(0, { issued: 1 });
    await add(3, { issued: 2, viewer_blocked: 1 });
    await add(4, { channel_closed: 4, 'lag:250': 1, 'lag:ms': 200, 'lag:max': 200 });
    const from = (thisMinute - 4) * 60;
    const zero = { issued: 0, refused: {}, lag: noLag };
    expect(await readWell({ from, step: 2 })).toEqual({
      ...{ from, to: (thisMinute + 1) * 60, stepSeconds: 120, channelArn: null, unnamed: null },
      items: [
        {
          ...{ at: from, issued: 2, refused: { channel_closed: 4, viewer_blocked: 1 } },
          lag: { count: 1, meanMs: 200, p50Ms: 200, p99Ms: 200, maxMs: 200 },
        },
        { ...zero, at: from + 120 },
        { ...zero, at: from + 240, issued: 1 },
      ],
      total: {
        ...{ issued: 3, refused: { channel_closed: 4, viewer_blocked: 1 } },
        lag: { count: 1, meanMs: 200, p50Ms: 200, p99Ms: 200, maxMs: 200 },
      },
    });
  });

  it('of a channel are its own, and say how much was counted by no name', async () => {
    await add(1, { issued: 9, viewer_blocked: 9 });
    await add(1, { issued: 2 }, news);
    await add(1, { issued: 3, viewer_blocked: 1, 'lag:100': 1 }, 'other');
    expect(await readWell({ channelArn: news })).toMatchObject({
      ...{ channelArn: news, unnamed: 4, total: { issued: 2, refused: {} } },
    });
    expect(await readWell({ channelArn: toChannelArn('quiet') })).toMatchObject({ total: { issued: 0 }, unnamed: 4 });
  });

  it('are refused for a time that is not kept', async () => {
    expect(await read({ from: now - 49 * 3600, step: 60 })).toMatchObject({ ok: false, code: 'invalid_request' });
  });

  it('add up to the same in whatever steps', async () => {
    const minutes = fc.array(fc.tuple(fc.integer({ min: 0, max: 2879 }), fc.integer({ min: 1, max: 9 })), {
      maxLength: 20,
    });
    let issued = 0;
    await fc.assert(
      fc.asyncProperty(minutes, fc.integer({ min: 2, max: 2880 }), async (counted, step) => {
        for (const [minutesAgo, count] of counted) {
          await add(minutesAgo, { issued: count });
          issued += count;
        }
        const { items, total } = await readWell({ from: (thisMinute - 2879) * 60, step });
        expect(items.length).toBe(Math.ceil(2880 / step));
        expect(items.reduce((sum, item) => sum + item.issued, 0)).toBe(issued);
        expect(total.issued).toBe(issued);
      }),
      { numRuns: 50 },
    );
  });
});
