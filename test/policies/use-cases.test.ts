/** Writing policies, looking at them, deleting them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { policyBodySchema } from '../../src/policies/request.ts';
import { createPolicies, type PolicyUseCases } from '../../src/policies/use-cases.ts';
import { fixedNowSeconds } from '../support/issuing.ts';
import { toChannel, toChannelArn, toPolicy } from '../support/records.ts';

const { id } = toPolicy('evening');
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
let store: SqliteStore;
let nowMs: number;
let policies: PolicyUseCases;

beforeEach(() => {
  store = createSqliteStore(':memory:');
  nowMs = fixedNowSeconds * 1000 + 999;
  policies = createPolicies({ store, clock: { nowMs: () => nowMs } });
});
afterEach(() => store.close());

async function put(body: unknown) {
  const stored = await policies.put(id, body);
  if (!stored.ok) throw new Error(JSON.stringify(stored));
  return stored.value;
}

describe('a policy', () => {
  it('is put, had, replaced, listed and deleted', async () => {
    const first = await put({ singleUse: true });
    expect(first).toEqual({ id, ...policyBodySchema.parse({ singleUse: true }) });
    expect(await policies.get(id)).toEqual({ ok: true, value: first });
    const replaced = await put({});
    expect(replaced.singleUse).toBe(false);
    expect(await policies.list({ limit: 10 })).toEqual({ items: [replaced] });
    expect(await policies.delete(id)).toEqual({ ok: true, value: undefined });
    expect(await policies.delete(id)).toMatchObject({ ok: false, code: 'not_found' });
    expect(await policies.get(id)).toMatchObject({ ok: false, code: 'not_found' });
  });

  it('stays while a channel has it', async () => {
    const channel = toChannel(toChannelArn('news'));
    await put({});
    await store.putChannel({ ...channel, policyId: id });
    expect(await policies.delete(id)).toMatchObject({ ok: false, code: 'policy_in_use' });
    await store.putChannel(channel);
    expect(await policies.delete(id)).toMatchObject({ ok: true });
  });

  it('closes in the future, or what was there stays', async () => {
    const before = await put({ closesAt: iso(fixedNowSeconds + 1) });
    expect(before.closesAt).toBe(fixedNowSeconds + 1);
    for (const closesAt of [fixedNowSeconds - 1, fixedNowSeconds])
      expect(await policies.put(id, { closesAt: iso(closesAt) })).toMatchObject({
        code: 'invalid_request',
        problems: [{ path: 'closesAt' }],
      });
    nowMs += 1;
    expect(await policies.put(id, { closesAt: iso(fixedNowSeconds + 1) })).toMatchObject({ ok: false });
    expect(await policies.get(id)).toEqual({ ok: true, value: before });
  });

  it('is not stored under an id that is none, nor when its body is wrong', async () => {
    expect(await policies.put('-bad', { more: 1 })).toMatchObject({ problems: [{ path: 'more' }, { path: 'id' }] });
    expect(await policies.put('-bad', {})).toMatchObject({ code: 'invalid_request', problems: [{ path: 'id' }] });
    expect(await policies.put(id, { singleUse: 1 })).toMatchObject({ code: 'invalid_request' });
    expect(await policies.list({ limit: 10 })).toEqual({ items: [] });
  });
});
