/** Which records are written when the state changes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toChanges } from '../../../src/local-ivs/state/changes.ts';
import { type Data, emptyData, withRecord } from '../../../src/local-ivs/state/data.ts';
import type { UsedId } from '../../../src/local-ivs/state/records.ts';

const withUsedId = (data: Data, channelArn: string, uuid: string, forgetAtMs: number | undefined): Data => ({
  ...data,
  usedIds: withRecord<UsedId>(
    data.usedIds,
    channelArn,
    uuid,
    forgetAtMs === undefined ? undefined : { channelArn, uuid, forgetAtMs },
  ),
});

/** One record put, or taken out when it has no time. */
interface Step {
  readonly group: string;
  readonly key: string;
  readonly forgetAtMs: number | undefined;
}

const step: fc.Arbitrary<Step> = fc.record({
  group: fc.constantFrom('a', 'b', 'c'),
  key: fc.constantFrom('1', '2', '3'),
  forgetAtMs: fc.option(fc.nat(3), { nil: undefined }),
});
const steps = fc.array(step, { maxLength: 12 });

/** What some steps, in their order, make of the state. */
function run(before: Data, taken: readonly Step[]): Data {
  return taken.reduce((data, { group, key, forgetAtMs }) => withUsedId(data, group, key, forgetAtMs), before);
}

describe('the changes from one moment to another', () => {
  it('are one for one record, however many there are', () => {
    const before = Array.from({ length: 50 }).reduce<Data>(
      (data, _, index) => withUsedId(data, 'a', `${index}`, 1),
      emptyData,
    );
    const record = { channelArn: 'a', uuid: '7', forgetAtMs: 2 };
    expect(toChanges(before, withUsedId(before, 'a', '7', 2))).toEqual([
      { table: 'usedIds', group: 'a', key: '7', record },
    ]);
    expect(toChanges(before, before)).toEqual([]);
  });

  it('make the later moment of the earlier one, and are none for what is the same', () => {
    fc.assert(
      fc.property(steps, steps, (first, second) => {
        const before = run(emptyData, first);
        const after = run(before, second);
        const made = toChanges(before, after).reduce((data, { group, key, record }) => {
          expect(before.usedIds.get(group)?.get(key)).not.toBe(record);
          return withUsedId(data, group, key, record && 'forgetAtMs' in record ? record.forgetAtMs : undefined);
        }, before);
        expect(made).toEqual(after);
      }),
    );
  });
});
