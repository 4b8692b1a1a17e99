/** How the state changes without changing what was. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type RecordChange, withChanges } from '../../../src/local-ivs/state/data.ts';

afterEach(() => vi.unstubAllGlobals());

const table = new Map([['group', new Map([['kept', 1]])]]);
const toChanges = (count: number): readonly RecordChange<number>[] =>
  Array.from({ length: count }, (_, index) => ({ group: 'group', key: `${index}`, toRecord: () => index }));

/** How many maps are made while a function runs. */
function countMaps(run: () => void): number {
  let made = 0;
  vi.stubGlobal(
    'Map',
    class<K, V> extends Map<K, V> {
      constructor(entries?: Iterable<readonly [K, V]> | null) {
        super(entries);
        made++;
      }
    },
  );
  run();
  vi.unstubAllGlobals();
  return made;
}

describe('changes of many records', () => {
  it('copy no more than the change of one does, and leave what was as it was', () => {
    const ofOne = countMaps(() => withChanges(table, toChanges(1)));
    const ofMany = countMaps(() => withChanges(table, toChanges(20)));
    expect(ofOne).toBeGreaterThan(0);
    expect(ofMany).toBe(ofOne);
    expect(withChanges(table, toChanges(20)).get('group')?.size).toBe(21);
    expect(table.get('group')?.size).toBe(1);
  });

  it('see those before them, and make a group that was not there', () => {
    const plusOne = { group: 'new', key: 'a', toRecord: (before = 0) => before + 1 };
    expect(withChanges(new Map(), [plusOne, plusOne])).toEqual(new Map([['new', new Map([['a', 2]])]]));
  });
});
