/** Rates as settings state them, and what they come to in time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRate, toTerms } from '../../src/limits/rate.ts';

describe('a rate as a text', () => {
  it.each([
    ['120/60s', { tokens: 120, perSeconds: 60 }],
    ['120/60s,20', { tokens: 120, perSeconds: 60, burst: 20 }],
    ['1000000/86400s', { tokens: 1_000_000, perSeconds: 86_400 }],
  ])('%s is read', (text, expected) => {
    expect(parseRate(text)).toEqual(expected);
  });

  it.each(['', 'off', '120', '120/60', '0/60s', '120/0s', '120/60s,121', '-1/60s', ' 120/60s', '1e3/60s', '120/60s,'])(
    '"%s" is refused',
    (text) => {
      expect(parseRate(text)).toBeUndefined();
    },
  );
});

describe('what a rate comes to', () => {
  it('is never more than it says, and hardly less', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 86_400 }), (tokens, perSeconds) => {
        const { intervalMicros, spanMicros } = toTerms({ tokens, perSeconds });
        expect(Number.isInteger(intervalMicros)).toBe(true);
        expect(intervalMicros * tokens).toBeGreaterThanOrEqual(perSeconds * 1_000_000);
        expect((intervalMicros - 1) * tokens).toBeLessThan(perSeconds * 1_000_000);
        expect(spanMicros).toBe(intervalMicros * tokens);
      }),
    ));
});
