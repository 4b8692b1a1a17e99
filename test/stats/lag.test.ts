/** The lag of deliveries: counted in ranges, and what can be told of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lagBoundsMs, toLag, toLagCounts } from '../../src/stats/lag.ts';
import { addCounts, type Counts } from '../../src/stats/record.ts';

const lagOf = (seconds: readonly number[]) => toLag(seconds.map(toLagCounts).reduce<Counts>(addCounts, {}));

describe('the lag', () => {
  it('of nothing is told by nothing', () => {
    expect(lagOf([])).toEqual({ count: 0, meanMs: null, p50Ms: null, p99Ms: null, maxMs: null });
  });

  it('is told by its mean, its longest, and ends of ranges that most do not exceed', () => {
    expect(lagOf([0.08, 0.12, 0.2, 4.5])).toEqual({ count: 4, meanMs: 1225, p50Ms: 250, p99Ms: 4500, maxMs: 4500 });
    expect(lagOf([5000, 9000])).toEqual({
      count: 2,
      meanMs: 7_000_000,
      p50Ms: 9_000_000,
      p99Ms: 9_000_000,
      maxMs: 9_000_000,
    });
  });

  it('is none where a clock is behind', () => {
    expect(lagOf([-3, 0])).toEqual({ count: 2, meanMs: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 });
  });

  it('that is told is never exceeded by more than it says, and lies in the same range as the true one', () => {
    const lags = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(lags, (lagsMs) => {
        const { count, meanMs, p50Ms, p99Ms, maxMs } = lagOf(lagsMs.map((ms) => ms / 1000));
        const sorted = lagsMs.toSorted((a, b) => a - b);
        expect([count, maxMs]).toEqual([lagsMs.length, sorted.at(-1)]);
        expect(meanMs).toBe(Math.round(lagsMs.reduce((sum, ms) => sum + ms, 0) / count));
        for (const [told, share] of [
          [p50Ms, 0.5],
          [p99Ms, 0.99],
        ] as const) {
          const truth = sorted[Math.ceil(count * share) - 1] ?? Number.NaN;
          expect(told).toBeGreaterThanOrEqual(truth);
          const rangeOf = (ms: number) => lagBoundsMs.findIndex((bound) => ms <= bound);
          expect(rangeOf(told ?? Number.NaN)).toBe(rangeOf(truth));
        }
      }),
    );
  });
});
