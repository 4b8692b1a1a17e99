/** Operators who sign in as themselves: what each role may do, and to whom their JWTs are nothing. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { IdentityProvider } from '../../support/identity-provider.ts';
import type { Api } from '../api.ts';

export function describePeople(api: Api, identityProvider: () => IdentityProvider): void {
  describeClientKeys(api);
  describe('an operator who signs in', () => {
    const signIn = (roles: unknown, channels: unknown = '*', claims: object = {}) =>
      identityProvider().sign({ aud: 'playgate-operators', sub: `ann-${randomUUID()}`, roles, channels, ...claims });

    it('may do what the role may, and no more', async () => {
      const [channelArn, viewerId] = [await api.createChannel(), `v-${randomUUID()}`];
      const revocation = { viewerId, channelArn, block: {} };
      const auditor = await signIn('auditor');
      expect((await api.call('GET', '/v1/admin/clients', { as: auditor })).status).toBe(200);
      expect((await api.call('POST', '/v1/admin/revocations', { as: auditor, body: revocation })).status).toBe(403);
      const support = await signIn(['viewer-support']);
      const revoked = await api.call('POST', '/v1/admin/revocations', { as: support, body: revocation });
      expect(revoked.status).toBe(201);
      expect((await api.call('POST', '/v1/admin/revocations', { as: support, body: { channelArn } })).status).toBe(403);
      expect((await api.call('DELETE', `/v1/admin/revocations/${revoked.body.id}`, { as: support })).status).toBe(204);
      const operator = await signIn('operator');
      expect(
        (await api.call('PUT', `/v1/admin/policies/p-${randomUUID().slice(0, 8)}`, { as: operator, body: {} })).status,
      ).toBe(200);
      expect((await api.call('GET', '/v1/admin/clients', { as: operator })).status).toBe(403);
      expect((await api.call('GET', '/v1/admin/clients', { as: await signIn('admin') })).status).toBe(200);
    });

    it('is told who they are, what they may do, and until when', async () => {
      const channelArn = await api.createChannel();
      const person = await signIn(['viewer-support', 'auditor'], [channelArn], { name: 'Ann', sub: 'ann' });
      expect(await api.call('GET', '/v1/admin/caller', { as: person })).toMatchObject({
        status: 200,
        body: {
          ...{ kind: 'person', id: 'ann', name: 'Ann', roles: ['viewer-support', 'auditor'], channels: [channelArn] },
          expiresAt: expect.stringMatching(/Z$/),
        },
      });
      expect((await api.call('GET', '/v1/admin/caller')).body).toEqual({
        ...{ kind: 'client', id: 'bootstrap-admin', name: null, roles: ['admin'], channels: ['*'], expiresAt: null },
      });
      const { id, key } = await api.createClient('operator');
      const { body } = await api.call('GET', '/v1/admin/caller', { as: key });
      expect(body).toMatchObject({ kind: 'client', id, name: 'operator', roles: ['operator'], expiresAt: null });
      const issuer = await api.createClient('issuer');
      expect((await api.call('GET', '/v1/admin/caller', { as: issuer.key })).status).toBe(403);
      expect((await api.call('GET', '/v1/admin/caller', { as: null })).status).toBe(401);
    });

    it('is told where to sign in before anything else', async () => {
      expect((await api.call('GET', '/v1/sign-in', { as: null })).body).toEqual({
        operators: {
          issuer: 'https://id.test',
          clientId: 'playgate-console',
          audience: 'playgate-operators',
          scope: 'openid profile',
        },
      });
    });

    it('is kept to the channels of the JWT', async () => {
      const [own, other] = [await api.createChannel(), await api.createChannel()];
      const operator = await signIn('operator', [own]);
      const get = (channelArn: string) =>
        api.call('GET', `/v1/admin/channels/${encodeURIComponent(channelArn)}`, { as: operator });
      expect((await get(own)).status).toBe(200);
      expect(await get(other)).toMatchObject({ status: 403, body: { code: 'channel_not_entitled' } });
    });

    it('is nobody without a role, gets no tokens, and is not who a viewer is', async () => {
      const channelArn = await api.createChannel({ access: 'authenticated' });
      expect((await api.call('GET', '/v1/admin/channels', { as: await signIn('root') })).status).toBe(401);
      expect((await api.issue({ channelArn }, { as: await signIn('operator') })).status).toBe(403);
      const viewer = await identityProvider().sign({ sub: 'v', roles: 'admin', channels: '*' });
      expect((await api.call('GET', '/v1/admin/channels', { as: viewer })).status).toBe(403);
      expect((await api.issue({ channelArn }, { as: viewer })).status).toBe(201);
    });
  });
}

function describeClientKeys(api: Api): void {
  describe('the key of a client', () => {
    it('is changed without a gap, or at once', async () => {
      const channelArn = await api.createChannel();
      const { id, key } = await api.createClient('issuer');
      const rotate = (body: object) => api.call('POST', `/v1/admin/clients/${id}/rotate-key`, { body });
      const statusOf = async (as: string) => (await api.issue({ channelArn }, { as })).status;
      const second = await rotate({ overlapSeconds: 60 });
      expect(second).toMatchObject({ status: 200, body: { id, key: expect.stringMatching(/^pgk_/) } });
      expect(Date.parse(second.body.previousKeyExpiresAt)).toBeGreaterThan(Date.now());
      for (const each of [key, second.body.key]) expect(await statusOf(each)).toBe(201);
      const third = await rotate({ overlapSeconds: 0 });
      expect(third.body.previousKeyExpiresAt).toBeNull();
      // Other isolates and instances may remember the client for some seconds.
      await expect.poll(() => statusOf(second.body.key)).toBe(401);
      expect(await statusOf(third.body.key)).toBe(201);
      expect((await rotate({ overlapSeconds: 604_801 })).status).toBe(400);
    });

    it('ends when the client expires, and its last use is told', async () => {
      const channelArn = await api.createChannel();
      const expiresAt = new Date(Date.now() + 3000).toISOString();
      const body = { name: 'short', role: 'issuer', channels: [channelArn], expiresAt };
      const made = await api.call('POST', '/v1/admin/clients', { body });
      expect(made.status).toBe(201);
      expect((await api.issue({ channelArn }, { as: made.body.key })).status).toBe(201);
      const look = async () => (await api.call('GET', `/v1/admin/clients/${made.body.id}`)).body;
      await expect.poll(async () => (await look()).lastUsedAt).toMatch(/Z$/);
      expect(JSON.stringify(await look())).not.toMatch(/[0-9a-f]{64}/);
      await expect.poll(async () => (await api.issue({ channelArn }, { as: made.body.key })).status).toBe(401);
    });
  });
}
