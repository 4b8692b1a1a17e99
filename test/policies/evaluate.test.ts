/** Whom a policy lets in: every combination of its countries, its origins as browsers send them, its hours to the second. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ViewerPlace } from '../../src/access/viewer.ts';
import { countryCodeSchema, originPatternSchema, originSchema } from '../../src/ids.ts';
import { evaluateCountry, evaluateHours, evaluateOrigin, matchesOrigin } from '../../src/policies/evaluate.ts';
import { policyRequestSchema } from '../../src/policies/request.ts';

const noon = 1_795_176_000;
const evaluate = (body: unknown, place: ViewerPlace = {}, now = noon) => {
  const policy = policyRequestSchema(0).parse(body);
  return evaluateHours(policy, now) ?? evaluateCountry(policy, place.country) ?? evaluateOrigin(policy, place);
};
const from = (country: string): ViewerPlace => ({ country: countryCodeSchema.parse(country) });
const at = (origin: string): ViewerPlace => ({ origin: originSchema.parse(origin) });

describe('countries', () => {
  const lists = [
    { allowedCountries: [], blockedCountries: [] },
    { allowedCountries: ['DE'], blockedCountries: [] },
    { allowedCountries: [], blockedCountries: ['DE'] },
    { allowedCountries: ['DE', 'FR'], blockedCountries: ['DE'] },
  ];
  const [none, allowed, blocked, both] = lists;
  it.each([
    [none, 'DE', undefined],
    [none, undefined, undefined],
    [allowed, 'DE', undefined],
    [allowed, 'FR', 'country_not_allowed'],
    [allowed, undefined, 'country_unknown'],
    [blocked, 'DE', 'country_not_allowed'],
    [blocked, 'FR', undefined],
    [blocked, undefined, 'country_unknown'],
    [both, 'DE', 'country_not_allowed'],
    [both, 'FR', undefined],
    [both, 'US', 'country_not_allowed'],
    [both, undefined, 'country_unknown'],
  ])('%j judge a viewer from %s: %s', (policy, country, denial) => {
    const place = country === undefined ? {} : from(country);
    expect(evaluate(policy, place)).toBe(denial);
    expect(evaluate({ ...policy, unknownCountry: 'allow' }, place)).toBe(country === undefined ? undefined : denial);
  });
});

describe('origins', () => {
  const policy = { allowedOrigins: ['https://tv.example', 'https://*.shop.example', 'http://*.dev.example:8080'] };

  it.each(['https://tv.example', 'https://www.shop.example', 'https://a.b.shop.example', 'http://x.dev.example:8080'])(
    'let %s in',
    (origin) => {
      expect(evaluate(policy, at(origin))).toBeUndefined();
    },
  );

  it.each([
    'http://tv.example',
    'https://tv.example:8443',
    'https://www.tv.example',
    'https://tv.example.evil.example',
    'https://shop.example',
    'https://.shop.example',
    'https://evilshop.example',
    'http://www.shop.example',
    'https://www.shop.example:8443',
    'https://www.shop.example.evil.example',
    'http://x.dev.example',
    'https://x.dev.example:8080',
  ])('keep %s out', (origin) => {
    expect(evaluate(policy, at(origin))).toBe('origin_not_allowed');
  });

  it('keep an opaque origin out, and let in who sends none', () => {
    expect(evaluate(policy, { origin: 'opaque' })).toBe('origin_not_allowed');
    expect(evaluate(policy, {})).toBeUndefined();
  });

  it('let everyone in when there are none', () => {
    for (const place of [at('https://any.example'), { origin: 'opaque' }, {}] as const)
      expect(evaluate({}, place)).toBeUndefined();
  });

  it('with a wildcard never match the bare domain, and always its subdomains', () => {
    const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
    fc.assert(
      fc.property(label, fc.array(label, { minLength: 1, maxLength: 3 }), (domain, labels) => {
        const pattern = originPatternSchema.parse(`https://*.${domain}.example`);
        expect(matchesOrigin(pattern, `https://${domain}.example`)).toBe(false);
        expect(matchesOrigin(pattern, `https://${labels.join('.')}.${domain}.example`)).toBe(true);
        expect(matchesOrigin(pattern, `https://${labels.join('.')}${domain}.example`)).toBe(false);
      }),
    );
  });
});

describe('hours', () => {
  const hours = { opensAt: '2026-11-20T12:00:00Z', closesAt: '2026-11-20T13:00:00Z' };
  it.each([
    [noon - 1, 'channel_closed'],
    [noon, undefined],
    [noon + 3599, undefined],
    [noon + 3600, 'channel_closed'],
  ])('open at their first second and close before their last: at %i %s', (now, denial) => {
    expect(evaluate(hours, {}, now)).toBe(denial);
  });

  it('may have only one end', () => {
    expect(evaluate({ opensAt: hours.opensAt }, {}, noon + 1e9)).toBeUndefined();
    expect(evaluate({ closesAt: hours.closesAt }, {}, 0)).toBeUndefined();
  });
});

it('of several reasons the hours come first, then the country, then the origin', () => {
  const closed = { allowedCountries: ['DE'], allowedOrigins: ['https://tv.example'], opensAt: '2027-01-01T00:00:00Z' };
  const place = { ...from('FR'), ...at('https://evil.example') };
  expect(evaluate(closed, place)).toBe('channel_closed');
  expect(evaluate({ ...closed, opensAt: undefined }, place)).toBe('country_not_allowed');
  expect(evaluate({ ...closed, opensAt: undefined, allowedCountries: [] }, place)).toBe('origin_not_allowed');
});
