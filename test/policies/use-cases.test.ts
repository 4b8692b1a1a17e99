/** Writing policies, looking at them, deleting them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIvsControl } from '../../src/adapters/ivs/ivs-control.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemHashing } from '../../src/adapters/system.ts';
import { createToTag } from '../../src/conditional.ts';
import { restrictionPolicyArnSchema } from '../../src/ids.ts';
import { createPolicies, type PolicyUseCases } from '../../src/policies/use-cases.ts';
import { byAnn } from '../support/author.ts';
import { createTestEntitlements, toReply } from '../support/entitlements.ts';
import { toChannel, toChannelArn, toPolicy } from '../support/records.ts';

const { id } = toPolicy('evening');
/** Nobody listens there. */
const nowhere = createIvsControl({
  ...{ timeoutMs: 500, ivsEndpoint: 'http://127.0.0.1:1' },
  credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
});
let store: SqliteStore;
let policies: PolicyUseCases;

beforeEach(() => {
  store = createSqliteStore(':memory:');
  policies = createPolicies({
    policies: store.policies,
    ivs: nowhere,
    clock: systemClock,
    toTag: createToTag(systemHashing),
    entitlements: createTestEntitlements(systemClock, () => toReply(true)),
  });
});
afterEach(() => store.close());

describe('a policy', () => {
  it('is put, had, replaced, listed and deleted', async () => {
    const [first, replaced] = [toPolicy('evening', { singleUse: true }), toPolicy('evening')];
    await policies.put(byAnn, first);
    expect(await policies.get(id)).toEqual({ ok: true, value: first });
    await policies.put(byAnn, replaced);
    expect(await policies.list({ limit: 10 })).toEqual({ items: [replaced] });
    expect(await policies.delete(byAnn, id)).toEqual({ ok: true, value: undefined });
    expect(await policies.delete(byAnn, id)).toMatchObject({ ok: false, code: 'not_found' });
    expect(await policies.get(id)).toMatchObject({ ok: false, code: 'not_found' });
  });

  it('stays while a channel has it', async () => {
    const channel = toChannel(toChannelArn('news'));
    await policies.put(byAnn, toPolicy('evening'));
    await store.channels.put({ ...channel, policyId: id });
    expect(await policies.delete(byAnn, id)).toMatchObject({ ok: false, code: 'policy_in_use' });
    await store.channels.put(channel);
    expect(await policies.delete(byAnn, id)).toMatchObject({ ok: true });
  });
});

it('a policy may name a service that is asked, but not any', async () => {
  const entitlementUrl = 'https://shop.example/may';
  expect(await policies.put(byAnn, toPolicy('evening', { entitlementUrl }))).toMatchObject({ ok: true });
  expect(await policies.patch(byAnn, id, { singleUse: true })).toMatchObject({
    value: { entitlementUrl, singleUse: true },
  });
  const refused = { code: 'invalid_request', problems: [{ path: 'entitlementUrl' }] };
  for (const other of ['https://10.0.0.1/', 'http://shop.example/', 'https://localhost/']) {
    expect(await policies.patch(byAnn, id, { entitlementUrl: other })).toMatchObject(refused);
    expect(await policies.put(byAnn, toPolicy('evening', { entitlementUrl: other }))).toMatchObject(refused);
  }
  const given = await policies.patch(byAnn, id, { entitlementUrl: null });
  expect(given).toMatchObject({ ok: true, value: { singleUse: true } });
  expect(given).not.toHaveProperty('value.entitlementUrl');
});

it('an import is an outage while IVS does not answer, and writes nothing', async () => {
  const arn = restrictionPolicyArnSchema.parse('arn:aws:ivs:us-west-2:123456789012:playback-restriction-policy/a');
  await expect(policies.import(byAnn, { arn, id })).rejects.toMatchObject({ code: 'ivs_unavailable' });
  expect(await policies.list({ limit: 10 })).toEqual({ items: [] });
});
