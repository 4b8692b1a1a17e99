/** Tokens for clients: what stands in the answer and in the token, and that the playback edge takes it. */
import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Json } from '../answer.ts';
import { type Api, region } from '../api.ts';

/** The claims of a token whose signature holds under a key of the JWK set; checked by OpenSSL, not by what signed. */
export async function verifyWithOpenSsl(api: Api, token: string): Promise<Json> {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { body } = await api.call('GET', '/.well-known/jwks.json', { as: null });
  const holds = body.keys.some((jwk: Json) =>
    verify(
      'sha384',
      Buffer.from(`${header}.${payload}`),
      { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    ),
  );
  expect(holds).toBe(true);
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'ES384', typ: 'JWT' });
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

export function describeIssuing(api: Api): void {
  describeIssuingToClients(api);
  describeInspecting(api);
}

function describeIssuingToClients(api: Api): void {
  describe('issuing to a client', () => {
    it('answers a token that verifies, says what is in it, and plays', async () => {
      const channelArn = await api.createChannel();
      const before = Math.floor(Date.now() / 1000);
      const { status, body, headers } = await api.issue({ channelArn, viewerId: 'v-7f3a', ttlSeconds: 90 });
      expect(status).toBe(201);
      expect(Object.keys(body).sort()).toEqual(
        [
          'channelArn',
          'expiresAt',
          'expiresIn',
          'playbackUrl',
          'renewAfter',
          'sessionVersion',
          'token',
          'viewerId',
        ].sort(),
      );
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      const claims = await verifyWithOpenSsl(api, body.token);
      expect(claims).toEqual({
        'aws:channel-arn': channelArn,
        'aws:viewer-id': 'v-7f3a',
        'aws:viewer-session-version': body.sessionVersion,
        exp: Date.parse(body.expiresAt) / 1000,
      });
      expect(claims.exp - body.sessionVersion).toBe(90);
      expect(body.sessionVersion).toBeGreaterThanOrEqual(before);
      expect(body.playbackUrl.endsWith(`.m3u8?token=${body.token}`)).toBe(true);
      const played = await api.play(body.playbackUrl);
      expect(played.status).toBe(200);
      expect(await played.text()).toMatch(/^#EXTM3U/);
    });

    it('makes up a viewer id for an anonymous viewer, a new one each time', async () => {
      const channelArn = await api.createChannel();
      const [a, b] = await Promise.all([api.issue({ channelArn }), api.issue({ channelArn })]);
      expect(a.body.viewerId).toMatch(/^[!-~]{1,40}$/);
      expect(a.body.viewerId).not.toBe(b.body.viewerId);
    });

    it('carries single use, resolution and origin when they are asked for', async () => {
      const channelArn = await api.createChannel();
      const { body } = await api.issue({
        channelArn,
        singleUse: true,
        maximumResolution: 'HD',
        viewer: { origin: 'https://tv.example', country: 'DE' },
      });
      const claims = await verifyWithOpenSsl(api, body.token);
      expect(claims).toMatchObject({
        'aws:access-control-allow-origin': 'https://tv.example',
        'aws:maximum-resolution': 'HD',
        'aws:single-use-uuid': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
      });
      expect((await api.play(body.playbackUrl, { origin: 'https://other.example' })).status).toBe(403);
      expect((await api.play(body.playbackUrl, { origin: 'https://tv.example' })).status).toBe(200);
      expect((await api.play(body.playbackUrl, { origin: 'https://tv.example' })).status).toBe(403);
    });

    it('refuses a channel that is not registered, or not in the list of the client', async () => {
      const mine = await api.createChannel();
      const other = await api.createChannel();
      const client = await api.createClient('issuer', [mine]);
      expect((await api.issue({ channelArn: mine }, { as: client.key })).status).toBe(201);
      expect(await api.issue({ channelArn: other }, { as: client.key })).toMatchObject({
        status: 403,
        body: { code: 'channel_not_entitled' },
      });
      const unregistered = await api.createIvsChannel({ authorized: true });
      expect(await api.issue({ channelArn: unregistered })).toMatchObject({
        status: 404,
        body: { code: 'channel_not_found' },
      });
    });

    it('says that a region has no active key', async () => {
      const arn = await api.createIvsChannel({ authorized: true, region: 'eu-central-1' });
      const put = await api.call('PUT', `/v1/admin/channels/${encodeURIComponent(arn)}`, { body: {} });
      expect(put.status).toBe(200);
      const refused = await api.issue({ channelArn: arn });
      expect(refused).toMatchObject({ status: 503, body: { code: 'no_active_key' } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(arn).not.toContain(region);
    });

    it('answers a page of another origin, with the preflight before it', async () => {
      const preflight = await api.call('OPTIONS', '/v1/tokens', {
        as: null,
        headers: {
          origin: 'https://tv.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type',
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
      expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
      const channelArn = await api.createChannel();
      const refused = await api.issue({ channelArn }, { as: null, headers: { origin: 'https://tv.example' } });
      expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    });
  });
}

function describeInspecting(api: Api): void {
  describe('inspecting a token', () => {
    it('answers whatever time stands in it', async () => {
      const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const header = encode({ alg: 'ES384', typ: 'JWT' });
      const channelArn = await api.createChannel();
      for (const exp of [Number.MAX_SAFE_INTEGER, 253_402_300_800, Date.now(), -1, Number.MIN_SAFE_INTEGER]) {
        const token = `${header}.${encode({ 'aws:channel-arn': channelArn, exp })}.${'A'.repeat(128)}`;
        expect(await api.call('POST', '/v1/tokens/inspect', { body: { token } })).toMatchObject({
          status: 200,
          body: { plays: false, reason: 'signature_not_ours', claims: { exp }, expiresAt: null },
        });
      }
    });

    it('says that it plays, by which key, and why not once it was revoked', async () => {
      const channelArn = await api.createChannel();
      const { body } = await api.issue({ channelArn, viewerId: 'inspected' });
      const auditor = await api.createClient('auditor');
      const inspect = (extra = {}) =>
        api.call('POST', '/v1/tokens/inspect', { as: auditor.key, body: { token: body.token, ...extra } });
      expect(await inspect()).toMatchObject({
        status: 200,
        body: { plays: true, reason: null, keyId: expect.stringMatching(/^key_/), expiresAt: body.expiresAt },
      });
      await api.revoke({ channelArn, viewerId: 'inspected' });
      expect((await inspect()).body).toMatchObject({ plays: false, reason: 'revoked' });
      const foreign = `${body.token.slice(0, -10)}${body.token.at(-10) === 'A' ? 'B' : 'A'}${body.token.slice(-9)}`;
      expect((await inspect({ token: foreign })).body).toMatchObject({ plays: false, reason: 'signature_not_ours' });
      expect((await inspect({ token: 'not.a.token' })).body).toMatchObject({
        plays: false,
        reason: 'malformed',
        claims: null,
      });
    });
  });
}
