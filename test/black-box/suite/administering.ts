/** Key pairs, channels, clients, health and the description of the API. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json } from '../answer.ts';
import type { Api } from '../api.ts';

export function describeAdministering(api: Api): void {
  describeKeyPairs(api);
  describeChannels(api);
  describeClients(api);
  describeService(api);
}

function describeKeyPairs(api: Api): void {
  describe('key pairs', () => {
    it('are generated, imported, listed and deleted, within the three that IVS allows', async () => {
      const region = 'ap-south-1';
      const created: Json[] = [];
      for (let count = 0; count < 3; count++) {
        const answer = await api.call('POST', '/v1/admin/keys', { body: { region, name: `key-${count}` } });
        expect(answer.status).toBe(201);
        created.push(answer.body);
      }
      expect(created.map(({ state }) => state)).toEqual(['active', 'imported', 'imported']);
      expect(created[0]).toEqual({
        id: expect.stringMatching(/^key_[0-9a-f]{24}$/),
        region,
        account: null,
        name: 'key-0',
        state: 'active',
        since: expect.stringMatching(/Z$/),
        deletableAt: null,
        fingerprint: expect.stringMatching(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/),
        arn: expect.stringMatching(/^arn:aws:ivs:ap-south-1:\d+:playback-key\//),
        createdAt: expect.stringMatching(/Z$/),
      });
      const full = await api.call('POST', '/v1/admin/keys', { body: { region } });
      expect(full).toMatchObject({ status: 409, body: { code: 'key_quota_exceeded' } });
      const list = async () =>
        (await api.call('GET', '/v1/admin/keys')).body.items.filter((item: Json) => item.region === region);
      expect(await list()).toHaveLength(3);

      const inUse = await api.call('DELETE', `/v1/admin/keys/${created[0].id}`);
      expect(inUse).toMatchObject({
        status: 409,
        body: { code: 'key_in_use', detail: expect.stringContaining('signs') },
      });
      expect((await api.call('DELETE', `/v1/admin/keys/${created[0].id}?force=true`)).status).toBe(204);
      expect((await api.call('GET', `/v1/admin/keys/${created[0].id}`)).status).toBe(404);
      expect((await api.call('DELETE', `/v1/admin/keys/${created[0].id}`)).status).toBe(404);
      expect((await list()).filter(({ state }: Json) => state === 'active')).toHaveLength(1);
      for (const { id } of await list()) await api.call('DELETE', `/v1/admin/keys/${id}?force=true`);
      expect(await list()).toEqual([]);
    });

    it('appear in the JWK set with their public halves only', async () => {
      const { body } = await api.call('GET', '/.well-known/jwks.json', { as: null });
      for (const jwk of body.keys) {
        expect(Object.keys(jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
        expect(createPublicKey({ key: jwk, format: 'jwk' }).asymmetricKeyDetails?.namedCurve).toBe('secp384r1');
        expect(() => createPrivateKey({ key: jwk, format: 'jwk' })).toThrow();
      }
      expect(body.keys.length).toBeGreaterThan(0);
    });

    it('change places by hand, and the one before is kept until its tokens are dead', async () => {
      const region = 'eu-north-1';
      const make = async () => (await api.call('POST', '/v1/admin/keys', { body: { region } })).body;
      const [first, second] = [await make(), await make()];
      const activated = await api.call('POST', `/v1/admin/keys/${second.id}/activate`);
      expect(activated).toMatchObject({ status: 200, body: { id: second.id, state: 'active' } });
      const { body } = await api.call('GET', `/v1/admin/keys/${first.id}`);
      expect(body).toMatchObject({ state: 'retiring', deletableAt: expect.stringMatching(/Z$/) });
      const refused = await api.call('DELETE', `/v1/admin/keys/${first.id}`);
      expect(refused).toMatchObject({
        status: 409,
        body: { code: 'key_in_use', detail: expect.stringContaining('until') },
      });
      for (const { id } of [first, second]) await api.call('DELETE', `/v1/admin/keys/${id}?force=true`);
    });

    it.each(['sec1', 'sec1-without-public-half', 'pkcs8'])('are adopted from what IVS has, as %s', async (form) => {
      const region = 'eu-south-1';
      const privateKey = readFileSync(`test/vectors/private-keys/${form}.pem`, 'utf8');
      const adopt = () => api.call('POST', '/v1/admin/keys/adopt', { body: { region, privateKey } });
      expect(await adopt()).toMatchObject({ status: 409, body: { code: 'conflict' } });
      const publicKey = String(
        createPublicKey(readFileSync('test/vectors/private-keys/pkcs8.pem')).export({ type: 'spki', format: 'pem' }),
      );
      await api.importIntoIvs(region, publicKey);
      const adopted = await adopt();
      expect(adopted).toMatchObject({ status: 201, body: { region, state: 'active' } });
      expect((await adopt()).body).toEqual(adopted.body);
      expect(JSON.stringify((await api.call('GET', '/v1/admin/keys')).body)).not.toContain('PRIVATE');
      await api.call('DELETE', `/v1/admin/keys/${adopted.body.id}?force=true`);
    });

    it('are not lost when IVS does not answer: the pair is pending and can be deleted', async () => {
      const region = 'ap-northeast-2';
      await api.setLocalIvs('POST', '/faults', {
        operation: 'ImportPlaybackKeyPair',
        error: 'InternalServerException',
        count: 2,
      });
      const failed = await api.call('POST', '/v1/admin/keys', { body: { region } });
      expect(failed).toMatchObject({ status: 502, body: { code: 'ivs_unavailable' } });
      const { items } = (await api.call('GET', '/v1/admin/keys')).body;
      const pending = items.find((item: Json) => item.region === region);
      expect(pending).toMatchObject({ state: 'pending', arn: null });
      expect((await api.call('DELETE', `/v1/admin/keys/${pending.id}`)).status).toBe(204);
    });

    it('say so when IVS throttles', async () => {
      await api.setLocalIvs('POST', '/faults', {
        operation: 'ImportPlaybackKeyPair',
        error: 'ThrottlingException',
        count: 2,
      });
      const refused = await api.call('POST', '/v1/admin/keys', { body: { region: 'ap-northeast-1' } });
      expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    });
  });
}

function describeChannels(api: Api): void {
  describe('channels', () => {
    const path = (channelArn: string) => `/v1/admin/channels/${encodeURIComponent(channelArn)}`;

    it('are live or not, as IVS says', async () => {
      const channelArn = await api.createChannel();
      const stream = () => api.call('GET', `${path(channelArn)}/stream`);
      const live = { live: true, startedAt: expect.stringMatching(/Z$/), health: 'HEALTHY' };
      expect(await stream()).toMatchObject({ status: 200, body: live });
      await api.setLocalIvs('DELETE', `/channels/${encodeURIComponent(channelArn)}/stream`);
      expect((await stream()).body).toEqual({ live: false, startedAt: null, health: null, viewerCount: null });
      await api.deleteIvsChannel(channelArn);
      expect(await stream()).toMatchObject({ status: 404, body: { code: 'channel_not_found' } });
      const stranger = await api.createIvsChannel({ authorized: true });
      expect((await api.call('GET', `${path(stranger)}/stream`)).status).toBe(404);
      const { key } = await api.createClient('operator', [stranger]);
      expect(await api.call('GET', `${path(channelArn)}/stream`, { as: key })).toMatchObject({
        ...{ status: 403, body: { code: 'channel_not_entitled' } },
      });
    });

    it('are registered as IVS knows them, listed page by page, and forgotten', async () => {
      const channelArn = await api.createChannel({ access: 'authenticated' });
      const { body } = await api.call('GET', path(channelArn));
      expect(body).toEqual({
        channelArn,
        name: expect.stringMatching(/^c-/),
        playbackUrl: expect.stringMatching(/^http.*\.m3u8$/),
        policyId: null,
        access: 'authenticated',
        entitlementUrl: null,
      });
      await api.createChannel();
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: Json = await api.call(
          'GET',
          `/v1/admin/channels?limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        expect(page.body.items.length).toBeLessThanOrEqual(1);
        seen.push(...page.body.items.map((item: Json) => item.channelArn));
        cursor = page.body.nextCursor;
      }
      expect(seen).toContain(channelArn);
      expect(new Set(seen).size).toBe(seen.length);
      expect((await api.call('DELETE', path(channelArn))).status).toBe(204);
      expect(await api.call('DELETE', path(channelArn))).toMatchObject({
        status: 404,
        body: { code: 'channel_not_found' },
      });
      expect(await api.issue({ channelArn })).toMatchObject({ status: 404, body: { code: 'channel_not_found' } });
    });

    it('must be private, and are made so only when that is asked for', async () => {
      const open = await api.createIvsChannel({ authorized: false });
      expect(await api.call('PUT', path(open), { body: {} })).toMatchObject({
        status: 409,
        body: { code: 'channel_not_private' },
      });
      expect((await api.call('PUT', path(open), { body: { authorize: true } })).status).toBe(200);
      expect((await api.call('PUT', path(open), { body: {} })).status).toBe(200);
      const live = await api.createIvsChannel({ authorized: false, live: true });
      expect(await api.call('PUT', path(live), { body: { authorize: true } })).toMatchObject({
        status: 409,
        body: { code: 'conflict' },
      });
    });

    it('must be there, and so must their policy', async () => {
      const nothing = 'arn:aws:ivs:us-west-2:123456789012:channel/nothing00000';
      expect(await api.call('PUT', path(nothing), { body: {} })).toMatchObject({
        status: 404,
        body: { code: 'channel_not_found' },
      });
      const channelArn = await api.createChannel();
      expect(await api.call('PUT', path(channelArn), { body: { policyId: 'nothing' } })).toMatchObject({
        status: 400,
        body: { code: 'invalid_request', errors: [{ path: 'policyId' }] },
      });
      expect((await api.call('GET', path(channelArn))).body.policyId).toBeNull();
    });

    it('say so when IVS does not answer', async () => {
      const channelArn = await api.createChannel();
      await api.setLocalIvs('POST', '/faults', { operation: 'GetChannel', error: 'InternalServerException', count: 2 });
      expect(await api.call('PUT', path(channelArn), { body: {} })).toMatchObject({
        status: 502,
        body: { code: 'ivs_unavailable' },
      });
    });
  });
}

function describeClients(api: Api): void {
  describe('API clients', () => {
    it('get their key once, and are nobody after they were deleted', async () => {
      const created = await api.call('POST', '/v1/admin/clients', {
        body: { name: 'shop', role: 'issuer', channels: ['*'] },
      });
      expect(created).toMatchObject({ status: 201, body: { name: 'shop', role: 'issuer', channels: ['*'] } });
      const { id, key } = created.body;
      const listed = (await api.call('GET', '/v1/admin/clients?limit=100')).body.items.find(
        (item: Json) => item.id === id,
      );
      expect(Object.keys(listed).sort()).toEqual(
        ['channels', 'createdAt', 'expiresAt', 'id', 'lastUsedAt', 'name', 'previousKeyExpiresAt', 'role'].sort(),
      );
      const channelArn = await api.createChannel();
      expect((await api.issue({ channelArn }, { as: key })).status).toBe(201);
      expect(
        (await api.issue({ channelArn }, { as: `${key.slice(0, -1)}${key.at(-1) === 'A' ? 'B' : 'A'}` })).status,
      ).toBe(401);
      expect((await api.call('DELETE', `/v1/admin/clients/${id}`)).status).toBe(204);
      expect((await api.issue({ channelArn }, { as: key })).status).toBe(401);
      expect((await api.call('DELETE', `/v1/admin/clients/${id}`)).status).toBe(404);
    });
  });
}

function describeService(api: Api): void {
  describe('the service about itself', () => {
    it('lives and is ready', async () => {
      expect(await api.call('GET', '/livez', { as: null })).toMatchObject({ status: 200, body: { live: true } });
      expect(await api.call('GET', '/readyz', { as: null })).toMatchObject({
        status: 200,
        body: { ready: true, stopping: false, checks: { store: { state: 'ok' }, vault: { state: 'ok' } } },
      });
    });

    it('says what is wrong to those who may know, and to nobody else', async () => {
      const { body } = await api.call('GET', '/readyz', { as: null });
      for (const check of Object.values<Json>(body.checks)) expect(Object.keys(check)).toEqual(['state', 'since']);
      const verbose = await api.call('GET', '/readyz?verbose');
      for (const check of Object.values<Json>(verbose.body.checks)) expect(check).toHaveProperty('reason');
      expect((await api.call('GET', '/readyz?verbose', { as: null })).status).toBe(401);
      const { key } = await api.createClient('issuer');
      expect((await api.call('GET', '/readyz?verbose', { as: key })).status).toBe(403);
    });

    it('describes every route in OpenAPI 3.1', async () => {
      const { body } = await api.call('GET', '/openapi.json', { as: null });
      expect(body.openapi).toBe('3.1.0');
      expect(Object.keys(body.paths).sort()).toEqual([
        '/.well-known/jwks.json',
        '/livez',
        '/metrics',
        '/openapi.json',
        '/readyz',
        '/v1/admin/audit',
        '/v1/admin/audit/export',
        '/v1/admin/blocks',
        '/v1/admin/caller',
        '/v1/admin/channels',
        '/v1/admin/channels/{channelArn}',
        '/v1/admin/channels/{channelArn}/stream',
        '/v1/admin/clients',
        '/v1/admin/clients/{id}',
        '/v1/admin/clients/{id}/rotate-key',
        '/v1/admin/explain',
        '/v1/admin/keys',
        '/v1/admin/keys/adopt',
        '/v1/admin/keys/reconcile',
        '/v1/admin/keys/rotate',
        '/v1/admin/keys/rotate/halt',
        '/v1/admin/keys/rotate/resume',
        '/v1/admin/keys/rotate/turn-back',
        '/v1/admin/keys/{id}',
        '/v1/admin/keys/{id}/activate',
        '/v1/admin/policies',
        '/v1/admin/policies/import',
        '/v1/admin/policies/{id}',
        '/v1/admin/revocations',
        '/v1/admin/revocations/{id}',
        '/v1/admin/revocations/{id}/failed',
        '/v1/admin/revocations/{id}/retry',
        '/v1/admin/revocations/{id}/viewers',
        '/v1/admin/stats',
        '/v1/admin/viewers/{viewerId}',
        '/v1/admin/viewers/{viewerId}/blocks',
        '/v1/sign-in',
        '/v1/tokens',
        '/v1/tokens/inspect',
      ]);
    });
  });
}
