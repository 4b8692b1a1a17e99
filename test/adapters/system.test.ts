/** The machine's clock, randomness and hashes. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock, systemHashing, systemRandom } from '../../src/adapters/system.ts';

describe('the clock', () => {
  it('counts unix milliseconds', () => {
    expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1000);
  });
});

describe('randomness', () => {
  it('gives version 4 UUIDs and as many bytes as are asked for, different each time', () => {
    expect(systemRandom.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(systemRandom.bytes(32)).toHaveLength(32);
    const drawn = Array.from(
      { length: 100 },
      () => Buffer.from(systemRandom.bytes(10)).toString('hex') + systemRandom.uuid(),
    );
    expect(new Set(drawn).size).toBe(100);
  });
});

describe('hashes', () => {
  it('are SHA-256 in hex, and HMAC-SHA-256 in bytes (RFC 4231, test case 2)', () => {
    expect(systemHashing.sha256('abc')).toBe(createHash('sha256').update('abc').digest('hex'));
    const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    expect(Buffer.from(systemHashing.hmacSha256('Jefe', 'what do ya want for nothing?')).toString('hex')).toBe(
      expected,
    );
  });

  it('are equal exactly when they are the same', () => {
    const hex = fc.stringMatching(/^[0-9a-f]{0,70}$/);
    fc.assert(
      fc.property(hex, hex, fc.nat(), (one, other, index) => {
        expect(systemHashing.equals(one, other)).toBe(one === other);
        expect(systemHashing.equals(one, one)).toBe(true);
        const place = index % (one.length + 1);
        expect(systemHashing.equals(one, `${one.slice(0, place)}x${one.slice(place + 1)}`)).toBe(false);
      }),
    );
  });
});
