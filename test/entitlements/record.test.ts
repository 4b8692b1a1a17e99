/** What an answer says, and how long it is believed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxLifeSeconds, parseAnswer, toLifeSeconds } from '../../src/entitlements/record.ts';

describe('an answer', () => {
  it.each([
    ['{"allowed":true}', true],
    [' {"allowed" : false}\n', false],
  ])('is %s', (body, isAllowed) => expect(parseAnswer(body)).toBe(isAllowed));

  it.each([
    ...[
      '',
      'true',
      'yes',
      '{}',
      '[]',
      'null',
      '{"allowed":"yes"}',
      '{"allowed":"true"}',
      '{"allowed":1}',
      '{"allowed":null}',
    ],
    ...[
      '{"Allowed":true}',
      '{"allowed":true,"reason":"x"}',
      '[{"allowed":true}]',
      '{"allowed":true}x',
      '<html>',
      '{"allowed":tru',
    ],
  ])('is not %s', (body) => expect(parseAnswer(body)).toBeUndefined());

  it('allows for nothing but the one text', () => {
    fc.assert(
      fc.property(fc.json(), (body) => {
        expect(parseAnswer(body) === true).toBe(/^\s*\{\s*"allowed"\s*:\s*true\s*\}\s*$/.test(body));
      }),
    );
  });
});

describe('the life of an answer', () => {
  it.each([
    ['max-age=60', 60],
    ['private, max-age=60', 60],
    ['Private, MAX-AGE=60 ', 60],
    ['max-age=0', 0],
    ['max-age=3600', 3600],
    ['max-age=99999', 3600],
    ['max-age=9999999999', 3600],
  ])('is as it says: %s', (header, seconds) => expect(toLifeSeconds(header)).toBe(seconds));

  it.each([
    ...[undefined, '', 'no-store', 'no-store, max-age=60', 'max-age=60, no-store', 'no-cache, max-age=60'],
    ...['no-cache="x", max-age=60', 'max-age', 'max-age=', 'max-age=-1', 'max-age=1.5', 'max-age=1e3', 'max-age="60"'],
    ...['max-age=60, max-age=60', 's-maxage=60', 'max-age=99999999999', 'public'],
  ])('is none with %s', (header) => expect(toLifeSeconds(header)).toBe(0));

  it('is never longer than an hour, and whole', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat().map((age) => `max-age=${age}`),
        ),
        (header) => {
          const seconds = toLifeSeconds(header);
          expect(Number.isInteger(seconds) && seconds >= 0 && seconds <= maxLifeSeconds).toBe(true);
        },
      ),
    );
  });
});
