/** Tokens for viewers who bring their own JWT. */
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { IdentityProvider } from '../../support/identity-provider.ts';
import type { Api } from '../api.ts';

export function describeViewers(api: Api, identityProvider: () => IdentityProvider): void {
  describe('issuing to a viewer', () => {
    const sign = (claims: Parameters<IdentityProvider['sign']>[0]) => identityProvider().sign(claims);

    it('takes the viewer id from the JWT, the origin from the request, and the channel from the claim', async () => {
      const channelArn = await api.createChannel();
      const jwt = await sign({ sub: 'viewer-42', channels: [channelArn] });
      const { status, body } = await api.issue({ channelArn }, { as: jwt, headers: { origin: 'https://tv.example' } });
      expect(status).toBe(201);
      expect(body.viewerId).toBe('viewer-42');
      const claims = JSON.parse(Buffer.from(body.token.split('.')[1], 'base64url').toString());
      expect(claims['aws:access-control-allow-origin']).toBe('https://tv.example');
    });

    it('refuses a channel that the JWT does not name, unless it is open to everyone who is authenticated', async () => {
      const closed = await api.createChannel();
      const open = await api.createChannel({ access: 'authenticated' });
      const jwt = await sign({ sub: 'viewer-42' });
      const refused = { status: 403, body: { code: 'channel_not_entitled' } };
      expect(await api.issue({ channelArn: closed }, { as: jwt })).toMatchObject(refused);
      expect((await api.issue({ channelArn: open }, { as: jwt })).status).toBe(201);
      expect((await api.issue({ channelArn: closed }, { as: await sign({ sub: 'v', channels: '*' }) })).status).toBe(
        201,
      );
      const nowhere = `${closed}x`;
      expect(await api.issue({ channelArn: nowhere }, { as: jwt })).toMatchObject(refused);
    });

    it('hides who the viewer is when the subject is an e-mail address or too long, always in the same way', async () => {
      const channelArn = await api.createChannel({ access: 'authenticated' });
      for (const sub of ['alice@example.com', `auth0|${'x'.repeat(60)}`]) {
        const answers = await Promise.all(
          [1, 2].map(async () => api.issue({ channelArn }, { as: await sign({ sub }) })),
        );
        const ids = answers.map(({ body }) => body.viewerId);
        expect(ids[0]).toMatch(/^vh_[A-Za-z0-9_-]{36}$/);
        expect(ids[1]).toBe(ids[0]);
        expect(JSON.stringify(answers[0])).not.toContain(sub);
      }
    });

    it('can be revoked by the name that the identity provider knows', async () => {
      const channelArn = await api.createChannel({ access: 'authenticated' });
      const sub = `mallory-${randomUUID()}@example.com`;
      const jwt = await sign({ sub });
      const { body } = await api.issue({ channelArn }, { as: jwt });
      const revoked = await api.revoke({ viewerId: sub, block: {} });
      expect(revoked).toMatchObject({ status: 201, body: { scope: 'viewer', viewerId: body.viewerId } });
      expect(await api.issue({ channelArn }, { as: jwt })).toMatchObject({
        status: 403,
        body: { code: 'viewer_blocked' },
      });
    });

    it('refuses a viewer who chooses an id or says where it is, with every problem at once', async () => {
      const channelArn = await api.createChannel({ access: 'authenticated' });
      const jwt = await sign({ sub: 'viewer-42' });
      const { status, body } = await api.issue(
        { channelArn, viewerId: 'admin', viewer: {}, ttlSeconds: 0 },
        { as: jwt },
      );
      expect(status).toBe(400);
      expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
        'ttlSeconds',
        'viewer',
        'viewerId',
      ]);
    });

    it('refuses every JWT that does not hold', async () => {
      const channelArn = await api.createChannel({ access: 'authenticated' });
      const now = Math.floor(Date.now() / 1000);
      const good = await sign({ sub: 'v' });
      const [header = '', payload = ''] = good.split('.');
      const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const refused = [
        await sign({ sub: 'v', exp: now - 60 }),
        await sign({ sub: 'v', nbf: now + 60 }),
        await sign({ sub: 'v', iss: 'https://other.test' }),
        await sign({ sub: 'v', aud: 'other' }),
        await sign({}),
        await sign({ sub: 'v', padding: 'x'.repeat(8200) }),
        `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
        `${header}.${payload}.${'A'.repeat(86)}`,
        await new SignJWT({ sub: 'v', iss: 'https://id.test', aud: 'playgate', exp: now + 60 })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(new TextEncoder().encode(payload)),
      ];
      for (const jwt of refused)
        expect(await api.issue({ channelArn }, { as: jwt })).toMatchObject({
          status: 401,
          body: { code: 'unauthenticated' },
        });
      expect((await api.issue({ channelArn }, { as: good })).status).toBe(201);
    });

    it('uses the country that the runtime knows', async () => {
      const policyId = await api.putPolicy({ allowedCountries: ['DE'] });
      const channelArn = await api.createChannel({ access: 'authenticated', policyId });
      const jwt = await sign({ sub: 'viewer-42' });
      expect((await api.issue({ channelArn }, { as: jwt, country: 'DE' })).status).toBe(201);
      expect((await api.issue({ channelArn }, { as: jwt, country: 'FR' })).body.code).toBe('country_not_allowed');
      expect((await api.issue({ channelArn }, { as: jwt, country: 'XX' })).body.code).toBe('country_unknown');
    });
  });
}
