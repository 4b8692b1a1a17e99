/** From a subject to a viewer id: kept where it may be, hashed where it must be, and never more than 40 characters. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createViewerIdentity } from '../../src/access/viewer-identity.ts';
import { systemHashing } from '../../src/adapters/system.ts';
import { looksLikeEmailAddress, parseViewerId } from '../../src/ids.ts';
import { anyCharacter } from '../support/arbitraries.ts';
import { toViewerId } from '../support/records.ts';

const hashKey = 'a key of thirty-two characters!!';
const whenNeeded = createViewerIdentity({ mode: 'when_needed', hashKey }, systemHashing);
const always = createViewerIdentity({ mode: 'always', hashKey }, systemHashing);
const keyless = createViewerIdentity({ mode: 'when_needed', hashKey: undefined }, systemHashing);
const pseudonym = /^vh_[A-Za-z0-9_-]{36}$/;
const lookAlike = `vh_${'A'.repeat(36)}`;

describe('a subject of the identity provider', () => {
  it.each(['v-7f3a', '550e8400-e29b-41d4-a716-446655440000', 'auth0|123456', 'a'.repeat(40), 'vh_short'])(
    'is kept when it may be: %s',
    (subject) => {
      expect(whenNeeded.toViewerId(subject)).toBe(subject);
      expect(keyless.toViewerId(subject)).toBe(subject);
    },
  );

  it.each([
    ['an e-mail address', 'anna@tv.example'],
    ['long', 'a'.repeat(41)],
    ['very long', 'a'.repeat(5000)],
    ['with a space', 'anna b'],
    ['with a quote', 'anna"'],
    ['not ASCII', 'änna'],
    ['an emoji', '💥'],
    ['of control characters', '\u0000\n'],
    ['in the form of a hash', lookAlike],
  ])('is hashed when it is %s', (_, subject) => {
    expect(whenNeeded.toViewerId(subject)).toMatch(pseudonym);
    expect(keyless.toViewerId(subject)).toBeUndefined();
  });

  it('is hashed always when the operator says so', () => {
    expect(always.toViewerId('v-7f3a')).toMatch(pseudonym);
  });

  it('is hashed with HMAC-SHA-256 under the key: the same for the same, another under another key', () => {
    const expected = createHmac('sha256', hashKey)
      .update('anna@tv.example')
      .digest()
      .subarray(0, 27)
      .toString('base64url');
    expect(whenNeeded.toViewerId('anna@tv.example')).toBe(`vh_${expected}`);
    expect(always.toViewerId('anna@tv.example')).toBe(`vh_${expected}`);
    const other = createViewerIdentity({ mode: 'always', hashKey: `${hashKey}!` }, systemHashing);
    expect(other.toViewerId('anna@tv.example')).not.toBe(`vh_${expected}`);
  });

  it('gives a viewer id that a token may carry, and no two subjects the same, whatever they are', () => {
    const subject = fc.oneof(
      fc.string({ unit: anyCharacter, minLength: 1 }),
      fc.emailAddress(),
      fc.constantFrom(lookAlike, 'anna', 'Anna'),
    );
    fc.assert(
      fc.property(fc.constantFrom(whenNeeded, always), subject, subject, (identity, one, other) => {
        const [viewerId, otherId] = [identity.toViewerId(one), identity.toViewerId(other)];
        expect(parseViewerId(String(viewerId))).toBe(viewerId);
        expect(viewerId?.length).toBeLessThanOrEqual(40);
        expect(looksLikeEmailAddress(String(viewerId))).toBe(false);
        expect(viewerId === otherId).toBe(Buffer.from(one).equals(Buffer.from(other)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a viewer id that a client wrote', () => {
  it('is kept, unless the operator wants all of them hashed', () => {
    expect(whenNeeded.toClientViewerId(toViewerId('anna'))).toBe('anna');
    expect(always.toClientViewerId(toViewerId('anna'))).toBe(always.toViewerId('anna'));
  });

  it('is not hashed a second time', () => {
    const once = always.toClientViewerId(toViewerId('anna'));
    expect(always.toClientViewerId(once)).toBe(once);
  });
});

describe('whom an operator revokes', () => {
  it('is found by the viewer id in the token', () => {
    const hashed = whenNeeded.toViewerId('anna@tv.example');
    expect(whenNeeded.toRevocable('anna')).toEqual({ ok: true, value: 'anna' });
    expect(whenNeeded.toRevocable(String(hashed))).toEqual({ ok: true, value: hashed });
    expect(always.toRevocable(String(hashed))).toEqual({ ok: true, value: hashed });
  });

  it('is found by the name that the identity provider has for it', () => {
    for (const identity of [whenNeeded, always])
      for (const subject of ['anna@tv.example', 'a'.repeat(300), 'anna'])
        expect(identity.toRevocable(subject)).toEqual({ ok: true, value: identity.toViewerId(subject) });
  });

  it('is nobody when there is no key to hash a name with', () => {
    expect(keyless.toRevocable('anna@tv.example')).toMatchObject({
      ok: false,
      code: 'invalid_request',
      problems: [{ path: 'viewerId' }],
    });
    expect(keyless.toRevocable('anna')).toEqual({ ok: true, value: 'anna' });
  });
});
