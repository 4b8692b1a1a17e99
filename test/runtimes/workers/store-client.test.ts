/** The store as a Worker has it, over objects that each run a store: how often they are called, and what an outage brings back. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { OutageError } from '../../../src/errors.ts';
import type { Store } from '../../../src/ports.ts';
import type { RevocationTarget } from '../../../src/revocations/record.ts';
import { toStoreName } from '../../../src/runtimes/workers/object-name.ts';
import { captureOutage } from '../../../src/runtimes/workers/store-answer.ts';
import { createStoreClient, type StoreObjectStub } from '../../../src/runtimes/workers/store-client.ts';
import { findStoreMethod } from '../../../src/runtimes/workers/store-method.ts';
import { tokenRequestSchema } from '../../../src/tokens/request.ts';
import { createIssuing, createSigningKey, fixedNowSeconds, type SigningKey } from '../../support/issuing.ts';
import { toChannel, toChannelArn, toDraft, toListTarget, toViewerId } from '../../support/records.ts';

const timeoutMs = 5000;
const channelArn = toChannelArn('news');
const viewerId = toViewerId('anna');
const toObject = (key: string) => toStoreName(key, { count: 8 });
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
      calls.push({ object: toObject(key), method: `${concern}.${method}` });
      return captureOutage(() => findStoreMethod(store, concern, method)(...args));
    },
  });

describe('a use of the store', () => {
  it('is two calls to one object for each token', async () => {
    const clock = { nowMs: () => fixedNowSeconds * 1000 };
    const through = (store: Store) => createStoreClient(objectsOver(store), timeoutMs).issuance;
    const { store, issue } = await createIssuing(key, clock, through);
    await store.channels.put(toChannel(channelArn));
    const admin = { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] } as const;
    const issued = await issue(admin, tokenRequestSchema.parse({ channelArn, viewerId }), {});
    expect(issued.ok).toBe(true);
    expect(calls.map(({ method }) => method)).toEqual(['issuance.load', 'issuance.recordSession']);
    expect(new Set(calls.map(({ object }) => object))).toEqual(new Set([toObject(viewerId)]));
    await store.close();
  });

  it('reaches each method that a store has, and there is no other', async () => {
    const store = createSqliteStore(':memory:');
    const { close, ...concerns } = store;
    const methodsOf = (of: object) =>
      Object.entries(of).map(([concern, methods]) => [concern, Object.keys(methods).toSorted()]);
    const client = createStoreClient(objectsOver(store), timeoutMs);
    expect(methodsOf(client).toSorted()).toEqual(methodsOf(concerns).toSorted());
    await close();
  });

  it.each<[string, RevocationTarget, string | undefined]>([
    ['a viewer', { scope: 'viewer', viewerId }, viewerId],
    ['a viewer on a channel', { scope: 'viewer_on_channel', viewerId, channelArn }, viewerId],
    ['a channel', { scope: 'channel', channelArn }, channelArn],
    ['a list of viewers', toListTarget([viewerId]), undefined],
    ['a list of viewers on a channel', toListTarget([viewerId], channelArn), undefined],
  ])('that revokes %s goes to the object of whom it is about, or to its own', async (_, target, key) => {
    const store = createSqliteStore(':memory:');
    const { revocations } = createStoreClient(objectsOver(store), timeoutMs);
    const draft = toDraft(target);
    const idempotency = { key: 'key', fingerprint: 'fingerprint' };
    const viewerIds = key === undefined ? [viewerId] : [];
    const recorded = await revocations.record(draft, viewerIds, idempotency);
    expect(await revocations.record(toDraft(target), viewerIds, idempotency)).toMatchObject({
      kind: 'repeated',
      revocation: { id: draft.id },
    });
    expect(recorded).toMatchObject({ kind: 'recorded', revocation: { id: draft.id } });
    expect(calls[0]).toEqual({ object: toObject(key ?? draft.id), method: 'revocations.record' });
    await store.close();
  });

  it('that is about one viewer goes to the object of the viewer', async () => {
    const store = createSqliteStore(':memory:');
    const { revocations, viewers } = createStoreClient(objectsOver(store), timeoutMs);
    await viewers.get(viewerId, fixedNowSeconds);
    await viewers.liftBlocks(viewerId, fixedNowSeconds);
    await revocations.list({ limit: 10, viewerId, nowSeconds: fixedNowSeconds });
    await revocations.estimate({ scope: 'viewer', viewerId }, [], fixedNowSeconds);
    const methods = ['viewers.get', 'viewers.liftBlocks', 'revocations.list', 'revocations.estimate'];
    expect(calls).toEqual(methods.map((method) => ({ object: toObject(viewerId), method })));
    await store.close();
  });

  it('that is about one revocation goes to the object of its id', async () => {
    const store = createSqliteStore(':memory:');
    const { revocations } = createStoreClient(objectsOver(store), timeoutMs);
    const { id } = toDraft({ scope: 'channel', channelArn });
    await revocations.get(id);
    await revocations.listViewers(id, { limit: 10 });
    await revocations.liftBlock(id, fixedNowSeconds);
    await revocations.listFailed(id, { limit: 10 });
    await revocations.retryFailed(id, fixedNowSeconds * 1000);
    expect(calls.map(({ method }) => method.split('.')[1])).toEqual([
      ...['get', 'listViewers', 'liftBlock', 'listFailed', 'retryFailed'],
    ]);
    expect(new Set(calls.map(({ object }) => object))).toEqual(new Set([toObject(id)]));
    await store.close();
  });
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
