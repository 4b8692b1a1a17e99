/** Times as people type them, and as they are told. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration, toDistance, toMoment } from '../../src/cli/duration.ts';

describe('a duration', () => {
  it('is a count of seconds, minutes, hours or days', () => {
    expect(['90s', '30m', '2h', '7d'].map(parseDuration)).toEqual([90_000, 1_800_000, 7_200_000, 604_800_000]);
  });

  it.each(['', '2', 'h', '0h', '-1h', '2 h', '1.5h', '2w', '9999999s'])('is not "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow('write 90s, 30m, 2h or 7d');
  });

  it('leads to a moment to the second', () => {
    expect(toMoment(Date.parse('2026-11-27T15:00:00.900Z'), '2h')).toBe('2026-11-27T17:00:00Z');
  });

  it('is told in the largest unit that fits, before and after', () => {
    const unit = fc.constantFrom(['s', 1_000, 59], ['m', 60_000, 59], ['h', 3_600_000, 23], ['d', 86_400_000, 400]);
    fc.assert(
      fc.property(unit, fc.integer({ min: 1, max: 400 }), ([name, ms, max], count) => {
        fc.pre(count <= Number(max));
        const at = (sign: number) => new Date(1e12 + sign * count * Number(ms)).toISOString();
        expect(toDistance(at(1), 1e12)).toBe(`in ${count} ${name}`);
        expect(toDistance(at(-1), 1e12)).toBe(`${count} ${name} ago`);
      }),
    );
  });
});
