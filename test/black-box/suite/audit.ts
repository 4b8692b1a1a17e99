/** The audit: every change has its entry, with who made it, from where, and what was there before; nothing else has one. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answer, Json } from '../answer.ts';
import type { Api } from '../api.ts';
import { adminKey } from '../target.ts';

export function describeAudit(api: Api): void {
  const audit = createReading(api);
  describe('the audit', () => {
    describeRecords(api, audit);
    describeDecisions(api, audit);
    describeKeys(api, audit);
    describeRepairs(api, audit);
    describeReading(api, audit);
  });
}

/** What the tests read of it. */
interface Reading {
  /** A page of entries. */
  read(query: string): Promise<Json>;
  /** The entries about a target, the oldest first. */
  of(target: string): Promise<Json[]>;
  /** What they say was done. */
  actionsOf(target: string): Promise<string[]>;
}

function createReading(api: Api): Reading {
  const read: Reading['read'] = async (query) => (await api.call('GET', `/v1/admin/audit?${query}`)).body;
  const of: Reading['of'] = async (target) =>
    (await read(`limit=100&target=${encodeURIComponent(target)}`)).items.toReversed();
  return { read, of, actionsOf: async (target) => (await of(target)).map(({ action }) => action) };
}

const requestIdOf = ({ headers }: Answer) => headers.get('x-request-id');

function describeRecords(api: Api, audit: Reading): void {
  it('tells of a channel from its registration to its end, and of no request that was refused', async () => {
    const channelArn = await api.createIvsChannel({ authorized: true });
    const path = `/v1/admin/channels/${encodeURIComponent(channelArn)}`;
    const policyId = await api.putPolicy({});
    const put = await api.call('PUT', path, { body: {} });
    expect((await api.call('PATCH', path, { body: { policyId: 'not-there' } })).status).toBe(400);
    const stale = { headers: { 'if-match': '"other"' }, body: { access: 'authenticated' } };
    expect((await api.call('PATCH', path, stale)).status).toBe(412);
    await api.call('PATCH', path, { body: { policyId } });
    await api.call('DELETE', path);
    expect((await api.call('DELETE', path)).status).toBe(404);
    const entries = await audit.of(channelArn);
    expect(entries.map(({ action }) => action)).toEqual(['channel.put', 'channel.patch', 'channel.delete']);
    const [registered, attached, deleted] = entries;
    expect(registered).toMatchObject({
      ...{ actor: 'bootstrap-admin', requestId: requestIdOf(put), target: channelArn, result: 'done' },
      ...{ before: null, after: { channelArn, policyId: null, access: 'entitled' } },
    });
    expect((await audit.read(`requestId=${requestIdOf(put)}`)).items).toEqual([registered]);
    expect(registered.from).toMatch(/^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/);
    expect(attached).toMatchObject({ about: [policyId], before: { policyId: null }, after: { policyId } });
    expect([deleted.before, deleted.after]).toEqual([attached.after, null]);
    expect(await audit.actionsOf(policyId)).toEqual(['policy.put', 'channel.patch', 'channel.delete']);
  });

  it('tells of a channel that was made private in IVS', async () => {
    const channelArn = await api.createIvsChannel({ authorized: false });
    await api.registerChannel(channelArn, { authorize: true });
    expect(await audit.actionsOf(channelArn)).toEqual(['channel.authorize', 'channel.put']);
  });

  it('tells of policies, with their times as times', async () => {
    const [closesAt, id] = ['2099-01-01T00:00:00Z', await api.putPolicy({ allowedCountries: ['DE'] })];
    const path = `/v1/admin/policies/${id}`;
    await api.call('PATCH', path, { body: { closesAt } });
    await api.call('DELETE', path);
    const [, patched] = await audit.of(id);
    expect(patched).toMatchObject({ before: { allowedCountries: ['DE'] }, after: { closesAt } });
    expect(await audit.actionsOf(id)).toEqual(['policy.put', 'policy.patch', 'policy.delete']);
  });

  it('tells of clients, and never of their keys', async () => {
    const { id, key } = await api.createClient('operator');
    const path = `/v1/admin/clients/${id}`;
    await api.call('PATCH', path, { body: { name: 'renamed' } });
    const rotated = await api.call('POST', `${path}/rotate-key`, { body: {} });
    const policyId = `p-${randomUUID()}`;
    await api.call('PUT', `/v1/admin/policies/${policyId}`, { as: rotated.body.key, body: {} });
    await api.call('DELETE', path);
    const entries = await audit.of(id);
    expect(entries.map(({ action }) => action)).toEqual([
      ...['client.create', 'client.patch', 'client.rotate_key', 'client.delete'],
    ]);
    expect(entries[1]).toMatchObject({ before: { name: 'operator' }, after: { name: 'renamed' } });
    expect((await audit.of(policyId))[0].actor).toBe(id);
    const told = JSON.stringify(entries);
    for (const secret of [key, rotated.body.key, adminKey, 'keyHash']) expect(told).not.toContain(secret);
  });
}

