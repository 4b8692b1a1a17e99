/** Why a viewer would get a token or not: what is explained is what is decided, with what decides it; and what refusals say. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { IdentityProvider } from '../../support/identity-provider.ts';
import type { Json } from '../answer.ts';
import type { Api } from '../api.ts';

const newViewer = () => `v-${randomUUID()}`;
const at = (seconds: number) =>
  new Date(Math.floor(Date.now() / 1000 + seconds) * 1000).toISOString().replace('.000', '');

export function describeExplaining(api: Api, identityProvider: () => IdentityProvider): void {
  const explain = (body: Json) => api.call('POST', '/v1/admin/explain', { body });
  const refusing = ({ body }: { readonly body: Json }) =>
    body.checks.filter(({ result }: Json) => result === 'refuse').map(({ check }: Json) => check);
  describeVerdicts(api, explain, refusing);
  describeAskers(api, explain, identityProvider);
  describeHelpfulRefusals(api);
}

type Explain = (body: Json) => ReturnType<Api['call']>;

function describeVerdicts(api: Api, explain: Explain, refusing: (answer: { readonly body: Json }) => string[]): void {
  describe('explaining', () => {
    it('says of a viewer who gets a token what it would carry, and gives none', async () => {
      const policyId = await api.putPolicy({ allowedCountries: ['DE'], tokenTtlSeconds: 60 });
      const [channelArn, viewerId] = [await api.createChannel({ policyId }), newViewer()];
      const explained = await explain({ channelArn, viewerId, country: 'DE' });
      expect(explained).toMatchObject({
        status: 200,
        body: { verdict: 'issued', channelArn, viewerId, caller: 'assumed', until: null, blocks: [], channels: [] },
      });
      expect(explained.body.claims).toMatchObject({ 'aws:channel-arn': channelArn, 'aws:viewer-id': viewerId });
      expect(refusing(explained)).toEqual([]);
      expect(JSON.stringify(explained.body)).not.toContain('eyJ');
      expect((await api.call('GET', `/v1/admin/viewers/${viewerId}`)).body.channels).toEqual([]);
      expect((await api.issue({ channelArn, viewerId, viewer: { country: 'DE' } })).status).toBe(201);
      // What was watched is told as of now, whatever time is asked about.
      for (const then of [{}, { at: at(-60) }, { at: at(3 * 86_400) }])
        expect((await explain({ channelArn, viewerId, country: 'DE', ...then })).body.channels).toMatchObject([
          { channelArn },
        ]);
    });

    it('names every check that refuses, and the block that decides', async () => {
      const policyId = await api.putPolicy({ allowedCountries: ['DE'] });
      const [channelArn, viewerId] = [await api.createChannel({ policyId }), newViewer()];
      const until = at(3600);
      const short = await api.revoke({ viewerId, channelArn, block: { until: at(60) } });
      const long = await api.revoke({ viewerId, reason: 'chargeback', block: { until } });
      const explained = await explain({ channelArn, viewerId, country: 'FR' });
      expect(explained.body).toMatchObject({ verdict: 'viewer_blocked', until, claims: null });
      expect(refusing(explained)).toEqual(['block', 'country']);
      expect(explained.body.blocks).toMatchObject([
        { revocationId: long.body.id, scope: 'viewer', until, reason: 'chargeback' },
        { revocationId: short.body.id, scope: 'viewer_on_channel' },
      ]);
      const saw = Object.fromEntries(explained.body.checks.map(({ check, saw }: Json) => [check, saw]));
      expect(saw).toMatchObject({
        block: { blocked: true, until },
        country: { country: 'FR', allowedCountries: ['DE'] },
        floor: { floor: expect.any(Number) },
        limits: {
          limits: [{ name: 'viewer', rate: { tokens: 120, perSeconds: 60 }, isExceeded: false, remaining: 119 }],
        },
        key_pair: { keyId: expect.stringMatching(/^key_/) },
      });
      const later = await explain({ channelArn, viewerId, country: 'DE', at: at(3601) });
      expect(later.body.verdict).toBe('issued');
    });

    it('finds the block of everyone on the channel', async () => {
      const channelArn = await api.createChannel();
      const everyone = await api.revoke({ channelArn, block: {} });
      const { body } = await explain({ channelArn, viewerId: newViewer() });
      expect(body).toMatchObject({
        ...{ verdict: 'viewer_blocked', until: null },
        blocks: [{ revocationId: everyone.body.id, scope: 'channel', until: null }],
      });
    });

    it('tells of a channel that is not registered, and looks at no policy then', async () => {
      const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/nobodyKnows';
      const { body } = await explain({ channelArn, viewerId: newViewer() });
      expect(body.verdict).toBe('channel_not_found');
      const results = Object.fromEntries(body.checks.map(({ check, result }: Json) => [check, result]));
      expect(results).toMatchObject({ channel: 'refuse', hours: 'not_reached', origin: 'not_reached', block: 'pass' });
    });

    it('is asked about one viewer, in one way', async () => {
      const channelArn = await api.createChannel();
      for (const body of [{ channelArn }, { channelArn, viewerId: 'a', subject: 'b' }])
        expect(await explain(body)).toMatchObject({
          status: 400,
          body: { errors: [{ path: '', message: 'needs one of viewerId, subject and jwt' }] },
        });
      const { key } = await api.createClient('issuer');
      const answer = await api.call('POST', '/v1/admin/explain', { as: key, body: { channelArn, viewerId: 'a' } });
      expect(answer.status).toBe(403);
    });
  });
}

function describeAskers(api: Api, explain: Explain, identityProvider: () => IdentityProvider): void {
  describe('explaining a JWT', () => {
    const now = Math.floor(Date.now() / 1000);
    const sign = (claims: Json) =>
      identityProvider().sign({ iss: 'https://id.test', aud: 'playgate', exp: now + 3600, ...claims });

    it('holds it against the channel as asking for a token does', async () => {
      const channelArn = await api.createChannel();
      const entitled = await sign({ sub: 'ann@example.com', channels: [channelArn] });
      const { body } = await explain({ channelArn, jwt: entitled });
      expect(body).toMatchObject({ verdict: 'issued', caller: 'viewer', viewerId: expect.stringMatching(/^vh_/) });
      expect((await explain({ channelArn, subject: 'ann@example.com' })).body.viewerId).toBe(body.viewerId);
      expect((await explain({ channelArn, jwt: await sign({ sub: 'ann' }) })).body.verdict).toBe(
        'channel_not_entitled',
      );
    });

    it('says why one is nobody’s, and looks no further', async () => {
      const channelArn = await api.createChannel();
      for (const [claims, refusedBecause] of [
        [{ sub: 'v', exp: now - 3600 }, 'expired'],
        [{ sub: 'v', aud: 'other' }, 'wrong_audience'],
        [{}, 'no_viewer'],
      ] as const)
        expect((await explain({ channelArn, jwt: await sign(claims) })).body).toMatchObject({
          ...{ verdict: 'unauthenticated', caller: 'refused', refusedBecause, viewerId: null, claims: null },
        });
      expect((await explain({ channelArn, jwt: 'x' })).body.refusedBecause).toBe('malformed');
    });
  });
}

function describeHelpfulRefusals(api: Api): void {
  describe('a refusal', () => {
    it('says when a block ends, and when to come back', async () => {
      const [channelArn, viewerId] = [await api.createChannel(), newViewer()];
      const until = at(600);
      await api.revoke({ viewerId, block: { until } });
      const { status, body, headers } = await api.issue({ channelArn, viewerId });
      expect({ status, body }).toMatchObject({ status: 403, body: { code: 'viewer_blocked', until } });
      expect(headers.get('retry-after')).toBe(String(body.retryAfter));
      expect(Date.now() + body.retryAfter * 1000).toBeGreaterThanOrEqual(Date.parse(until) - 1000);
      await api.revoke({ viewerId, block: {} });
      const endless = await api.issue({ channelArn, viewerId });
      expect(endless.body).not.toHaveProperty('until');
      expect(endless.headers.has('retry-after')).toBe(false);
    });

    it('says when a channel opens, and sends nobody back who would wait for more than a day', async () => {
      for (const [opensAt, comesBack] of [
        [at(600), true],
        [at(200_000), false],
      ] as const) {
        const channelArn = await api.createChannel({ policyId: await api.putPolicy({ opensAt }) });
        const { body, headers } = await api.issue({ channelArn });
        expect(body).toMatchObject({ code: 'channel_closed', opensAt });
        expect(headers.has('retry-after')).toBe(comesBack);
      }
    });

    it('says when a channel closed for good, to who asks for a token and of one that was issued before', async () => {
      const channelArn = await api.createChannel();
      const { token } = (await api.issue({ channelArn })).body;
      const closesAt = at(2);
      const policyId = await api.putPolicy({ closesAt });
      const path = `/v1/admin/channels/${encodeURIComponent(channelArn)}`;
      expect((await api.call('PATCH', path, { body: { policyId } })).status).toBe(200);
      const ask = async () => (await api.issue({ channelArn })).body;
      await expect.poll(async () => (await ask()).code).toBe('channel_closed');
      expect(await ask()).toMatchObject({ closedAt: closesAt });
      expect(await ask()).not.toHaveProperty('opensAt');
      const inspected = await api.call('POST', '/v1/tokens/inspect', { body: { token } });
      expect(inspected.body).toMatchObject({
        ...{ plays: false, reason: 'channel_closed', closedAt: closesAt, opensAt: null, until: null },
      });
    });

    it('names the channels that have a policy', async () => {
      const policyId = await api.putPolicy({});
      const channels = [await api.createChannel({ policyId }), await api.createChannel({ policyId })];
      const { status, body } = await api.call('DELETE', `/v1/admin/policies/${policyId}`);
      expect({ status, body }).toMatchObject({ status: 409, body: { code: 'policy_in_use' } });
      expect(body.channels).toEqual(channels.toSorted());
    });

    it('of a token that is issued, says when to renew it', async () => {
      const { body } = await api.issue({ channelArn: await api.createChannel(), ttlSeconds: 100 });
      expect(body.expiresIn).toBeGreaterThanOrEqual(98);
      expect(body.expiresIn).toBeLessThanOrEqual(100);
      expect(body.renewAfter).toBe(Math.floor(body.expiresIn * 0.8));
    });

    it('inspects a whole playback URL', async () => {
      const { body } = await api.issue({ channelArn: await api.createChannel() });
      const inspect = (asked: Json) => api.call('POST', '/v1/tokens/inspect', { body: asked });
      const byUrl = await inspect({ playbackUrl: body.playbackUrl });
      expect(byUrl.body).toMatchObject({ plays: true, verdict: 'issued' });
      expect(byUrl.body).toEqual((await inspect({ token: body.token })).body);
      for (const wrong of [
        {},
        { token: body.token, playbackUrl: body.playbackUrl },
        { playbackUrl: 'https://a.test/' },
      ])
        expect((await inspect(wrong)).status).toBe(400);
    });
  });
}
