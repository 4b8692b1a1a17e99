/** Who may call what: every route against every role, and callers who are limited to channels. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientRoles } from '../../src/access/caller.ts';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemHashing, systemRandom } from '../../src/adapters/system.ts';
import { createApp, routes } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import type { App } from '../../src/http/context.ts';
import type { ChannelArn } from '../../src/ids.ts';
import { createServices, type Services } from '../../src/services.ts';
import { watch } from '../contracts/store/steps.ts';
import { byAnn } from '../support/author.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { toChannel, toChannelArn, toViewerId } from '../support/records.ts';

type Role = (typeof clientRoles)[number];

const all = ['admin', 'operator', 'viewer-support', 'auditor'] as const;
const [readers, operators] = [['admin', 'operator', 'auditor'] as const, ['admin', 'operator'] as const];

/** As `docs/operations.md` says it. A route that is not here, or is no more, fails the test. */
const permitted: Readonly<Record<string, readonly Role[]>> = {
  issueToken: ['issuer', 'admin'],
  inspectToken: all,
  explainDecision: all,
  getCaller: all,
  getMetrics: readers,
  getStats: readers,
  listAudit: readers,
  exportAudit: readers,
  listKeyPairs: readers,
  getKeyPair: readers,
  findDrift: readers,
  ...Object.fromEntries(
    [
      ...['createKeyPair', 'adoptKeyPair', 'activateKeyPair', 'deleteKeyPair', 'repairDrift'],
      ...[
        'rotateKeyPair',
        'haltRotation',
        'resumeRotation',
        'turnBackRotation',
        'createClient',
        'deleteClient',
        'rotateClientKey',
        'patchClient',
      ],
    ].map((operation) => [operation, ['admin'] as const]),
  ),
  listClients: ['admin', 'auditor'],
  getClient: ['admin', 'auditor'],
  listChannels: readers,
  getChannel: readers,
  getStream: readers,
  putChannel: operators,
  deleteChannel: operators,
  patchChannel: operators,
  patchPolicy: operators,
  listPolicies: readers,
  getPolicy: readers,
  putPolicy: operators,
  deletePolicy: operators,
  importPolicy: operators,
  listRevocations: all,
  getRevocation: all,
  listRevokedViewers: all,
  listFailedDeliveries: all,
  createRevocation: ['admin', 'operator', 'viewer-support'],
  liftRevocation: ['admin', 'operator', 'viewer-support'],
  retryRevocation: operators,
  getViewer: all,
  liftViewerBlocks: ['admin', 'operator', 'viewer-support'],
  exportBlocks: readers,
  importBlocks: operators,
};

const news = toChannelArn('news');
const sport = toChannelArn('sport');
const adminKey = 'an admin key of at least 32 characters';
let ivs: IvsWithChannel;
let store: SqliteStore;
let services: Services;
let app: App;

beforeAll(async () => {
  ivs = await startIvsWithChannel();
  store = createSqliteStore(':memory:');
  const vault = createDirectoryVault(join(tmpdir(), 'playgate-never-made'));
  const outside = { clock: systemClock, random: systemRandom, log: createRecordingLog() };
  const settings = { PLAYGATE_ADMIN_KEY: adminKey, DATABASE_FILE: ':memory:', KEYS_DIRECTORY: 'keys' };
  const ports = { store, vault, ivs: ivs.control, hashing: systemHashing, ...outside };
  services = createServices(ports, parseConfig(settings));
  app = createApp({ services, ...outside, viewerLocation: () => undefined });
});
// What one of them may delete the next one finds again.
beforeEach(async () => {
  for (const channelArn of [news, sport]) await store.channels.put(toChannel(channelArn));
});
afterAll(async () => {
  await store.close();
  await ivs.close();
});

const keyOf = async (role: Role, channels: readonly (ChannelArn | '*')[] = ['*']) =>
  (await services.clients.create(byAnn, { name: role, role, channels })).key;

