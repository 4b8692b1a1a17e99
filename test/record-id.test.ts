/** Ids of records: random, and sortable where their order matters. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { systemRandom } from '../src/adapters/system.ts';
import { createRecordId, createSortableId, toMadeAtMs } from '../src/record-id.ts';

it('a random id has its prefix and 80 random bits', () => {
  const ids = Array.from({ length: 1000 }, () => createRecordId('client', systemRandom));
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids) expect(id).toMatch(/^client_[0-9a-f]{20}$/);
});

it('a sortable id tells its millisecond, sorts by it, and is another within the same', () => {
  const ms = fc.integer({ min: 0, max: 2 ** 47 });
  fc.assert(
    fc.property(ms, ms, (one, other) => {
      const [a, b] = [createSortableId('rev', one, systemRandom), createSortableId('rev', other, systemRandom)];
      expect(a).toMatch(/^rev_[0-9a-f]{24}$/);
      expect(a).not.toBe(b);
      expect([toMadeAtMs(a), toMadeAtMs(b)]).toEqual([one, other]);
      if (one !== other) expect(a < b).toBe(one < other);
    }),
  );
});
