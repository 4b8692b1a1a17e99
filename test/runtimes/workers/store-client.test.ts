/** The store as a Worker has it, over objects that each run a store: how often they are called, and what an outage brings back. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { OutageError } from '../../../src/errors.ts';
import type { Store } from '../../../src/ports.ts';
import { toStoreName } from '../../../src/runtimes/workers/object-name.ts';
import { captureOutage } from '../../../src/runtimes/workers/store-answer.ts';
import { createStoreClient, type StoreObjectStub } from '../../../src/runtimes/workers/store-client.ts';
import { findStoreMethod } from '../../../src/runtimes/workers/store-method.ts';
import { tokenRequestSchema } from '../../../src/tokens/request.ts';
import { createIssuing, createSigningKey, fixedNowSeconds, type SigningKey } from '../../support/issuing.ts';
import { toChannel, toChannelArn, toDraft, toViewerId } from '../../support/records.ts';

const timeoutMs = 5000;
const channelArn = toChannelArn('news');
const viewerId = toViewerId('anna');
const calls: { object: string; method: string }[] = [];
beforeEach(() => calls.splice(0));

let key: SigningKey;
beforeAll(async () => {
  key = await createSigningKey();
});
afterAll(() => key.remove());

/** The object that serves a key, here in the same process: it notes the call, then does as a Durable Object does. */
const objectsOver =
  (store: Store) =>
  (key: string): StoreObjectStub => ({
    call(concern, method, args) {
      calls.push({ object: toStoreName(key, { count: 8 }), method: `${concern}.${method}` });
      return captureOutage(() => findStoreMethod(store, concern, method)(...args));
    },
  });

describe('a use of the store', () => {
  it('is two calls to one object for each token', async () => {
    const clock = { nowMs: () => fixedNowSeconds * 1000 };
    const through = (store: Store) => createStoreClient(objectsOver(store), timeoutMs).issuance;
    const { store, issue } = await createIssuing(key, clock, through);
    await store.channels.put(toChannel(channelArn));
    const admin = { kind: 'client', id: 'bootstrap-admin', role: 'admin', channels: ['*'] } as const;
    const issued = await issue(admin, tokenRequestSchema.parse({ channelArn, viewerId }), {});
    expect(issued.ok).toBe(true);
    expect(calls.map(({ method }) => method)).toEqual(['issuance.load', 'issuance.recordSession']);
    expect(new Set(calls.map(({ object }) => object))).toEqual(new Set([toStoreName(viewerId, { count: 8 })]));
    await store.close();
  });

  it.each(['viewer', 'viewer_on_channel'] as const)(
    'goes to the object of the viewer for a revocation of a %s too',
    async (scope) => {
      const store = createSqliteStore(':memory:');
      const { revocations } = createStoreClient(objectsOver(store), timeoutMs);
      await revocations.record(toDraft(scope === 'viewer' ? { scope, viewerId } : { scope, viewerId, channelArn }));
      expect(calls).toEqual([{ object: toStoreName(viewerId, { count: 8 }), method: 'revocations.record' }]);
      await store.close();
    },
  );
});

describe('an outage', () => {
  it('of the store in the object comes back with the name and the message of its cause', async () => {
    const store = createSqliteStore(':memory:');
    await store.close();
    const here = await store.health.ping().catch((error: unknown) => error);
    const there = await createStoreClient(objectsOver(store), timeoutMs)
      .health.ping()
      .catch((error: unknown) => error);
    if (!(here instanceof OutageError && here.cause instanceof Error)) throw new Error('the store is no outage');
    const { name, message } = here.cause;
    expect(message).not.toBe('');
    expect(there).toMatchObject({ name: 'OutageError', code: 'store_unavailable', cause: { name, message } });
  });

  it('of the way to the object has that as its cause', async () => {
    const lost = () => ({ call: () => Promise.reject(new Error('Network connection lost.')) });
    await expect(createStoreClient(lost, timeoutMs).health.ping()).rejects.toMatchObject({
      code: 'store_unavailable',
      cause: { message: 'Network connection lost.' },
    });
  });
});
