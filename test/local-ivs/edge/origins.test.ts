/** Which origins match which patterns. */
import { expect, it } from 'vitest';
import { allowsOrigin, matchesOrigin } from '../../../src/local-ivs/edge/origins.ts';

it.each([
  ['https://tv.example', 'https://tv.example'],
  ['https://tv.example:8443', 'https://tv.example:8443'],
  ['https://TV.example', 'https://tv.example'],
  [' https://tv.example ', 'https://tv.example'],
  ['https://*.example.com', 'https://a.example.com'],
  ['https://*.example.com', 'https://a.b.example.com'],
  ['https://*.example.com:8443', 'https://a.example.com:8443'],
  ['https://*', 'https://tv.example'],
  ['https://*', 'https://tv.example:8443'],
  ['http://*', 'http://127.0.0.1:8787'],
  ['*', 'https://tv.example'],
  ['*', 'null'],
])('"%s" matches %s', (pattern, origin) => {
  expect(matchesOrigin([pattern], origin)).toBe(true);
});

it.each([
  ['https://tv.example', 'http://tv.example'],
  ['https://tv.example', 'https://tv.example:8443'],
  ['https://tv.example', 'https://tv.example.evil.example'],
  ['https://tv.example/', 'https://tv.example'],
  ['tv.example', 'https://tv.example'],
  ['https://*.example.com', 'https://example.com'],
  ['https://*.example.com', 'https://evil-example.com'],
  ['https://*.example.com', 'https://a.example.com:8443'],
  ['https://*.example.com', 'http://a.example.com'],
  ['https://*.example.com', 'https://evil.example/.example.com'],
  ['https://*.example.com', 'https://user@.example.com'],
  ['https://a.*.com', 'https://a.b.com'],
  ['https://*', 'null'],
  ['', 'https://tv.example'],
  ['', ''],
])('"%s" does not match %s', (pattern, origin) => {
  expect(matchesOrigin([pattern], origin)).toBe(false);
});

it('needs one match among many', () => {
  expect(matchesOrigin(['https://a.example', 'https://b.example'], 'https://b.example')).toBe(true);
  expect(matchesOrigin([], 'https://b.example')).toBe(false);
});

it('lets a request without an Origin pass unless enforcement is strict', () => {
  expect([allowsOrigin(['https://a.example'], false), allowsOrigin(['https://a.example'], true)]).toEqual([
    true,
    false,
  ]);
  expect([allowsOrigin(undefined, false), allowsOrigin(undefined, true)]).toEqual([true, false]);
  expect(allowsOrigin(undefined, true, 'https://any.example')).toBe(true);
});