function describeDecisions(api: Api, audit: Reading): void {
  it('tells once of a decision, however often it was asked for, and of its lifting', async () => {
    const [channelArn, viewerId] = [await api.createChannel(), `v-${randomUUID()}`];
    const asked = {
      body: { viewerId, channelArn, reason: 'shared', block: {} },
      headers: { 'idempotency-key': viewerId },
    };
    const revoked = await api.call('POST', '/v1/admin/revocations', asked);
    await api.call('POST', '/v1/admin/revocations', asked);
    const path = `/v1/admin/revocations/${revoked.body.id}`;
    for (let time = 0; time < 2; time++) await api.call('DELETE', path);
    const [created, lifted, ...others] = await audit.of(viewerId);
    expect(others).toEqual([]);
    expect(created).toMatchObject({
      ...{ action: 'revocation.create', target: revoked.body.id, requestId: requestIdOf(revoked) },
      ...{ about: [viewerId, channelArn], after: { scope: 'viewer_on_channel', reason: 'shared' } },
    });
    expect(lifted).toMatchObject({
      action: 'revocation.lift',
      before: { block: { until: null } },
      after: { block: null },
    });
  });

  it('tells of a list by how many there are, and of all blocks of one of its viewers', async () => {
    const viewerIds = Array.from({ length: 60 }, () => `v-${randomUUID()}`);
    const { body: revoked } = await api.revoke({ viewerIds, block: {} });
    expect((await audit.of(revoked.id))[0]).toMatchObject({ after: { scope: 'viewers', viewerCount: 60 } });
    const blocks = `/v1/admin/viewers/${viewerIds[0]}/blocks`;
    for (let time = 0; time < 2; time++) await api.call('DELETE', blocks);
    const [lifted, ...others] = await audit.of(String(viewerIds[0]));
    expect(others).toEqual([]);
    expect(lifted).toMatchObject({ action: 'viewer.lift_blocks', about: [revoked.id], after: { blocks: [] } });
  });

  it('tells of everyone on a channel, and of its stream that was stopped', async () => {
    const channelArn = await api.createChannel();
    const { body: revoked } = await api.revoke({ channelArn, stopStream: true });
    const [, created, stopped] = await audit.of(channelArn);
    expect(created).toMatchObject({ action: 'revocation.create', after: { scope: 'channel', stopStream: true } });
    expect(stopped).toMatchObject({ action: 'stream.stop', about: [revoked.id], result: 'stopped' });
  });

  it('tells of nothing that was only tried, and of each block that was brought', async () => {
    const [one, other] = [`v-${randomUUID()}`, `v-${randomUUID()}`];
    await api.revoke({ viewerId: one, dryRun: true });
    await api.importBlocks([{ viewerId: other }, { viewerId: other }]);
    expect(await audit.actionsOf(one)).toEqual([]);
    expect(await audit.actionsOf(other)).toEqual(['block.import']);
  });
}

function describeKeys(api: Api, audit: Reading): void {
  it('tells of a key pair from its making to its end, and of what the service did with it by itself', async () => {
    const region = 'ap-south-1';
    const { body: pair } = await api.call('POST', '/v1/admin/keys', { body: { region } });
    await api.call('DELETE', `/v1/admin/keys/${pair.id}?force=true`);
    await expect.poll(() => audit.actionsOf(pair.id)).toContain('key_pair.remove');
    const entries = await audit.of(pair.id);
    expect(entries.map(({ action }) => action)).toEqual([
      ...['key_pair.create', 'key_pair.activate', 'key_pair.delete', 'key_pair.remove'],
    ]);
    expect(entries[1].after.keyPairs).toMatchObject([{ id: pair.id, state: 'active' }]);
    expect(JSON.stringify(entries)).not.toContain('PRIVATE KEY');
  });

  it('tells of a rotation', async () => {
    const region = 'eu-central-1';
    await api.call('POST', '/v1/admin/keys', { body: { region } });
    await api.call('POST', '/v1/admin/keys/rotate', { body: { region } });
    for (const step of ['halt', 'resume', 'turn-back'])
      await api.call('POST', `/v1/admin/keys/rotate/${step}`, { body: { region } });
    const actions = await audit.actionsOf(region);
    for (const action of ['start', 'halt', 'resume', 'turn_back']) expect(actions).toContain(`rotation.${action}`);
  });
}

function describeRepairs(api: Api, audit: Reading): void {
  it('tells of what was repaired, by whoever asked for that', async () => {
    const region = 'eu-west-1';
    const { body: pair } = await api.call('POST', '/v1/admin/keys', { body: { region } });
    await api.deleteKeyInIvs(region, pair.arn);
    const repaired = await api.call('POST', '/v1/admin/keys/reconcile', { body: { region } });
    expect(repaired.body.items).toEqual([]);
    const ofRepair = (await audit.of(pair.id)).filter(({ requestId }) => requestId === requestIdOf(repaired));
    expect(ofRepair.map(({ actor }) => actor)).toContain('bootstrap-admin');
  });
}

function describeReading(api: Api, audit: Reading): void {
  it('is found by who, what and when, and every entry once, page by page', async () => {
    const { id, key } = await api.createClient('operator');
    const policyIds = Array.from({ length: 5 }, () => `p-${randomUUID()}`);
    for (const policyId of policyIds) await api.call('PUT', `/v1/admin/policies/${policyId}`, { as: key, body: {} });
    const found: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await audit.read(`actor=${id}&action=policy&limit=2${cursor}`);
      found.push(...page.items.map(({ target }: Json) => target));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(found).toEqual(policyIds.toReversed());
    expect((await audit.read(`actor=${id}&action=policy.put`)).items).toHaveLength(5);
    expect((await audit.read(`actor=${id}&action=policy.patch`)).items).toEqual([]);
    expect((await audit.read(`actor=${id}&since=2099-01-01T00:00:00Z`)).items).toEqual([]);
    expect((await audit.read(`actor=${id}&since=2020-01-01T00:00:00Z`)).items).toHaveLength(5);
    const { body: lines } = await api.call('GET', `/v1/admin/audit/export?actor=${id}`);
    expect(lines).toEqual((await audit.read(`actor=${id}`)).items);
  });
}
