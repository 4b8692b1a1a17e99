/** Rate limits, from the outside: of viewers, of clients, and of viewers without an id. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answer, Json } from '../answer.ts';
import type { Api } from '../api.ts';
import type { Target } from '../target.ts';

/** Nothing comes back of it while a test runs. */
const three = { tokens: 3, perSeconds: 86_400 };

export function describeLimits(api: Api, target: () => Target): void {
  const createLimitedClient = async (limits: Json): Promise<string> => {
    const body = { name: 'limited', role: 'issuer', channels: ['*'], ...limits };
    const created = await api.call('POST', '/v1/admin/clients', { body });
    expect(created).toMatchObject({ status: 201, body: limits });
    return created.body.key;
  };
  const expectRefused = ({ status, body, headers }: Answer, limit: string) => {
    expect({ status, code: body.code }).toEqual({ status: 429, code: 'rate_limited' });
    expect(headers.get('ratelimit')).toContain(`"${limit}";r=0;t=`);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(28_000);
  };

  describe('a limit of one viewer', () => {
    it('is in the headers of every answer with a token: 120 in a minute where nobody said otherwise', async () => {
      const [channelArn, viewerId] = [await api.createChannel(), `v-${randomUUID()}`];
      const { headers } = await api.issue({ channelArn, viewerId });
      expect(headers.get('ratelimit-policy')).toBe('"viewer";q=120;w=60');
      expect(headers.get('ratelimit')).toBe('"viewer";r=119;t=1');
      expect(headers.get('access-control-expose-headers')).toContain('ratelimit,ratelimit-policy');
    });

    it("is the policy's where that has one, and holds over all who ask at once", async () => {
      const policyId = await api.putPolicy({ viewerRate: three });
      const read = await api.call('GET', `/v1/admin/policies/${policyId}`);
      expect(read.body.viewerRate).toEqual(three);
      const [channelArn, viewerId] = [await api.createChannel({ policyId }), `v-${randomUUID()}`];
      const answers = await Promise.all(Array.from({ length: 12 }, () => api.issue({ channelArn, viewerId })));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
      for (const answer of answers) if (answer.status !== 201) expectRefused(answer, 'viewer');
      expect((await api.issue({ channelArn, viewerId: `v-${randomUUID()}` })).status).toBe(201);
      expect((await api.issue({ channelArn: await api.createChannel(), viewerId })).status).toBe(201);
    });

    it('is taken away from a policy by null', async () => {
      const policyId = await api.putPolicy({ viewerRate: three, maxConcurrentSessions: 2 });
      const body = { viewerRate: null, maxConcurrentSessions: null };
      const patched = await api.call('PATCH', `/v1/admin/policies/${policyId}`, { body });
      expect(patched.status).toBe(200);
      for (const field of Object.keys(body)) expect(patched.body).not.toHaveProperty(field);
    });

    it('is named in the line of the request', async () => {
      const policyId = await api.putPolicy({ viewerRate: { ...three, tokens: 1 } });
      const [channelArn, viewerId] = [await api.createChannel({ policyId }), `v-${randomUUID()}`];
      await api.issue({ channelArn, viewerId });
      expectRefused(await api.issue({ channelArn, viewerId }), 'viewer');
      const findLine = () =>
        target()
          .logs()
          .split('\n')
          .find((line) => line.includes(viewerId) && line.includes('"status":429'));
      await expect.poll(findLine).toBeDefined();
      expect(JSON.parse(findLine() ?? '')).toMatchObject({ code: 'rate_limited', limit: 'viewer' });
    });
  });

  describe('limits of a client', () => {
    it('are its own, over all viewers', async () => {
      const channelArn = await api.createChannel();
      const key = await createLimitedClient({ rate: three });
      for (const remaining of [2, 1, 0]) {
        const { status, headers } = await api.issue({ channelArn, viewerId: `v-${randomUUID()}` }, { as: key });
        expect(status).toBe(201);
        expect(headers.get('ratelimit')).toContain(`"client";r=${remaining};t=28800`);
      }
      expectRefused(await api.issue({ channelArn, viewerId: `v-${randomUUID()}` }, { as: key }), 'client');
      expect((await api.issue({ channelArn, viewerId: `v-${randomUUID()}` })).status).toBe(201);
    });

    it('are changed, and taken away, and stay where nothing is said of them', async () => {
      const body = { name: 'limited', role: 'issuer', channels: ['*'], rate: three, anonymousRate: three };
      const { id } = (await api.call('POST', '/v1/admin/clients', { body })).body;
      const patch = async (changes: Json) =>
        (await api.call('PATCH', `/v1/admin/clients/${id}`, { body: changes })).body;
      const rate = { tokens: 5, perSeconds: 60 };
      expect(await patch({ rate })).toMatchObject({ rate, anonymousRate: three });
      const without = await patch({ rate: null });
      expect(without).toMatchObject({ anonymousRate: three });
      expect(without).not.toHaveProperty('rate');
      expect(await patch({ name: 'other' })).toMatchObject({ name: 'other', anonymousRate: three });
    });

    it('count viewers without an id apart', async () => {
      const channelArn = await api.createChannel();
      const key = await createLimitedClient({ anonymousRate: three });
      const answers = await Promise.all(Array.from({ length: 9 }, () => api.issue({ channelArn }, { as: key })));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
      for (const answer of answers) if (answer.status !== 201) expectRefused(answer, 'anonymous');
      expect((await api.issue({ channelArn, viewerId: `v-${randomUUID()}` }, { as: key })).status).toBe(201);
    });
  });

  describe('a rate', () => {
    it.each([{ tokens: 0, perSeconds: 1 }, { tokens: 1 }, { tokens: 5, perSeconds: 60, burst: 6 }, '5/60s'])(
      'is not %j',
      async (viewerRate) => {
        const refused = await api.call('PUT', '/v1/admin/policies/limited', { body: { viewerRate } });
        expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      },
    );
  });
}
