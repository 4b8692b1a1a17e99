/** How large an entry of the audit may become, and what it says when something is left out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAuditDraft } from '../../src/audit/record.ts';
import { byAnn } from '../support/author.ts';

const draft = (after: Record<string, unknown>) => toAuditDraft(byAnn, { action: 'policy.put', target: 'p', after });

describe('an entry', () => {
  it('has what it was given, and says that it was done when nothing else is said', () => {
    expect(draft({ a: [1] })).toEqual({
      ...{ ...byAnn, action: 'policy.put', target: 'p', about: [], before: null, after: { a: [1] }, result: 'done' },
    });
  });

  it('says how long a field was that is too long for it', () => {
    const long = 'x'.repeat(3000);
    expect(draft({ long, short: 1 }).after).toEqual({ long: { omittedCharacters: 3002 }, short: 1 });
  });

  it('stays in its bounds, whatever was changed', () => {
    const fields = fc.dictionary(fc.string({ maxLength: 20 }), fc.string({ maxLength: 5000 }), { maxKeys: 30 });
    fc.assert(
      fc.property(fields, (after) => {
        const kept = Object.values(draft(after).after ?? {}).filter((value) => typeof value === 'string');
        expect(JSON.stringify(kept).length).toBeLessThan(8192 + 60);
      }),
    );
  });
});
