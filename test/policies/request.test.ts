/** What an operator may write as a policy, and what is filled in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInput } from '../../src/input.ts';
import { defaultPolicy, policyRequestSchema } from '../../src/policies/request.ts';
import { fixedNowSeconds } from '../support/issuing.ts';

const schema = policyRequestSchema(fixedNowSeconds);
const problemPaths = (body: unknown) => {
  const parsed = parseInput(schema, body);
  return parsed.ok ? [] : (parsed.problems ?? []).map(({ path }) => path).toSorted();
};

describe('a policy', () => {
  it('restricts nothing when nothing is said', () => {
    expect(schema.parse({})).toEqual({
      allowedCountries: [],
      blockedCountries: [],
      unknownCountry: 'deny',
      allowedOrigins: [],
      strictOriginEnforcement: false,
      singleUse: false,
      tokenTtlSeconds: 120,
      maxTokenTtlSeconds: 570,
    });
    expect(defaultPolicy).toEqual(schema.parse({}));
  });

  it('turns its hours into unix seconds, whatever their offset', () => {
    const { opensAt, closesAt } = schema.parse({
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
    expect(schema.safeParse(body).success).toBe(true);
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
    const paths = schema.safeParse(body).error?.issues.map((issue) => issue.path.join('.'));
    expect(new Set(paths)).toEqual(new Set([path]));
  });
});

describe('a policy that is wrong in several ways', () => {
  const past = '2026-01-01T00:00:00Z';
  it.each<[unknown, string[]]>([
    [{ singleUse: 1, strictOriginEnforcement: true }, ['allowedOrigins', 'singleUse']],
    [{ singleUse: 1, tokenTtlSeconds: 61, maxTokenTtlSeconds: 60 }, ['singleUse', 'tokenTtlSeconds']],
    [{ more: 1, maxTokenTtlSeconds: 60 }, ['more', 'tokenTtlSeconds']],
    [{ more: 1, opensAt: '2027-01-02T00:00:00Z', closesAt: '2027-01-01T00:00:00Z' }, ['closesAt', 'more']],
    [{ opensAt: '2026-01-01T00:00:00Z', closesAt: '2025-01-01T00:00:00Z' }, ['closesAt', 'closesAt']],
    [{ opensAt: 'tomorrow', closesAt: past }, ['closesAt', 'opensAt']],
    [{ more: 1, closesAt: past, strictOriginEnforcement: true }, ['allowedOrigins', 'closesAt', 'more']],
    [
      { allowedCountries: ['XX'], maximumResolution: '4K', closesAt: past, maxTokenTtlSeconds: 60 },
      ['allowedCountries.0', 'closesAt', 'maximumResolution', 'tokenTtlSeconds'],
    ],
  ])('%j is told all of it at once: %j', (body, paths) => {
    expect(problemPaths(body)).toEqual(paths);
  });

  it('is refused as input and never breaks anything, whatever JSON it is', () => {
    const fields = Object.fromEntries([...Object.keys(schema.shape), 'more'].map((field) => [field, fc.jsonValue()]));
    const unprintable = fc.constant([{ toString: 1 }]);
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record(fields, { requiredKeys: [] }),
      fc.record({ allowedOrigins: unprintable, strictOriginEnforcement: fc.boolean() }),
    );
    fc.assert(
      fc.property(anything, (body) => {
        const parsed = parseInput(schema, body);
        if (!parsed.ok) expect(parsed.problems?.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes nothing over from a prototype', () => {
    expect(problemPaths(JSON.parse('{"__proto__": {"singleUse": true}}'))).toEqual(['__proto__']);
  });
});
