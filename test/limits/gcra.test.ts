/** The algorithm of rate limits: never too many in any time, whatever the times of asking, and harmless when a clock is set back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockSetBackMicros, spend } from '../../src/limits/gcra.ts';
import { type Rate, rateSchema, toTerms } from '../../src/limits/rate.ts';

const start = 1_795_194_000_000_000;
const second = 1_000_000;

const rate: fc.Arbitrary<Rate> = fc
  .record({ tokens: fc.integer({ min: 1, max: 2000 }), perSeconds: fc.integer({ min: 1, max: 3600 }) })
  .chain((stated) => fc.record({ ...toConstants(stated), burst: fc.integer({ min: 1, max: stated.tokens }) }));

function toConstants(stated: Pick<Rate, 'tokens' | 'perSeconds'>) {
  return { tokens: fc.constant(stated.tokens), perSeconds: fc.constant(stated.perSeconds) };
}

/** What passes between one asking and the next, in shares of what a token takes: mostly little. */
const pauses = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3, noNaN: true })), { maxLength: 300 });

/** When tokens were let through, of those asked for at these times. */
function letThrough(times: readonly number[], terms: ReturnType<typeof toTerms>): number[] {
  let spentUntil = 0;
  return times.filter((now) => {
    const spending = spend(spentUntil, now, terms);
    spentUntil = spending.isAllowed ? spending.spentUntil : spentUntil;
    return spending.isAllowed;
  });
}

function toTimes(shares: readonly number[], interval: number): number[] {
  let now = start;
  return shares.map((share) => (now += Math.floor(share * interval)));
}

describe('a rate', () => {
  it('lets no more through in any time than a burst and what it has in that time', () =>
    fc.assert(
      fc.property(rate, pauses, (stated, shares) => {
        const terms = toTerms(stated);
        const through = letThrough(toTimes(shares, terms.intervalMicros), terms);
        const burst = stated.burst ?? stated.tokens;
        for (const [first, from] of through.entries())
          for (let last = first; last < through.length; last++) {
            const micros = Number(through[last]) - from;
            expect(last - first + 1).toBeLessThanOrEqual(burst + Math.floor(micros / terms.intervalMicros));
            expect(last - first + 1).toBeLessThanOrEqual(
              burst + (micros * stated.tokens) / (stated.perSeconds * second),
            );
          }
      }),
      { numRuns: 60 },
    ));

  it('lets a whole burst through at once, and no more', () =>
    fc.assert(
      fc.property(rate, (stated) => {
        const burst = stated.burst ?? stated.tokens;
        const times = Array.from({ length: burst + 10 }, () => start);
        expect(letThrough(times, toTerms(stated))).toHaveLength(burst);
      }),
    ));

  it('lets as many through as it says to who asks again and again', () => {
    const terms = toTerms({ tokens: 60, perSeconds: 60, burst: 5 });
    const times = Array.from({ length: 36_000 }, (_, tenth) => start + (tenth * second) / 10);
    expect(letThrough(times, terms)).toHaveLength(5 + 3599);
  });

  it('says truly how many more there are, and how long until there is one more', () =>
    fc.assert(
      fc.property(rate, pauses, (stated, shares) => {
        const terms = toTerms(stated);
        let spentUntil = 0;
        for (const now of toTimes(shares, terms.intervalMicros)) {
          const spending = spend(spentUntil, now, terms);
          const { remaining, untilMoreMicros } = spending;
          expect(untilMoreMicros).toBeGreaterThan(0);
          expect(untilMoreMicros).toBeLessThanOrEqual(terms.intervalMicros);
          expect(countMore(spending.spentUntil, now, terms)).toBe(remaining);
          expect(countMore(spending.spentUntil, now + untilMoreMicros, terms)).toBe(remaining + 1);
          expect(countMore(spending.spentUntil, now + untilMoreMicros - 1, terms)).toBe(remaining);
          if (spending.isAllowed) spentUntil = spending.spentUntil;
          else expect(remaining).toBe(0);
        }
      }),
      { numRuns: 30 },
    ));
});

/** How many come through at once from here. */
function countMore(from: number, now: number, terms: ReturnType<typeof toTerms>): number {
  let [count, spentUntil] = [0, from];
  for (;;) {
    const spending = spend(spentUntil, now, terms);
    if (!spending.isAllowed) return count;
    count++;
    spentUntil = spending.spentUntil;
  }
}

describe('a clock that is set back', () => {
  const anyTime = fc.integer({ min: 0, max: 100 * 86_400 * second });

  it('keeps nobody waiting for longer than a token takes, or than clocks may be apart', () =>
    fc.assert(
      fc.property(rate, fc.integer({ min: 0, max: 50 }), anyTime, (stated, before, back) => {
        const terms = toTerms(stated);
        let spentUntil = 0;
        for (let count = 0; count < before; count++) {
          const spending = spend(spentUntil, start, terms);
          if (spending.isAllowed) spentUntil = spending.spentUntil;
        }
        const longest = terms.intervalMicros + clockSetBackMicros;
        const spending = spend(spentUntil, start - back + longest, terms);
        expect(spending.isAllowed).toBe(true);
        // From there on it is as if it had never been otherwise.
        expect(spending.spentUntil).toBeLessThanOrEqual(start - back + longest + terms.spanMicros + clockSetBackMicros);
      }),
    ));

  it('is believed by no more than one token when it was set back far', () => {
    const terms = toTerms({ tokens: 5, perSeconds: 60 });
    const spending = spend(start + 3600 * second, start, terms);
    expect(spending).toMatchObject({ isAllowed: true, remaining: 0, spentUntil: start + terms.spanMicros });
  });
});

describe('what a rate may be', () => {
  it.each([
    [{ tokens: 0, perSeconds: 60 }],
    [{ tokens: 1_000_001, perSeconds: 60 }],
    [{ tokens: 1.5, perSeconds: 60 }],
    [{ tokens: 1, perSeconds: 0 }],
    [{ tokens: 1, perSeconds: 86_401 }],
    [{ tokens: 10, perSeconds: 60, burst: 0 }],
    [{ tokens: 10, perSeconds: 60, burst: 11 }],
    [{ tokens: 10, perSeconds: 60, window: 1 }],
  ])('is not %j', (stated) => {
    expect(rateSchema.safeParse(stated).success).toBe(false);
  });
});
