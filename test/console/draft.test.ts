/** What is odd about a policy, as the editor says it. */
import { describe, expect, it } from 'vitest';
import { emptyDraft, findConflicts, toBody, toDraft } from '../../src/console/pages/policies/draft.ts';

describe('a policy that is written', () => {
  it('has no conflict where it restricts nothing, or just one thing', () => {
    expect(findConflicts(emptyDraft)).toEqual([]);
    expect(findConflicts({ ...emptyDraft, allowedCountries: ['DE'] })).toEqual([]);
    expect(findConflicts({ ...emptyDraft, blockedCountries: ['DE'] })).toEqual([]);
  });

  it.each([
    ['allowed and blocked', { allowedCountries: ['DE', 'FR'], blockedCountries: ['DE'] }, 'DE: both'],
    ['all allowed are blocked', { allowedCountries: ['DE'], blockedCountries: ['DE'] }, 'Nobody may watch'],
    ['blocked beside allowed', { allowedCountries: ['DE'], blockedCountries: ['CN'] }, 'says nothing more'],
    ['unknown let pass', { blockedCountries: ['CN'], unknownCountry: 'allow' as const }, 'hides their country'],
    ['strict without pages', { strictOriginEnforcement: true }, 'no page is named'],
    ['longer than the longest', { tokenTtlSeconds: 300, maxTokenTtlSeconds: 120 }, 'longest life'],
  ])('is told of: %s', (_, fields, message) => {
    expect(findConflicts({ ...emptyDraft, ...fields }).join('\n')).toContain(message);
  });

  it('keeps what the editor has no field for', () => {
    const policy = { ...toBody(emptyDraft), id: 'eu', opensAt: '2026-12-01T20:00:00Z', maxConcurrentSessions: 2 };
    const { id, ...sent } = policy;
    expect(toBody(toDraft(policy as Parameters<typeof toDraft>[0]))).toEqual(sent);
    expect(id).toBe('eu');
  });
});
