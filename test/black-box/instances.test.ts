/** What holds over several instances, and over the end of one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalIvs } from '../../src/local-ivs/local-ivs.ts';
import { startIdentityProvider } from '../support/identity-provider.ts';
import { type NodeService, startNodeService } from '../support/node-service.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { measure } from '../support/within.ts';
import { createApi, region } from './api.ts';
import { type Surroundings, toSettings } from './target.ts';

let surroundings: Surroundings;
let folder: string;

beforeAll(async () => {
  surroundings = {
    localIvs: await startLocalIvs({ port: 0, throttling: false }),
    identityProvider: await startIdentityProvider(),
  };
  folder = await mkdtemp(join(tmpdir(), 'playgate-'));
});

afterAll(async () => {
  await surroundings.localIvs.close();
  await surroundings.identityProvider.close();
  await rm(folder, { recursive: true });
});

const apiOf = (service: () => NodeService) => createApi(service, () => surroundings);

describe('two instances on one Redis', () => {
  let redis: RedisServer;
  let one: NodeService;
  let other: NodeService;
  const [here, there] = [apiOf(() => one), apiOf(() => other)];

  beforeAll(async () => {
    redis = await startRedis();
    const settings = {
      ...toSettings(surroundings),
      REDIS_URL: redis.url,
      KEYS_DIRECTORY: join(folder, 'shared-keys'),
      CLIENT_CACHE_SECONDS: '1',
      // One viewer asks again and again below.
      LIMIT_VIEWER: 'off',
    };
    [one, other] = await Promise.all([startNodeService(settings), startNodeService(settings)]);
    await here.call('POST', '/v1/admin/keys', { body: { region } });
  });

  afterAll(async () => {
    await Promise.all([one?.stop(), other?.stop()]);
    await redis?.stop();
  });

  it('give no token to a viewer once either acknowledged the block', async () => {
    const channelArn = await here.createChannel();
    for (let round = 0; round < 10; round++) {
      const viewerId = `viewer-${round}`;
      expect((await there.issue({ channelArn, viewerId })).status).toBe(201);
      expect((await here.revoke({ channelArn, viewerId, block: {} })).status).toBe(201);
      expect((await there.issue({ channelArn, viewerId })).body.code).toBe('viewer_blocked');
    }
  });

  it('kill every token of a viewer that either answered before one was asked to revoke', async () => {
    const channelArn = await here.createChannel();
    const viewerId = 'viewer-of-both';
    const tokens: { readonly playbackUrl: string; readonly sessionVersion: number; readonly wasBefore: boolean }[] = [];
    let asked = false;
    let acknowledged = false;
    const asking = [here, here, there, there].map(async (api) => {
      while (!acknowledged) {
        const { status, body } = await api.issue({ channelArn, viewerId });
        expect(status).toBe(201);
        tokens.push({ ...body, wasBefore: !asked });
      }
    });
    await expect.poll(() => tokens.length).toBeGreaterThan(20);
    asked = true;
    const { body: revoked } = await here.revoke({ viewerId });
    acknowledged = true;
    await Promise.all(asking);
    expect((await there.delivered(revoked.id)).body.delivery).toEqual({ pending: 0, delivered: 1, failed: 0 });

    for (const { sessionVersion, wasBefore } of tokens)
      if (wasBefore) expect(sessionVersion).toBeLessThanOrEqual(revoked.floor);
    // Whose answer came later was decided before the floor, and is dead as well, or after it, and lies above it.
    const played = await Promise.all(tokens.map(async ({ playbackUrl }) => (await here.play(playbackUrl)).status));
    expect(played).toEqual(tokens.map(({ sessionVersion }) => (sessionVersion <= revoked.floor ? 403 : 200)));
  });

  it('add up what they count', async () => {
    const channelArn = await here.createChannel();
    const issuing = [here, there, here, there, there].map((api) => api.issue({ channelArn }));
    for (const { status } of await Promise.all(issuing)) expect(status).toBe(201);
    const path = `/v1/admin/stats?channelArn=${encodeURIComponent(channelArn)}`;
    for (const api of [here, there])
      await expect.poll(async () => (await api.call('GET', path)).body.total.issued).toBe(issuing.length);
  });

  it('let no more through together than a limit says', async () => {
    const policyId = await here.putPolicy({ viewerRate: { tokens: 20, perSeconds: 86_400 } });
    const channelArn = await here.createChannel({ policyId });
    const viewerId = 'viewer-with-a-limit';
    const asked = Array.from({ length: 30 }, () => [here, there].map((api) => api.issue({ channelArn, viewerId })));
    const statuses = (await Promise.all(asked.flat())).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(40);
  });

  it('forget a deleted client within the time that clients are cached', async () => {
    const channelArn = await here.createChannel();
    const client = await here.createClient('issuer');
    expect((await there.issue({ channelArn }, { as: client.key })).status).toBe(201);
    expect((await here.call('DELETE', `/v1/admin/clients/${client.id}`)).status).toBe(204);
    const statusThere = async () => (await there.issue({ channelArn }, { as: client.key })).status;
    const { tookMs } = await measure(() => expect.poll(statusThere).toBe(401));
    expect(tookMs).toBeLessThan(1000 + 500);
  });
});

describe('one instance with SQLite', () => {
  it('knows everything after it was killed, and delivers what was not delivered', async () => {
    const localIvs = await startLocalIvs({ port: 0, throttling: false, dataFile: join(folder, 'local-ivs.db') });
    const settings = {
      ...toSettings({ ...surroundings, localIvs }),
      DATABASE_FILE: join(folder, 'killed.db'),
      KEYS_DIRECTORY: join(folder, 'killed-keys'),
    };
    const ivsOf = () => ({ ...surroundings, localIvs });
    let service = await startNodeService(settings);
    const api = createApi(() => service, ivsOf);
    await api.call('POST', '/v1/admin/keys', { body: { region } });
    const channelArn = await api.createChannel();
    const client = await api.createClient('issuer');
    const dead = await api.issue({ channelArn, viewerId: 'v' });
    await api.setLocalIvs('POST', '/faults', {
      operation: 'BatchStartViewerSessionRevocation',
      error: 'InternalServerException',
      count: 1000,
    });
    const { body } = await api.revoke({ channelArn, viewerId: 'v', block: {} });
    await expect.poll(() => service.logs()).toContain('revocation_not_delivered');
    await service.kill();
    expect((await api.play(dead.body.playbackUrl)).status).toBe(200);

    await api.setLocalIvs('DELETE', '/faults');
    service = await startNodeService(settings);
    expect((await api.issue({ channelArn, viewerId: 'v' }, { as: client.key })).body.code).toBe('viewer_blocked');
    expect((await api.issue({ channelArn, viewerId: 'w' }, { as: client.key })).status).toBe(201);
    expect((await api.delivered(body.id)).body.delivery).toEqual({ pending: 0, delivered: 1, failed: 0 });
    expect((await api.play(dead.body.playbackUrl)).status).toBe(403);
    await service.stop();
    await localIvs.close();
  });
});
