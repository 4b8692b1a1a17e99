/** Statistics: what was issued and refused, and how soon IVS was told, whoever counted it. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Api } from '../api.ts';

export function describeStatistics(api: Api): void {
  describe('statistics', () => {
    const read = async (query = '') => (await api.call('GET', `/v1/admin/stats${query}`)).body;
    const readOf = (channelArn: string) => read(`?channelArn=${encodeURIComponent(channelArn)}`);

    it('count tokens by what came of them, in all and for their channel', async () => {
      const policyId = await api.putPolicy({ allowedCountries: ['DE'] });
      const channelArn = await api.createChannel({ policyId });
      const before = (await read()).total;
      const issue = (country: string) => api.issue({ channelArn, viewer: { country } });
      for (const country of ['DE', 'FR', 'DE', 'US', 'DE'])
        expect((await issue(country)).status).toBe(country === 'DE' ? 201 : 403);
      await expect
        .poll(async () => (await readOf(channelArn)).total)
        .toMatchObject({
          issued: 3,
          refused: { country_not_allowed: 2 },
        });
      const { total } = await read();
      expect(total.issued).toBeGreaterThanOrEqual(before.issued + 3);
      expect(total.refused.country_not_allowed).toBeGreaterThanOrEqual((before.refused.country_not_allowed ?? 0) + 2);
    });

    it('have an item for each step, which add up to the total', async () => {
      const { from, to, stepSeconds, items, total } = await read('?step=5m');
      expect([stepSeconds, items.length]).toEqual([300, 12]);
      expect(items[0].at).toBe(from);
      expect(Date.parse(to) - Date.parse(from)).toBe(3_600_000);
      const issued = items.reduce((sum: number, item: { issued: number }) => sum + item.issued, 0);
      expect(issued).toBe(total.issued);
      expect(issued).toBeGreaterThan(0);
    });

    it('tell how soon IVS was told of a revocation', async () => {
      const [channelArn, viewerId] = [await api.createChannel(), `v-${randomUUID()}`];
      await api.issue({ channelArn, viewerId });
      const { body: revoked } = await api.revoke({ channelArn, viewerId });
      await api.delivered(revoked.id);
      await expect.poll(async () => (await readOf(channelArn)).total.lag.count).toBe(1);
      const { lag } = (await readOf(channelArn)).total;
      expect(lag.maxMs).toBeLessThan(60_000);
      expect([lag.meanMs, lag.p50Ms, lag.p99Ms]).toEqual([lag.maxMs, lag.maxMs, lag.maxMs]);
    });

    it('know no channel that only a stranger named', async () => {
      const unknown = 'arn:aws:ivs:us-west-2:123456789012:channel/madeUpByNobody';
      const refusals = async () => (await read()).total.refused.channel_not_found ?? 0;
      const before = await refusals();
      expect((await api.issue({ channelArn: unknown })).status).toBe(404);
      await expect.poll(refusals).toBeGreaterThan(before);
      expect((await readOf(unknown)).total).toMatchObject({ issued: 0, refused: {} });
    });

    it('are for whoever reads, of a time that is kept, in steps of whole minutes', async () => {
      const { key } = await api.createClient('auditor');
      expect((await api.call('GET', '/v1/admin/stats', { as: key })).status).toBe(200);
      const issuer = await api.createClient('issuer');
      expect((await api.call('GET', '/v1/admin/stats', { as: issuer.key })).status).toBe(403);
      for (const [query, path] of [
        ['from=2026-01-01T00:00:00Z', 'from'],
        ['from=9999-01-01T00:00:00Z', 'from'],
        ['to=2026-01-01T00:00:00Z', 'to'],
        ['step=90', 'step'],
        [`from=${new Date(Date.now() - 47 * 3_600_000).toISOString()}`, 'step'],
        ['channelArn=news', 'channelArn'],
        ['viewerId=anna', 'viewerId'],
      ])
        expect(await api.call('GET', `/v1/admin/stats?${query}`)).toMatchObject({
          status: 400,
          body: { code: 'invalid_request', errors: [{ path }] },
        });
    });
  });
}
