/** What a target does while Redis, the vault or the identity provider is away: closed, in bounded time, and back soon. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalIvs } from '../../src/local-ivs/local-ivs.ts';
import { startIdentityProvider } from '../support/identity-provider.ts';
import { expectWithin, measure } from '../support/within.ts';
import type { Answer } from './answer.ts';
import { createApi, region } from './api.ts';
import type { RedisTarget, StartRedisTarget } from './redis-targets.ts';
import type { Surroundings } from './target.ts';

/** Redis's timeout is 500 ms; the rest is what two cores take for the way there and back. */
const answerWithinMs = 500 + 400;
const backWithinMs = 2000;

export function describeOutages(name: string, startTarget: StartRedisTarget): void {
  describe(`${name}, when what it depends on is away`, () => {
    let surroundings: Surroundings;
    let target: RedisTarget;
    let channelArn: string;
    /** Channels for which nobody else asks. */
    let seen: { readonly before: string; readonly after: string };
    const api = createApi(
      () => target,
      () => surroundings,
    );

    beforeAll(async () => {
      surroundings = {
        localIvs: await startLocalIvs({ port: 0, throttling: false }),
        identityProvider: await startIdentityProvider(),
      };
      target = await startTarget(surroundings, { AWS_TIMEOUT_MS: '1000' });
      await api.call('POST', '/v1/admin/keys', { body: { region } });
      channelArn = await api.createChannel({ access: 'authenticated' });
      seen = { before: await api.createChannel(), after: await api.createChannel() };
      expect((await api.issue({ channelArn })).status).toBe(201);
    });

    afterAll(async () => {
      await target?.stop();
      await surroundings?.localIvs.close();
    });

    async function expectUnavailable(): Promise<void> {
      const answer = await expectWithin(answerWithinMs, () => api.issue({ channelArn }));
      expect(answer).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }

    async function expectBack(isBack: (answer: Answer) => boolean): Promise<void> {
      const look = async () => isBack(await api.issue({ channelArn }));
      const { tookMs } = await measure(() => expect.poll(look).toBe(true));
      expect(tookMs).toBeLessThan(backWithinMs);
    }

    it('signs on with warm keys while the vault hangs, and says what is to be mended', async () => {
      target.secretsManager.trouble = 'hang';
      expect((await api.issue({ channelArn })).status).toBe(201);
      // What was found within the last second is said again.
      await expect
        .poll(() => api.call('GET', '/readyz', { as: null }))
        .toMatchObject({
          status: 200,
          body: {
            ready: true,
            checks: { store: { state: 'ok' }, vault: { state: 'degraded' }, keys: { state: 'ok' } },
          },
        });
      target.secretsManager.trouble = 'broken';
      const refused = await api.call('POST', '/v1/admin/keys', { body: { region: 'eu-west-1' } });
      expect(refused).toMatchObject({ status: 503, body: { code: 'vault_unavailable' } });
      target.secretsManager.trouble = 'none';
      const findVault = async () => (await api.call('GET', '/readyz', { as: null })).body.checks.vault.state;
      await expect.poll(findVault).toBe('ok');
    });

    it('says in the log what broke a request, beside its id, without the password of Redis', async () => {
      target.redis.pause();
      const answer = await api.issue({ channelArn });
      target.redis.resume();
      const requestId = answer.headers.get('x-request-id') ?? 'none';
      const findLine = () =>
        target
          .logs()
          .split('\n')
          .find((line) => line.includes('"outage"') && line.includes(requestId));
      await expect.poll(findLine).toMatch(/"reason":"Error: (?:Command|connecting) timed out"/);
      const { passwords } = await target.secrets();
      for (const password of passwords) expect(target.logs()).not.toContain(password);
      await expectBack(({ status }) => status === 201);
    });

    it('refuses while Redis hangs, answers many in bounded time, and serves again soon after', async () => {
      target.redis.pause();
      await expectUnavailable();
      const ask = () => Promise.all(Array.from({ length: 40 }, () => api.issue({ channelArn })));
      for (const { status } of await expectWithin(answerWithinMs * 2, ask)) expect(status).toBe(503);
      const readiness = async () => (await api.call('GET', '/readyz', { as: null })).body.checks;
      await expect.poll(readiness).toMatchObject({ store: { state: 'unavailable' }, vault: { state: 'ok' } });
      expect((await api.call('GET', '/livez', { as: null })).status).toBe(200);
      target.redis.resume();
      await expectBack(({ status }) => status === 201);
    });

    it('counts what it answered while Redis hangs, and adds it once', async () => {
      const readTotal = async (query = '') => (await api.call('GET', `/v1/admin/stats${query}`)).body.total;
      const expectCounted = async (arn: string) => {
        await expect.poll(async () => (await api.issue({ channelArn: arn })).status).toBe(201);
        const total = () => readTotal(`?channelArn=${encodeURIComponent(arn)}`);
        await expect.poll(async () => (await total())?.issued).toBeGreaterThan(0);
      };
      const countFailures = () => target.logs().split('"stats_not_flushed"').length;
      await expectCounted(seen.before);

      const failures = countFailures();
      target.redis.pause();
      for (let count = 0; count < 7; count++) expect((await api.issue({})).status).toBe(400);
      // What was sent meanwhile Redis finds when it goes on, though nobody waits for its answer any more.
      await expect.poll(countFailures).toBeGreaterThan(failures);
      target.redis.resume();
      await expectBack(({ status }) => status === 201);
      await expectCounted(seen.after);
      expect((await readTotal()).refused.invalid_request).toBe(7);
    });

    it('refuses every change while Redis hangs', async () => {
      target.redis.pause();
      for (const answer of [
        await api.revoke({ viewerId: 'v', block: {} }),
        await api.call('PUT', '/v1/admin/policies/p', { body: {} }),
        await api.call('POST', '/v1/admin/clients', { body: { name: 'n', role: 'issuer', channels: ['*'] } }),
      ])
        expect(answer).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
      target.redis.resume();
      await expectBack(({ status }) => status === 201);
    });

    it('refuses viewers whose identity provider does not answer, and lets clients through', async () => {
      const jwt = await surroundings.identityProvider.sign({ sub: 'v' });
      await surroundings.identityProvider.close();
      expect(await api.issue({ channelArn }, { as: jwt })).toMatchObject({
        status: 503,
        body: { code: 'identity_provider_unavailable' },
      });
      // On Workers several objects hold a connection each, and one may still be finding back after the outages above.
      await expect.poll(async () => (await api.issue({ channelArn })).status).toBe(201);
    });

    it('gives no token on an empty Redis where it knew a full one, and says so: blocks may be gone with the rest', async () => {
      expect((await api.issue({ channelArn })).status).toBe(201);
      await target.redis.stop();
      await expectUnavailable();
      await target.redis.restart();
      const ask = () => api.issue({ channelArn });
      await expect.poll(() => ask().then(target.logs)).toContain('"store_replaced"');
      // On Workers an object that never saw the full one finds the channel missing.
      const answers = await Promise.all(Array.from({ length: 20 }, ask));
      const codes = answers.map(({ status, body }) => `${status} ${body.code}`);
      expect(codes).toContain('503 store_unavailable');
      const refusals = ['503 store_unavailable', '404 channel_not_found'];
      expect(codes.filter((code) => !refusals.includes(code))).toEqual([]);
    });
  });
}
