/** Times on the wire and inside. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { futureTimeSchema, latestTimeSeconds, timeSchema, toIsoTime } from '../src/time.ts';

describe('a time', () => {
  it('goes out as RFC 3339 in UTC and comes back as it was', () => {
    expect(toIsoTime(1_795_194_000)).toBe('2026-11-20T17:00:00Z');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: latestTimeSeconds }), (seconds) => {
        expect(timeSchema.parse(toIsoTime(seconds))).toBe(seconds);
      }),
    );
  });

  it('lies between 1970 and 9999, in UTC, in both directions', () => {
    expect(toIsoTime(0)).toBe('1970-01-01T00:00:00Z');
    expect(toIsoTime(latestTimeSeconds)).toBe('9999-12-31T23:59:59Z');
    for (const seconds of [-1, latestTimeSeconds + 1, Date.UTC(2026, 10, 20), Number.MAX_SAFE_INTEGER])
      expect(() => toIsoTime(seconds)).toThrow(RangeError);
    expect(timeSchema.parse('9999-12-31T23:59:59.999Z')).toBe(latestTimeSeconds);
    for (const text of ['1969-12-31T23:59:59Z', '1970-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01'])
      expect(timeSchema.safeParse(text).success).toBe(false);
  });

  it('to come is after the present second, and each time that is none has one problem', () => {
    const now = 1_795_194_000;
    const toCome = futureTimeSchema(now);
    expect(toCome.parse(toIsoTime(now + 1))).toBe(now + 1);
    const problems = (value: unknown) => toCome.safeParse(value).error?.issues.map(({ message }) => message);
    for (const seconds of [0, now - 1, now]) expect(problems(toIsoTime(seconds))).toEqual(['must be in the future']);
    for (const value of ['yesterday', '1969-12-31T23:59:59Z', undefined, null, 0, {}]) {
      expect(problems(value)).toHaveLength(1);
      expect(problems(value)).not.toEqual(['must be in the future']);
    }
  });

  it('is rounded down to the second', () => {
    expect(timeSchema.parse('2026-11-20T17:00:00.999Z')).toBe(1_795_194_000);
  });

  it.each([
    '',
    'now',
    '2026-11-20',
    '2026-11-20T17:00:00',
    '2026-11-20 17:00:00Z',
    '2026-13-20T17:00:00Z',
    '2026-02-30T17:00:00Z',
    '1795194000',
    1_795_194_000,
    null,
  ])('is not %j', (text) => {
    expect(timeSchema.safeParse(text).success).toBe(false);
  });
});
