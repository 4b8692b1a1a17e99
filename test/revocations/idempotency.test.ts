/** What makes two requests the same: the sender and their key; and what makes them another: what they ask. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { systemHashing } from '../../src/adapters/system.ts';
import { toCanonicalJson, toIdempotency } from '../../src/revocations/idempotency.ts';

const asked = { viewerId: 'anna', block: { until: 1 }, reason: null };
const make = (sender: string, key: string, body: unknown = asked) =>
  toIdempotency({ sender, key }, body, systemHashing);

it('the same key of the same sender is the same, and of another sender another', () => {
  expect(make('client_1', 'a')).toEqual(make('client_1', 'a'));
  const keys = [make('client_1', 'a'), make('client_2', 'a'), make('client_1', 'b'), make('client_', '1\na')];
  expect(new Set(keys.map(({ key }) => key)).size).toBe(4);
});

it('neither sender, key nor body can be read from it', () => {
  expect(JSON.stringify(make('client_1', 'secret-key'))).not.toMatch(/client_1|secret-key|anna/);
});

it('the order of fields makes no difference, at any depth, and everything else does', () => {
  const reversed = { reason: null, block: { until: 1 }, viewerId: 'anna' };
  expect(make('c', 'k', reversed)).toEqual(make('c', 'k'));
  for (const other of [{ ...asked, reason: 'x' }, { ...asked, block: {} }, { viewerId: 'anna' }, { ...asked, more: 1 }])
    expect(make('c', 'k', other).fingerprint).not.toBe(make('c', 'k').fingerprint);
});

it('canonical JSON says the same as the value, whatever JSON it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const sent = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(toCanonicalJson(sent))).toEqual(sent);
    }),
  );
});
