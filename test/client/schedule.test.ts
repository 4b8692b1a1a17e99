/** When a token is asked for anew, whatever the clocks of a device say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAgeMs, toCondition, toRetryMs } from '../../src/client/schedule.ts';

const clock = fc.integer({ min: 0, max: 2 ** 42 });
const life = fc.integer({ min: 6, max: 570 }).map((expiresIn) => ({ expiresIn, renewAfter: expiresIn * 0.8 }));
const unit = fc.double({ min: 0, max: 1, noNaN: true });

describe('the age of a token', () => {
  it('is the time that passed, wherever the wall clock stood, and however it was set back', () => {
    fc.assert(
      fc.property(clock, clock, fc.nat(1e9), fc.nat(1e9), (monotonicMs, wallMs, passedMs, backMs) => {
        const later = { monotonicMs: monotonicMs + passedMs, wallMs: wallMs + passedMs - backMs };
        expect(toAgeMs({ monotonicMs, wallMs }, later)).toBe(passedMs);
      }),
    );
  });

  it('counts a sleep in which one of the clocks stood still', () => {
    const before = { monotonicMs: 1_000, wallMs: 1e12 };
    expect(toAgeMs(before, { monotonicMs: 1_500, wallMs: 1e12 + 1_200_000 })).toBe(1_200_000);
    expect(toAgeMs(before, { monotonicMs: 1_201_000, wallMs: 1e12 })).toBe(1_200_000);
  });
});

describe('a token', () => {
  it('is fresh, then usable, then over, and never usable in its last five seconds', () => {
    const order = ['fresh', 'usable', 'over'];
    fc.assert(
      fc.property(life, fc.nat(600_000), fc.nat(600_000), (token, one, other) => {
        const [earlier, later] = [Math.min(one, other), Math.max(one, other)];
        expect(order.indexOf(toCondition(token, earlier))).toBeLessThanOrEqual(
          order.indexOf(toCondition(token, later)),
        );
        if (later > token.expiresIn * 1000 - 5_000) expect(toCondition(token, later)).toBe('over');
        if (earlier >= token.renewAfter * 1000) expect(toCondition(token, earlier)).not.toBe('fresh');
      }),
    );
  });
});

describe('the wait after a failure', () => {
  it('is never shorter than the service asked for, nor longer than a quarter more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 3600 }),
        unit,
        (failures, seconds, random) => {
          const ms = toRetryMs(failures, seconds, random);
          expect(ms).toBeGreaterThanOrEqual(seconds * 1000);
          expect(ms).toBeLessThanOrEqual(seconds * 1250);
        },
      ),
    );
  });

  it('grows from a quarter of a second at least to 30 seconds at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), unit, (failures, random) => {
        const ms = toRetryMs(failures, undefined, random);
        expect(ms).toBeGreaterThanOrEqual(250);
        expect(ms).toBeLessThanOrEqual(30_000);
        expect(toRetryMs(failures + 1, undefined, random)).toBeGreaterThanOrEqual(ms);
      }),
    );
  });
});
