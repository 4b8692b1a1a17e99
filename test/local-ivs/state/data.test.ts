import { describe, expect, it } from 'vitest';
import { withChanges } from '../../../src/local-ivs/state/data.ts';

/** A map that counts how often it is gone through, as a copy of it must. */
class CountedMap<V> extends Map<string, V> {
  copies = 0;
  override [Symbol.iterator]() {
    this.copies++;
    return super[Symbol.iterator]();
  }
}

describe('changes of many records', () => {
  it('copy the table and each group once, and leave what was as it was', () => {
    const group = new CountedMap<number>([['kept', 1]]);
    const table = new CountedMap<ReadonlyMap<string, number>>([['group', group]]);
    const changes = Array.from({ length: 20 }, (_, index) => ({
      group: 'group',
      key: `${index}`,
      toRecord: () => index,
    }));
    const changed = withChanges(table, changes);
    expect([table.copies, group.copies]).toEqual([1, 1]);
    expect(changed.get('group')?.size).toBe(21);
    expect(group.size).toBe(1);
  });

  it('see those before them, and make a group that was not there', () => {
    const plusOne = { group: 'new', key: 'a', toRecord: (before = 0) => before + 1 };
    expect(withChanges(new Map(), [plusOne, plusOne])).toEqual(new Map([['new', new Map([['a', 2]])]]));
  });
});