async function call(key: string, method: string, path: string, body?: unknown) {
  const answer = await app.request(path, {
    method: method.toUpperCase(),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = /\bjson\b/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, body: isJson && text !== '' ? JSON.parse(text) : text };
}

const secured = routes.filter(({ callers }) => callers !== 'anyone');
const toPath = (path: string, channelArn = news) =>
  path
    .replace('{channelArn}', encodeURIComponent(channelArn))
    .replace('{viewerId}', 'anna')
    .replace('{id}', 'rev_000000000000000000000000');

describe('a route', () => {
  it('is in the table of who may call it', () => {
    expect(secured.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(permitted).toSorted());
  });

  it.each(clientRoles)('lets a client with the role %s in exactly where the table says so', async (role) => {
    const key = await keyOf(role);
    for (const { operationId, method, path, body } of secured) {
      const { status, body: answer } = await call(key, method, toPath(path), body && {});
      const isRefused = status === 403 && answer.code === 'forbidden' && answer.detail === undefined;
      expect([operationId, isRefused]).toEqual([operationId, !permitted[operationId]?.includes(role)]);
    }
  });
});

describe('a client with the role viewer-support', () => {
  it('ends and blocks single viewers, and nobody else', async () => {
    const key = await keyOf('viewer-support');
    const revoke = (body: unknown) => call(key, 'POST', '/v1/admin/revocations', body);
    const single = await revoke({ viewerId: 'anna', block: {} });
    expect(single.status).toBe(201);
    for (const body of [
      { channelArn: news },
      { viewerIds: ['anna'] },
      { viewerIds: ['anna', 'ben'], channelArn: news },
    ])
      expect(await revoke(body)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const everyone = await call(adminKey, 'POST', '/v1/admin/revocations', { channelArn: news, block: {} });
    const lift = (id: string) => call(key, 'DELETE', `/v1/admin/revocations/${id}`);
    expect((await lift(everyone.body.id)).status).toBe(403);
    expect((await lift(single.body.id)).status).toBe(204);
    expect((await call(adminKey, 'DELETE', `/v1/admin/revocations/${everyone.body.id}`)).status).toBe(204);
  });
});

describe('a client that is limited to a channel', () => {
  it.each(all)('with the role %s sees and changes nothing of another, on no route', async (role) => {
    const made = await call(adminKey, 'POST', '/v1/admin/revocations', { viewerId: 'anna', channelArn: sport });
    await call(adminKey, 'POST', '/v1/admin/revocations', { viewerId: 'anna', block: {} });
    const key = await keyOf(role, [news]);
    const before = await call(adminKey, 'GET', '/v1/admin/revocations');
    for (const { operationId, method, path, body } of secured.filter((route) =>
      permitted[route.operationId]?.includes(role),
    )) {
      const { status, body: answer } = await call(
        ...([key, method, toPath(path, sport).replace('rev_000000000000000000000000', made.body.id)] as const),
        body && { channelArn: sport, viewerId: 'anna' },
      );
      const isHarmless = status >= 400 || !JSON.stringify(answer).includes(sport);
      expect([operationId, status, isHarmless]).toEqual([operationId, status, true]);
      if (method !== 'get' && operationId !== 'explainDecision')
        expect([operationId, status >= 400]).toEqual([operationId, true]);
    }
    expect(await call(adminKey, 'GET', '/v1/admin/revocations')).toEqual(before);
    expect(await store.channels.get(sport)).toBeDefined();
  });

  it('is told what a viewer watched on its own channel, and nothing of another', async () => {
    const [own, other, viewerId] = [toChannelArn('own'), toChannelArn('other'), toViewerId('cleo')];
    for (const channelArn of [own, other]) {
      await store.channels.put(toChannel(channelArn));
      await watch(store, viewerId, channelArn);
    }
    const explain = async (key: string) =>
      (await call(key, 'POST', '/v1/admin/explain', { viewerId, channelArn: own })).body;
    expect((await explain(adminKey)).channels).toHaveLength(2);
    for (const role of all) {
      const told = await explain(await keyOf(role, [own]));
      expect(told.channels).toMatchObject([{ channelArn: own }]);
      expect(JSON.stringify(told)).not.toContain(other);
    }
  });

  it('is not told what is wrong elsewhere', async () => {
    expect((await call(await keyOf('operator'), 'GET', '/readyz?verbose')).body).toHaveProperty('findings');
    const limited = await call(await keyOf('operator', [news]), 'GET', '/readyz?verbose');
    expect(limited).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(limited.body).not.toHaveProperty('findings');
  });

  it('does on its own what it may', async () => {
    const key = await keyOf('operator', [news]);
    const own = { viewerId: 'ben', channelArn: news };
    expect(await call(key, 'GET', '/v1/admin/channels')).toMatchObject({ body: { items: [{ channelArn: news }] } });
    const made = await call(key, 'POST', '/v1/admin/revocations', { ...own, block: {} });
    expect(made.status).toBe(201);
    const list = await call(key, 'GET', `/v1/admin/revocations?channelArn=${encodeURIComponent(news)}`);
    expect(list.body.items.map(({ id }: { id: string }) => id)).toContain(made.body.id);
    expect((await call(key, 'GET', `/v1/admin/revocations/${made.body.id}`)).status).toBe(200);
    expect((await call(key, 'POST', '/v1/admin/explain', own)).body.verdict).toBe('viewer_blocked');
    expect((await call(key, 'DELETE', `/v1/admin/revocations/${made.body.id}`)).status).toBe(204);
    expect(await call(key, 'GET', '/v1/admin/revocations')).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'channelArn' }] },
    });
    expect((await call(key, 'GET', '/v1/admin/viewers/ben')).status).toBe(200);
    const stats = (query: string) => call(key, 'GET', `/v1/admin/stats?${query}`);
    expect((await stats(`channelArn=${encodeURIComponent(news)}`)).status).toBe(200);
    expect((await stats(`channelArn=${encodeURIComponent(sport)}`)).body.code).toBe('channel_not_entitled');
    expect(await stats('')).toMatchObject({ status: 400, body: { errors: [{ path: 'channelArn' }] } });
  });
});

it('an issuer is made for channels that are named, and nobody else needs to name any', async () => {
  const make = (body: object) => call(adminKey, 'POST', '/v1/admin/clients', { name: 'x', ...body });
  expect(await make({ role: 'issuer' })).toMatchObject({ status: 400, body: { errors: [{ path: 'channels' }] } });
  expect((await make({ role: 'issuer', channels: ['*'] })).status).toBe(201);
  expect((await make({ role: 'auditor' })).body.channels).toEqual(['*']);
});
