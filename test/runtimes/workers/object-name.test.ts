/** Which Durable Object serves whom. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toDeliveryName, toStoreName } from '../../../src/runtimes/workers/object-name.ts';

const keys = Array.from({ length: 8000 }, () => `v-${randomUUID()}`);

describe('the object of a viewer', () => {
  it('is the same one each time', () => {
    for (const key of keys.slice(0, 100)) expect(toStoreName(key, { count: 8 })).toBe(toStoreName(key, { count: 8 }));
  });

  it.each([1, 2, 8, 40])('is one of %i, among which viewers are spread', (count) => {
    const served = Map.groupBy(keys, (key) => toStoreName(key, { count }));
    expect(served.size).toBe(count);
    for (const { length } of served.values()) {
      expect(length).toBeGreaterThan((keys.length / count) * 0.5);
      expect(length).toBeLessThan((keys.length / count) * 1.5);
    }
  });

  it('is another one in another place, since an object stays where it was made', () => {
    const names = [toStoreName('anna', { count: 1 }), toStoreName('anna', { count: 1, location: 'weur' })];
    expect(names).toEqual(['store-0', 'store-0-weur']);
  });
});

it('the object of deliveries is one, however many serve requests', () => {
  expect([toDeliveryName({ count: 1 }), toDeliveryName({ count: 256 })]).toEqual(['delivery', 'delivery']);
  expect(toDeliveryName({ count: 8, location: 'apac' })).toBe('delivery-apac');
});
