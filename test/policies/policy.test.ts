/** What an operator may write as a policy, and what is filled in. */
import { describe, expect, it } from 'vitest';
import { defaultPolicy, policyBodySchema } from '../../src/policies/policy.ts';

describe('a policy', () => {
  it('restricts nothing when nothing is said', () => {
    expect(policyBodySchema.parse({})).toEqual({
      allowedCountries: [],
      blockedCountries: [],
      unknownCountry: 'deny',
      allowedOrigins: [],
      strictOriginEnforcement: false,
      singleUse: false,
      tokenTtlSeconds: 120,
      maxTokenTtlSeconds: 570,
    });
    expect(defaultPolicy).toEqual(policyBodySchema.parse({}));
  });

  it('turns its hours into unix seconds, whatever their offset', () => {
    const { opensAt, closesAt } = policyBodySchema.parse({
      opensAt: '2026-11-20T18:00:00+01:00',
      closesAt: '2026-11-20T17:00:00.900-01:00',
    });
    expect([opensAt, closesAt]).toEqual([1_795_194_000, 1_795_197_600]);
  });

  const manyOrigins = (count: number) => Array.from({ length: count }, (_, index) => `https://tv${index}.example`);
  const longOrigins = (length: number) => {
    const whole = Math.floor((length + 1) / 101);
    const origins = Array.from({ length: whole }, () => `https://${'a'.repeat(40)}.${'b'.repeat(43)}.example`);
    const rest = length - origins.join(',').length - 1;
    return rest > 0 ? [...origins, `https://${'c'.repeat(rest - 8)}`] : origins;
  };

  it.each([
    [{ allowedCountries: ['DE', 'AT'], blockedCountries: ['US'] }],
    [{ allowedOrigins: manyOrigins(30) }],
    [{ allowedOrigins: manyOrigins(5), strictOriginEnforcement: true }],
    [{ allowedOrigins: longOrigins(1000) }],
    [{ tokenTtlSeconds: 570, maxTokenTtlSeconds: 570 }],
    [{ tokenTtlSeconds: 1, maxTokenTtlSeconds: 1 }],
    [{ opensAt: '2026-11-20T17:00:00Z', closesAt: '2026-11-20T17:00:01Z' }],
    [{ maximumResolution: 'FULL_HD', singleUse: true, unknownCountry: 'allow' }],
  ])('may be %j', (body) => {
    expect(policyBodySchema.safeParse(body).success).toBe(true);
  });

  it.each<[string, unknown]>([
    ['allowedCountries.1', { allowedCountries: ['DE', 'XX'] }],
    ['blockedCountries.0', { blockedCountries: ['de'] }],
    ['allowedCountries', { allowedCountries: Array.from({ length: 201 }, () => 'DE') }],
    ['blockedCountries', { blockedCountries: Array.from({ length: 201 }, () => 'DE') }],
    ['unknownCountry', { unknownCountry: 'maybe' }],
    ['allowedOrigins.0', { allowedOrigins: ['https://tv.example/path'] }],
    ['allowedOrigins', { allowedOrigins: manyOrigins(6), strictOriginEnforcement: true }],
    ['allowedOrigins', { strictOriginEnforcement: true }],
    ['allowedOrigins', { allowedOrigins: longOrigins(1001) }],
    ['maximumResolution', { maximumResolution: '4K' }],
    ['singleUse', { singleUse: 'yes' }],
    ['tokenTtlSeconds', { tokenTtlSeconds: 0 }],
    ['tokenTtlSeconds', { tokenTtlSeconds: 1.5 }],
    ['tokenTtlSeconds', { tokenTtlSeconds: 571 }],
    ['tokenTtlSeconds', { tokenTtlSeconds: 61, maxTokenTtlSeconds: 60 }],
    ['tokenTtlSeconds', { maxTokenTtlSeconds: 60 }],
    ['maxTokenTtlSeconds', { maxTokenTtlSeconds: 600 }],
    ['opensAt', { opensAt: 'tomorrow' }],
    ['opensAt', { opensAt: 1_795_194_000 }],
    ['closesAt', { closesAt: '2026-11-20T17:00:00' }],
    ['closesAt', { opensAt: '2026-11-20T17:00:00Z', closesAt: '2026-11-20T17:00:00Z' }],
    ['', { countries: ['DE'] }],
  ])('may not be wrong at %j: %j', (path, body) => {
    const paths = policyBodySchema.safeParse(body).error?.issues.map((issue) => issue.path.join('.'));
    expect(new Set(paths)).toEqual(new Set([path]));
  });
});
