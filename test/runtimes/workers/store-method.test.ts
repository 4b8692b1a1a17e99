/** Which methods of the store can be called from another isolate. */
import { afterAll, describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { findStoreMethod } from '../../../src/runtimes/workers/store-method.ts';
import { toClient } from '../../support/records.ts';

const store = createSqliteStore(':memory:');
afterAll(() => store.close());

describe('a call from another isolate', () => {
  it('runs the method that it names', async () => {
    await findStoreMethod(store, 'clients', 'put')(toClient('client_1'));
    expect(await findStoreMethod(store, 'clients', 'get')('client_1')).toEqual(toClient('client_1'));
  });

  it.each([
    ['clients', 'toString'],
    ['clients', 'constructor'],
    ['clients', '__proto__'],
    ['constructor', 'assign'],
    ['__proto__', 'toString'],
    ['close', 'call'],
    ['close', 'name'],
    ['clients', 'putClient'],
    ['', ''],
  ])('is refused as %s.%s, which is not of the store', (concern, method) => {
    expect(() => findStoreMethod(store, concern, method)).toThrow(TypeError);
  });
});
