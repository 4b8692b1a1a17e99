/** A backend that asks the running service through `playgate/server`, and gives its viewers tokens from Hono and Express. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import express from 'express';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenSource } from '../../src/client/client.ts';
import {
  ApiError,
  createExpressTokenHandler,
  createPlaygate,
  createTokenHandler,
  type PlaybackToken,
  type Playgate,
} from '../../src/server/server.ts';
import { laptopEntry, type NodeService, startNodeService } from '../support/node-service.ts';

let folder: string;
let laptop: NodeService;
let apiKey: string;
let playgate: Playgate;
let channelArn: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playgate-server-'));
  laptop = await startNodeService({ LOCAL_IVS_PORT: '0' }, folder, laptopEntry);
  apiKey = (await readFile(join(folder, '.playgate/admin-key'), 'utf8')).trim();
  playgate = createPlaygate({ url: laptop.url, apiKey: async () => apiKey });
  channelArn = (await collect(playgate.channels.list()))[0]?.channelArn ?? '';
});
afterAll(async () => {
  await laptop.stop();
  await rm(folder, { recursive: true });
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

describe('a backend', () => {
  it('gives a viewer a token, sees why one may not watch, blocks, and lifts', async () => {
    const token = await playgate.tokens.create({ channelArn, viewerId: 'v1', viewer: { country: 'DE' } });
    expect((await fetch(token.playbackUrl)).status).toBe(200);
    expect((await playgate.tokens.inspect({ playbackUrl: token.playbackUrl, country: 'DE' })).plays).toBe(true);
    expect(await playgate.revocations.estimate({ viewerId: 'v1' })).toMatchObject({ viewers: 1, sessions: 1 });
    const made = await playgate.revocations.create({ viewerId: 'v1', block: {} });
    const refused = playgate.tokens.create({ channelArn, viewerId: 'v1' });
    await expect(refused).rejects.toBeInstanceOf(ApiError);
    await expect(refused).rejects.toMatchObject({ status: 403, code: 'viewer_blocked' });
    expect((await playgate.explain({ channelArn, viewerId: 'v1' })).verdict).toBe('viewer_blocked');
    expect((await playgate.viewers.get('v1')).blocks).toMatchObject([{ revocationId: made.id }]);
    expect(await collect(playgate.blocks.export())).toMatchObject([{ id: made.id, viewerId: 'v1' }]);
    await playgate.revocations.lift(made.id);
    expect((await playgate.explain({ channelArn, viewerId: 'v1' })).verdict).toBe('issued');
  });

  it('goes through a list of more than a page, and through lines', async () => {
    const blocks = Array.from({ length: 150 }, (_, index) => ({
      viewerId: `listed-${index}`,
      channelArn: null,
      reason: null,
    }));
    expect(await playgate.blocks.import(blocks)).toMatchObject({ imported: 150 });
    const listed = await collect(playgate.revocations.list({ active: 'true' }));
    expect(new Set(listed.map(({ id }) => id)).size).toBe(150);
    const lines = await collect(playgate.blocks.export());
    expect(new Set(lines.map(({ viewerId }) => viewerId))).toEqual(new Set(blocks.map(({ viewerId }) => viewerId)));
    const exported = await collect(playgate.audit.export());
    expect(await collect(playgate.audit.list())).toEqual(exported);
  });

  it('sets up policies, channels and clients, and plans for keys', async () => {
    await playgate.policies.put('eu', { allowedCountries: ['DE'] });
    await playgate.channels.patch(channelArn, { policyId: 'eu' });
    await expect(playgate.policies.delete('eu')).rejects.toMatchObject({ code: 'policy_in_use' });
    await playgate.channels.patch(channelArn, { policyId: null });
    await playgate.policies.delete('eu');
    const client = await playgate.clients.create({ name: 'shop', role: 'issuer', channels: [channelArn] });
    expect((await playgate.clients.rotateKey(client.id, { overlapSeconds: 0 })).key).not.toBe(client.key);
    expect((await collect(playgate.clients.list())).map(({ id }) => id)).toContain(client.id);
    await playgate.clients.delete(client.id);
    const { items } = await playgate.keys.list();
    expect(await playgate.keys.planRotation({ region: 'us-west-2' })).toMatchObject({
      from: items[0]?.id,
      channels: 1,
    });
    expect((await playgate.keys.findDrift()).items).toEqual([]);
    await expect.poll(async () => (await playgate.stats()).total.issued).toBeGreaterThan(0);
  });
});

const told: unknown[] = [];
const options = { countryHeader: 'x-country', onError: (error: unknown) => void told.push(error) };
const cookie = 'session=ann';

async function startHono(asked: Playgate) {
  const handle = createTokenHandler(asked, {
    ...options,
    identify: ({ headers }) =>
      headers.get('cookie') === cookie ? { viewerId: 'ann', channels: [channelArn] } : undefined,
  });
  const server = serve({
    fetch: new Hono().post('/token', ({ req }) => handle(req.raw)).fetch,
    port: 0,
    hostname: '127.0.0.1',
    // The page's library is in this process too, and knows answers by the global class.
    overrideGlobalObjects: false,
  });
  await once(server, 'listening');
  return server as Server;
}

async function startExpress(asked: Playgate, parsesJson: boolean) {
  const app = express();
  if (parsesJson) app.use(express.json());
  const handle = createExpressTokenHandler(asked, {
    ...options,
    identify: (request: express.Request) =>
      request.get('cookie') === cookie ? { viewerId: 'ann', channels: [channelArn] } : undefined,
  });
  const server = app.post('/token', handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe.each([
  ['Hono', startHono],
  ['Express', (asked: Playgate) => startExpress(asked, false)],
  ['Express with its parser of JSON', (asked: Playgate) => startExpress(asked, true)],
])('a handler of tokens in %s', (_, start) => {
  let server: Server;
  const toUrl = ({ port }: AddressInfo) => `http://127.0.0.1:${port}/token`;
  const ask = (body: unknown, headers: Record<string, string> = {}, at = server) =>
    fetch(toUrl(at.address() as AddressInfo), {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  beforeAll(async () => {
    server = await start(playgate);
  });
  afterAll(() => void server.close());

  it('gives a token to who is signed in, where they are', async () => {
    const answer = await ask({ channelArn, ttlSeconds: 60 }, { origin: 'https://tv.example', 'x-country': 'DE' });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { playbackUrl, viewerId } = (await answer.json()) as PlaybackToken;
    expect(viewerId).toBe('ann');
    const { claims } = await playgate.tokens.inspect({ playbackUrl });
    expect(claims).toMatchObject({ 'aws:access-control-allow-origin': 'https://tv.example' });
    expect((await fetch(playbackUrl, { headers: { origin: 'https://tv.example' } })).status).toBe(200);
  });

  it.each([
    ['nobody who is signed in', { channelArn: '' }, { cookie: 'none' }, 401, 'unauthenticated'],
    ['a channel that is not theirs', { channelArn: 'arn:other' }, {}, 403, 'channel_not_entitled'],
    ['whom they name as somebody else', { channelArn: '', viewerId: 'bob' }, {}, 400, 'invalid_request'],
    ['what is no JSON by its type', { channelArn: '' }, { 'content-type': 'text/plain' }, 400, 'invalid_request'],
    ['a field of a wrong type', { channelArn: '', ttlSeconds: 'long' }, {}, 400, 'invalid_request'],
    ['a body that is far too long', { channelArn: 'a'.repeat(70_000) }, {}, 413, 'payload_too_large'],
  ])('refuses %s', async (_, body, headers, status, code) => {
    const answer = await ask(body.channelArn === '' ? { ...body, channelArn } : body, headers);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
  });

  it('passes on what the service refuses the viewer, and until when', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '');
    const block = await playgate.revocations.create({ viewerId: 'ann', block: { until } });
    const answer = await ask({ channelArn });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'viewer_blocked', until });
    const source = createTokenSource({ getToken: (asked, wishes) => ask({ channelArn: asked, ...wishes }) });
    const refusal = { code: 'viewer_blocked', isFinal: true, until: new Date(until) };
    await expect(source.get(channelArn)).rejects.toMatchObject(refusal);
    await playgate.revocations.lift(block.id);
    expect((await source.get(channelArn, { deviceId: 'd1' })).viewerId).toBe('ann');
  });

  it('keeps to itself that its key is not taken, and that nobody answers', async () => {
    told.length = 0;
    const withoutKey = await start(createPlaygate({ url: laptop.url, apiKey: 'wrong' }));
    const withoutService = await start(createPlaygate({ url: 'http://127.0.0.1:9', apiKey, retries: 0 }));
    const [refused, silent] = [
      await ask({ channelArn }, {}, withoutKey),
      await ask({ channelArn }, {}, withoutService),
    ];
    expect([refused.status, silent.status, silent.headers.get('retry-after')]).toEqual([500, 503, '1']);
    expect(await refused.json()).not.toHaveProperty('code');
    expect(told).toMatchObject([{ code: 'unauthenticated' }, { message: 'fetch failed' }]);
    for (const each of [withoutKey, withoutService]) each.close();
  });
});
