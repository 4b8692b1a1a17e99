/** Two operators at once: nobody overwrites what they have not seen, a PATCH changes what it mentions, and a PUT says what it drops. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Json } from '../answer.ts';
import type { Api } from '../api.ts';

export function describeTwoOperators(api: Api): void {
  const send = (method: string, path: string, body?: Json, headers: Record<string, string> = {}) =>
    api.call(method, path, { ...(body !== undefined && { body }), headers });
  const tagOf = async (path: string) => (await send('GET', path)).headers.get('etag') ?? '';

  describe('two operators', () => {
    it('do not overwrite each other, where they say what they have seen', async () => {
      const policyId = await api.putPolicy({ allowedCountries: ['DE'] });
      const channelArn = await api.createChannel({ policyId });
      const { id } = await api.createClient('auditor');
      for (const [path, put, patch] of [
        [`/v1/admin/policies/${policyId}`, { singleUse: true }, { tokenTtlSeconds: 60 }],
        [`/v1/admin/channels/${encodeURIComponent(channelArn)}`, { policyId }, { access: 'authenticated' }],
        [`/v1/admin/clients/${id}`, undefined, { name: 'renamed' }],
      ] as const) {
        const seen = await tagOf(path);
        expect(seen).toMatch(/^"[0-9a-f]{24}"$/);
        const first = await send('PATCH', path, patch, { 'if-match': seen });
        expect(first.status).toBe(200);
        expect(first.headers.get('etag')).toBe(await tagOf(path));
        const late: [string, Json][] = [
          ['PATCH', patch],
          ['DELETE', undefined],
          ...(put ? [['PUT', put] as [string, Json]] : []),
        ];
        for (const [method, body] of late)
          for (const tag of [seen, `W/${first.headers.get('etag')}`, '"x", "y"'])
            expect(await send(method, path, body, { 'if-match': tag })).toMatchObject({
              status: 412,
              body: { code: 'precondition_failed' },
            });
        expect(await tagOf(path)).toBe(first.headers.get('etag'));
        expect((await send('PATCH', path, patch, { 'if-match': `"x", ${first.headers.get('etag')}` })).status).toBe(
          200,
        );
        expect((await send('PATCH', path, patch, { 'if-match': '*' })).status).toBe(200);
        expect((await send('PATCH', path, patch, { 'if-match': 'x' })).body.errors[0].path).toBe('If-Match');
      }
      expect((await send('DELETE', `/v1/admin/clients/${id}`, undefined, { 'if-match': '*' })).status).toBe(204);
      expect((await send('DELETE', `/v1/admin/clients/${id}`, undefined, { 'if-match': '*' })).status).toBe(412);
      expect((await send('DELETE', `/v1/admin/clients/${id}`)).status).toBe(404);
    });

    it('make a record once, where they say that there is none', async () => {
      const path = `/v1/admin/policies/p-${randomUUID()}`;
      expect((await send('PUT', path, {}, { 'if-match': '*' })).status).toBe(412);
      expect((await send('PUT', path, {}, { 'if-none-match': '*' })).status).toBe(200);
      expect((await send('PUT', path, { singleUse: true }, { 'if-none-match': '*' })).status).toBe(412);
      expect((await send('GET', path)).body.singleUse).toBe(false);
    });

    it('change a policy at the same time without losing either change', async () => {
      const path = `/v1/admin/policies/${await api.putPolicy({})}`;
      const changes = [
        { singleUse: true },
        { allowedCountries: ['DE'] },
        { tokenTtlSeconds: 60 },
        { maximumResolution: 'SD' },
      ];
      const answers = await Promise.all(changes.map((change) => send('PATCH', path, change)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect((await send('GET', path)).body).toMatchObject(Object.assign({}, ...changes));
    });
  });

  describe('a PATCH', () => {
    it('leaves what it does not mention, and gives up what it calls null', async () => {
      const opensAt = '2030-01-01T00:00:00Z';
      const path = `/v1/admin/policies/${await api.putPolicy({ allowedCountries: ['DE'], maximumResolution: 'HD', opensAt })}`;
      const patched = await send('PATCH', path, { maximumResolution: null, singleUse: true });
      expect(patched.body).toMatchObject({ allowedCountries: ['DE'], opensAt, singleUse: true });
      expect(patched.body).not.toHaveProperty('maximumResolution');
      const viewerRate = { tokens: 30, perSeconds: 60 };
      expect((await send('PATCH', path, { viewerRate, maxConcurrentSessions: 2 })).body).toMatchObject({ viewerRate });
      await send('PATCH', path, { viewerRate: null, maxConcurrentSessions: null });
      expect((await send('PATCH', path, {})).body).toEqual(patched.body);
      for (const [wrong, at] of [
        [{ closesAt: '2029-01-01T00:00:00Z' }, 'closesAt'],
        [{ tokenTtlSeconds: 100, maxTokenTtlSeconds: 50 }, 'tokenTtlSeconds'],
        [{ singleUse: null }, 'singleUse'],
        [{ surprise: 1 }, 'surprise'],
      ] as const)
        expect((await send('PATCH', path, wrong)).body.errors[0].path).toBe(at);
      expect((await send('GET', path)).body).toEqual(patched.body);
      expect((await send('PATCH', '/v1/admin/policies/nobody-wrote-it', {})).status).toBe(404);
    });

    it('of a channel attaches a policy that there is, and keeps the rest', async () => {
      const path = `/v1/admin/channels/${encodeURIComponent(await api.createChannel({ access: 'authenticated' }))}`;
      expect((await send('PATCH', path, { policyId: 'nobody-wrote-it' })).body.errors[0].path).toBe('policyId');
      const policyId = await api.putPolicy({});
      expect((await send('PATCH', path, { policyId })).body).toMatchObject({ policyId, access: 'authenticated' });
      expect((await send('PATCH', path, { policyId: null })).body).toMatchObject({ policyId: null });
    });

    it('of a client changes what it may do, and not its key', async () => {
      const channelArn = await api.createChannel();
      const { id, key } = await api.createClient('issuer', [channelArn]);
      const path = `/v1/admin/clients/${id}`;
      const expiresAt = '2100-01-01T00:00:00Z';
      expect((await send('PATCH', path, { expiresAt, name: 'shop 2' })).body).toMatchObject({
        expiresAt,
        name: 'shop 2',
      });
      expect((await send('PATCH', path, { expiresAt: null })).body).toMatchObject({ expiresAt: null, name: 'shop 2' });
      const rate = { tokens: 100, perSeconds: 60 };
      expect((await send('PATCH', path, { rate })).body).toMatchObject({ rate, name: 'shop 2', role: 'issuer' });
      expect((await send('PATCH', path, { rate: null })).body).not.toHaveProperty('rate');
      expect((await api.issue({ channelArn }, { as: key })).status).toBe(201);
      expect((await send('PATCH', path, { role: 'auditor' })).status).toBe(200);
      // Other isolates and instances may remember the client for some seconds.
      await expect.poll(async () => (await api.issue({ channelArn }, { as: key })).status).toBe(403);
    });
  });

  it('a PUT that drops what it does not mention says so', async () => {
    const policyId = await api.putPolicy({ allowedCountries: ['DE'], maximumResolution: 'HD' });
    const put = await send('PUT', `/v1/admin/policies/${policyId}`, { singleUse: true, maximumResolution: 'HD' });
    expect(put.body.warnings).toEqual([expect.stringContaining('allowedCountries was ["DE"]')]);
    const path = `/v1/admin/channels/${encodeURIComponent(await api.createChannel({ policyId, access: 'authenticated' }))}`;
    const { body } = await send('PUT', path, {});
    expect(body.warnings.join()).toContain(`policyId was "${policyId}"`);
    expect(body.warnings.join()).toContain('access was "authenticated"');
    expect((await send('PUT', path, { policyId: null, access: 'entitled' })).body.warnings).toEqual([]);
  });
}
