/** How scopes, floors and session versions combine. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clockAllowanceSeconds,
  combineScopes,
  neverLifts,
  toFloor,
  toSessionVersion,
} from '../../src/revocations/scopes.ts';

const seconds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const scope = fc.record({ floor: seconds, blockedUntil: fc.oneof(seconds, fc.constant(neverLifts)) });

describe('scopes that overlap', () => {
  it('are as their highest floor and their longest block, in any order', () => {
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 5 }), (scopes) => {
        const combined = combineScopes(scopes);
        expect(combined).toEqual(combineScopes(scopes.toReversed()));
        for (const { floor, blockedUntil } of scopes) {
          expect(combined.floor).toBeGreaterThanOrEqual(floor);
          expect(combined.blockedUntil).toBeGreaterThanOrEqual(blockedUntil);
        }
        expect([0, ...scopes.map(({ floor }) => floor)]).toContain(combined.floor);
        expect([0, ...scopes.map(({ blockedUntil }) => blockedUntil)]).toContain(combined.blockedUntil);
      }),
    );
  });

  it('are nothing when there are none', () => {
    expect(combineScopes([])).toEqual({ floor: 0, blockedUntil: 0 });
  });
});

describe('a session version', () => {
  it('is the second of issue, or the lowest that no floor reaches', () => {
    fc.assert(
      fc.property(seconds, seconds, (now, floor) => {
        const version = toSessionVersion(now, floor);
        expect(version).toBeGreaterThan(floor);
        expect(version).toBeGreaterThanOrEqual(now);
        expect([now, floor + 1]).toContain(version);
      }),
    );
  });
});

describe('a floor', () => {
  it('stands above every version that an instance may have given, whose clock runs ahead by no more than allowed', () => {
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: clockAllowanceSeconds }), seconds, (now, ahead, earlierFloor) => {
        const version = toSessionVersion(now + ahead, earlierFloor);
        const floor = toFloor(now, earlierFloor);
        expect(floor).toBeGreaterThanOrEqual(version);
        expect(floor).toBeGreaterThan(earlierFloor);
      }),
    );
  });

  it('leaves room for thousands of revocations in a second, within 32 bits', () => {
    let floor = 0;
    for (let count = 0; count < 5000; count++) floor = toFloor(1_795_194_000, floor);
    expect(floor).toBe(1_795_194_000 + clockAllowanceSeconds + 4999);
  });
});
