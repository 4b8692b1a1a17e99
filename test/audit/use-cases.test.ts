/** Which entries are found by which filter, page by page, however many lie between them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { toAuditDraft } from '../../src/audit/record.ts';
import type { AuditFilter } from '../../src/audit/request.ts';
import { createAudit } from '../../src/audit/use-cases.ts';

const actors = ['ann', 'ben'] as const;
const actions = ['channel.put', 'channel.patch', 'policy.put'] as const;
const targets = ['t1', 't2'] as const;
const entryArbitrary = fc.record({
  actor: fc.constantFrom(...actors),
  action: fc.constantFrom(...actions),
  target: fc.constantFrom(...targets),
  about: fc.subarray([...targets]),
});
const filterArbitrary: fc.Arbitrary<AuditFilter> = fc.record(
  {
    actor: fc.constantFrom(...actors),
    action: fc.constantFrom(...actions, 'channel', 'policy', 'chan'),
    target: fc.constantFrom(...targets),
  },
  { requiredKeys: [] },
);

describe('the audit', () => {
  it('gives every entry that matches once, the newest first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entryArbitrary, { maxLength: 40 }),
        filterArbitrary,
        fc.integer({ min: 1, max: 7 }),
        async (written, filter, limit) => {
          const store = createSqliteStore(':memory:');
          for (const { actor, ...change } of written)
            await store.audit.append('change', toAuditDraft({ actor, from: null, requestId: null }, change));
          const audit = createAudit(store);
          const found: unknown[] = [];
          let cursor: string | undefined;
          do {
            const page = await audit.list({ ...filter, limit, cursor });
            expect(page.items.length).toBeLessThanOrEqual(limit);
            found.push(...page.items.map(({ actor, action, target, about }) => ({ actor, action, target, about })));
            cursor = page.nextCursor;
          } while (cursor !== undefined);
          const expected = written.filter(
            ({ actor, action, target, about }) =>
              (filter.actor ?? actor) === actor &&
              (filter.action === undefined || action === filter.action || action.split('.')[0] === filter.action) &&
              (filter.target === undefined || [target, ...about].some((id) => id === filter.target)),
          );
          expect(found).toEqual(expected.toReversed());
          const all: unknown[] = [];
          for await (const { actor, action, target, about } of audit.listAll(filter))
            all.push({ actor, action, target, about });
          expect(all).toEqual(found);
          await store.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ends a page after so many looks, and goes on with the next one', async () => {
    const store = createSqliteStore(':memory:');
    const ann = { actor: 'ann', from: null, requestId: null };
    await store.audit.append('change', toAuditDraft(ann, { action: 'a.b', target: 'rare' }));
    for (let count = 0; count < 2100; count++)
      await store.audit.append('change', toAuditDraft(ann, { action: 'a.b', target: 'usual' }));
    const audit = createAudit(store);
    const first = await audit.list({ target: 'rare', limit: 10 });
    expect(first.items).toEqual([]);
    const second = await audit.list({ target: 'rare', limit: 10, cursor: first.nextCursor });
    expect(second.items).toHaveLength(1);
    await store.close();
  });
});
