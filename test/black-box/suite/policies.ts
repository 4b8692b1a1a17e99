/** Every field of a policy, from the outside. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Json } from '../answer.ts';
import type { Api } from '../api.ts';
import { verifyWithOpenSsl } from './issuing.ts';

export function describePolicies(api: Api): void {
  describeImporting(api);
  describe('a restriction policy', () => {
    const issueUnder = async (policy: Json, body: Json = {}) =>
      api.issue({ channelArn: await api.createChannel({ policyId: await api.putPolicy(policy) }), ...body });
    const codeUnder = async (policy: Json, body: Json = {}) => (await issueUnder(policy, body)).body.code;
    const claimsUnder = async (policy: Json, body: Json = {}) =>
      verifyWithOpenSsl(api, (await issueUnder(policy, body)).body.token);

    it('allows and blocks countries', async () => {
      const from = (country: string) => ({ viewer: { country } });
      expect(await codeUnder({ allowedCountries: ['DE', 'FR'] }, from('FR'))).toBeUndefined();
      expect(await codeUnder({ allowedCountries: ['DE', 'FR'] }, from('US'))).toBe('country_not_allowed');
      expect(await codeUnder({ blockedCountries: ['US'] }, from('US'))).toBe('country_not_allowed');
      expect(await codeUnder({ blockedCountries: ['US'] }, from('DE'))).toBeUndefined();
      expect(await codeUnder({ blockedCountries: ['US'] })).toBe('country_unknown');
      expect(await codeUnder({ allowedCountries: ['DE'], unknownCountry: 'allow' })).toBeUndefined();
    });

    it('never applies the country of a backend to its viewers', async () => {
      const policyId = await api.putPolicy({ allowedCountries: ['DE'] });
      const channelArn = await api.createChannel({ policyId });
      expect((await api.issue({ channelArn }, { country: 'DE' })).body.code).toBe('country_unknown');
    });

    it('allows origins as IVS matches them', async () => {
      const policy = { allowedOrigins: ['https://tv.example', 'https://*.tv.example'] };
      const from = (origin: string) => ({ viewer: { origin } });
      expect(await codeUnder(policy, from('https://www.tv.example'))).toBeUndefined();
      expect(await codeUnder(policy, from('https://tv.example.evil.example'))).toBe('origin_not_allowed');
      expect(await codeUnder(policy, from('http://tv.example'))).toBe('origin_not_allowed');
      expect((await claimsUnder(policy))['aws:access-control-allow-origin']).toBe(policy.allowedOrigins.join(','));
    });

    it('sets what the token carries, and a request can only narrow it', async () => {
      const policy = {
        allowedOrigins: ['https://tv.example'],
        strictOriginEnforcement: true,
        singleUse: true,
        maximumResolution: 'HD',
        tokenTtlSeconds: 60,
        maxTokenTtlSeconds: 100,
      };
      const claims = await claimsUnder(policy, { singleUse: false, maximumResolution: 'FULL_HD' });
      expect(claims).toMatchObject({
        'aws:access-control-allow-origin': 'https://tv.example',
        'aws:strict-origin-enforcement': true,
        'aws:single-use-uuid': expect.any(String),
        'aws:maximum-resolution': 'HD',
      });
      expect(claims.exp - claims['aws:viewer-session-version']).toBe(60);
      expect((await claimsUnder(policy, { maximumResolution: 'SD' }))['aws:maximum-resolution']).toBe('SD');
      const tooLong = await issueUnder(policy, { ttlSeconds: 101 });
      expect(tooLong).toMatchObject({
        status: 400,
        body: { code: 'invalid_request', errors: [{ path: 'ttlSeconds' }] },
      });
    });

    it('opens and closes', async () => {
      const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
      expect(await codeUnder({ opensAt: at(60) })).toBe('channel_closed');
      expect(await codeUnder({ opensAt: at(-60), closesAt: at(60) })).toBeUndefined();
      const policyId = await api.putPolicy({ closesAt: at(60) });
      const channelArn = await api.createChannel({ policyId });
      expect((await api.issue({ channelArn })).status).toBe(201);
      await api.call('PUT', `/v1/admin/policies/${policyId}`, { body: { closesAt: at(2) } });
      await expect.poll(async () => (await api.issue({ channelArn })).body.code).toBe('channel_closed');
    });

    it('lets no token outlive the hour at which it closes', async () => {
      const closesAt = new Date(Math.floor(Date.now() / 1000) * 1000 + 90_000);
      const policy = { closesAt: closesAt.toISOString(), tokenTtlSeconds: 120 };
      for (const body of [{}, { ttlSeconds: 570 }])
        expect((await claimsUnder(policy, body)).exp).toBe(closesAt.getTime() / 1000);
      const { exp, 'aws:viewer-session-version': issuedAt } = await claimsUnder(policy, { ttlSeconds: 10 });
      expect(exp).toBe(issuedAt + 10);
    });

    it('that is closed already is refused, and what was there stays', async () => {
      const id = await api.putPolicy({ singleUse: true });
      const path = `/v1/admin/policies/${id}`;
      for (const closesAt of ['2020-01-01T00:00:00Z', new Date().toISOString()])
        expect(await api.call('PUT', path, { body: { closesAt, more: 1 } })).toMatchObject({
          status: 400,
          body: { code: 'invalid_request', errors: [{ path: 'closesAt' }, { path: 'more' }] },
        });
      expect((await api.call('GET', path)).body).toMatchObject({ singleUse: true });
      expect((await api.call('GET', path)).body).not.toHaveProperty('closesAt');
    });

    it('is stored whole, listed, replaced, and deleted only when no channel uses it', async () => {
      const id = await api.putPolicy({ allowedCountries: ['DE'], opensAt: '2026-11-20T18:00:00+01:00' });
      const path = `/v1/admin/policies/${id}`;
      expect((await api.call('GET', path)).body).toEqual({
        id,
        allowedCountries: ['DE'],
        blockedCountries: [],
        unknownCountry: 'deny',
        allowedOrigins: [],
        strictOriginEnforcement: false,
        singleUse: false,
        tokenTtlSeconds: 120,
        maxTokenTtlSeconds: 570,
        opensAt: '2026-11-20T17:00:00Z',
      });
      const channelArn = await api.createChannel({ policyId: id });
      expect(await api.call('DELETE', path)).toMatchObject({ status: 409, body: { code: 'policy_in_use' } });
      await api.call('PUT', path, { body: {} });
      expect((await api.call('GET', path)).body.allowedCountries).toEqual([]);
      await api.call('DELETE', `/v1/admin/channels/${encodeURIComponent(channelArn)}`);
      expect((await api.call('DELETE', path)).status).toBe(204);
      expect(await api.call('GET', path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect((await api.call('DELETE', path)).status).toBe(404);
    });
  });
}

function describeImporting(api: Api): void {
  describe('a restriction policy of IVS', () => {
    const take = (body: object) => api.call('POST', '/v1/admin/policies/import', { body });

    it('is taken over, and holds on a private channel then', async () => {
      const name = `ivs-${randomUUID()}`;
      const arn = await api.createIvsPolicy({
        ...{ name, allowedCountries: ['DE', 'FR'], allowedOrigins: ['https://*.tv.example'] },
        enableStrictOriginEnforcement: true,
      });
      const taken = await take({ arn });
      expect(taken).toMatchObject({
        status: 201,
        body: {
          ...{ id: name, allowedCountries: ['DE', 'FR'], allowedOrigins: ['https://*.tv.example'] },
          ...{ strictOriginEnforcement: true, unknownCountry: 'allow' },
        },
      });
      const channelArn = await api.createChannel({ policyId: name });
      expect((await api.issue({ channelArn, viewer: { country: 'US' } })).body.code).toBe('country_not_allowed');
      expect((await api.issue({ channelArn })).status).toBe(201);
      expect(await take({ arn })).toMatchObject({ status: 409, body: { code: 'conflict' } });
      expect((await take({ arn, replace: true })).status).toBe(201);
      expect((await take({ arn, id: `${name}-2` })).body.id).toBe(`${name}-2`);
      const { body: audit } = await api.call('GET', `/v1/admin/audit?action=policy&target=${name}`);
      expect(audit.items.map(({ action }: Json) => action)).toEqual(['policy.import', 'policy.import']);
    });

    it('that there is not, or that cannot be, is refused, and nothing is written', async () => {
      const gone = 'arn:aws:ivs:us-west-2:123456789012:playback-restriction-policy/gone';
      expect(await take({ arn: gone })).toMatchObject({ status: 404, body: { code: 'not_found' } });
      const channel = 'arn:aws:ivs:us-west-2:123456789012:channel/news';
      expect(await take({ arn: channel })).toMatchObject({ status: 400, body: { errors: [{ path: 'arn' }] } });
      const name = `odd-${randomUUID()}`;
      const arn = await api.createIvsPolicy({ name, allowedOrigins: ['https://tv.example', 'null'] });
      expect(await take({ arn })).toMatchObject({ status: 400, body: { errors: [{ path: 'allowedOrigins.1' }] } });
      expect((await api.call('GET', `/v1/admin/policies/${name}`)).status).toBe(404);
      expect((await take({ arn: gone, id: 'import' })).status).toBe(400);
    });
  });
}
