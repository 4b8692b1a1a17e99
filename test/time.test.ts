/** Times on the wire and inside. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeSchema, toIsoTime } from '../src/time.ts';

describe('a time', () => {
  it('goes out as RFC 3339 in UTC and comes back as it was', () => {
    expect(toIsoTime(1_795_194_000)).toBe('2026-11-20T17:00:00Z');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(timeSchema.parse(toIsoTime(seconds))).toBe(seconds);
      }),
    );
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
