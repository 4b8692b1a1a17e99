/** Who may use the demo, over plain HTTP: no foreign page, no foreign name, nobody in production. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audience, issuer, startIdentityProvider } from '../support/identity-provider.ts';
import { type NodeService, startNodeService } from '../support/node-service.ts';
import { sendAsAdmin, startLaptop } from './laptop.ts';

let cwd: string;
let laptop: NodeService;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'playgate-demo-'));
  laptop = await startLaptop(cwd);
});
afterAll(async () => {
  await laptop?.stop();
  await rm(cwd, { recursive: true });
});

type Headers = Readonly<Record<string, string>>;

/** Sends what `fetch` would not: any Host, any Origin. */
async function send(method: string, path: string, headers: Headers, body?: string): Promise<IncomingMessage> {
  const sent = request(`${laptop.url}${path}`, { method, headers }).end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return answer;
}

async function expectProblem(answer: IncomingMessage, status: number, code: string): Promise<void> {
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect({ status: answer.statusCode, body: await json(answer) }).toMatchObject({ status, body: { status, code } });
}

const ownHost = () => new URL(laptop.url).host;
const ownPage = (): Headers => ({ host: ownHost(), origin: laptop.url, 'content-type': 'application/json' });

/** Everything on the page that does something. */
const acts: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['POST', '/demo/identity/sign-in', { viewer: 'v' }],
  ['POST', '/demo/operator/blocked-viewers', { viewer: 'v' }],
  ['DELETE', '/demo/operator/blocked-viewers/v'],
  ['POST', '/demo/operator/blocked-countries', { country: 'FR' }],
  ['DELETE', '/demo/operator/blocked-countries/FR'],
];

const act = ([method, path, body]: (typeof acts)[number], headers: Headers) =>
  send(method, path, headers, body && JSON.stringify(body));

async function readDecisions(): Promise<unknown> {
  const paths = ['/v1/admin/revocations', '/v1/admin/policies', '/v1/admin/channels'];
  return Promise.all(paths.map(async (path) => (await sendAsAdmin(laptop, 'GET', path)).json()));
}

describe('what the page does', () => {
  it.each([
    ['a page of another origin', () => ({ ...ownPage(), origin: 'https://evil.example' })],
    ['a page of another port of this machine', () => ({ ...ownPage(), origin: 'http://127.0.0.1:1' })],
    ['an opaque origin', () => ({ ...ownPage(), origin: 'null' })],
    ['no page at all', () => ({ host: ownHost(), 'content-type': 'application/json' })],
    ['a foreign name that points here', () => ({ ...ownPage(), host: 'evil.example', origin: 'http://evil.example' })],
    ['a name that begins like this machine', () => ({ ...ownPage(), host: 'localhost.evil.example' })],
  ])('is refused to %s, and nothing is changed', async (_, toHeaders) => {
    const before = await readDecisions();
    for (const one of acts) await expectProblem(await act(one, toHeaders()), 403, 'forbidden');
    expect(await readDecisions()).toEqual(before);
  });

  it('is done for the page itself, under any name of this machine', async () => {
    const port = new URL(laptop.url).port;
    for (const host of [ownHost(), `localhost:${port}`])
      for (const one of acts) {
        const answer = await act(one, { ...ownPage(), host, origin: `http://${host}` });
        expect(answer.statusCode).toBeLessThan(300);
        answer.resume();
      }
  });

  it('is not there to GET', async () => {
    for (const [, path] of acts) await expectProblem(await send('GET', path, ownPage()), 404, 'not_found');
  });

  it('takes JSON alone, small and of the right form', async () => {
    const path = '/demo/operator/blocked-viewers';
    const post = (body: string, headers: Headers = {}) => send('POST', path, { ...ownPage(), ...headers }, body);
    await expectProblem(
      await post('viewer=v', { 'content-type': 'application/x-www-form-urlencoded' }),
      400,
      'invalid_request',
    );
    await expectProblem(await post('{"viewer":'), 400, 'invalid_request');
    await expectProblem(await post('{"viewer":1,"more":2}'), 400, 'invalid_request');
    await expectProblem(await post(`{"viewer":"${'v'.repeat(513)}"}`), 400, 'invalid_request');
    await expectProblem(await post(JSON.stringify({ viewer: 'v'.repeat(20_000) })), 413, 'payload_too_large');
    await expectProblem(await send('DELETE', '/demo/operator/blocked-countries/XX', ownPage()), 400, 'invalid_request');
  });

  it('never shows the page to a foreign name', async () => {
    for (const path of ['/demo/', '/demo/main.js', '/demo/settings.json', '/demo/identity/jwks.json'])
      await expectProblem(await send('GET', path, { host: 'evil.example' }), 403, 'forbidden');
  });
});

describe('the page', () => {
  it('lets in nothing but itself, the local IVS and what hls.js makes', async () => {
    const answer = await laptop.send('/demo/');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src blob:; worker-src blob:; connect-src 'self' http:\/\/127\.0\.0\.1:\d+; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(await answer.text()).not.toMatch(/style=|onclick=|<script>|https?:\/\//);
  });

  it('is found without the slash at its end, and has nothing beside its files', async () => {
    const moved = await send('GET', '/demo', { host: ownHost() });
    expect([moved.statusCode, moved.headers.location]).toEqual([302, '/demo/']);
    for (const path of [
      '/demo/demo.ts',
      '/demo/../demo.ts',
      '/demo/%2e%2e/demo.ts',
      '/demo/..%2fdemo.ts',
      '/demonstration',
    ])
      await expectProblem(await send('GET', path, { host: ownHost() }), 404, 'not_found');
  });
});

describe('the identity provider of the demo', () => {
  const askToken = async (jwt: string, service = laptop) => {
    const { channelArn } = (await (await service.send('/demo/settings.json')).json()) as { channelArn: string };
    return service.send('/v1/tokens', {
      method: 'POST',
      headers: { authorization: `Bearer ${jwt}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channelArn }),
    });
  };
  const signIn = async () => {
    const body = (await json(await act(['POST', '/demo/identity/sign-in', { viewer: 'ann' }], ownPage()))) as {
      jwt: string;
    };
    return body.jwt;
  };

  it('signs JWTs that the service believes, and whose signature it checks', async () => {
    const jwt = await signIn();
    expect((await askToken(jwt)).status).toBe(201);
    const [header, , signature] = jwt.split('.');
    const claims = Buffer.from(JSON.stringify({ sub: 'bob', channels: '*' })).toString('base64url');
    expect((await askToken(`${header}.${claims}.${signature}`)).status).toBe(401);
  });

  it('gives way to the one in the settings', async () => {
    const provider = await startIdentityProvider();
    const folder = await mkdtemp(join(tmpdir(), 'playgate-demo-'));
    const settings = { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_JWKS_URL: provider.jwksUrl };
    const other = await startLaptop(folder, settings);
    expect((await other.send('/demo/identity/jwks.json')).status).toBe(404);
    expect((await askToken(await signIn(), other)).status).toBe(401);
    expect((await askToken(await provider.sign({ sub: 'ann', channels: '*' }), other)).status).toBe(201);
    await Promise.all([other.stop(), provider.close()]);
    await rm(folder, { recursive: true });
  });
});

describe('in production', () => {
  it('there is no demo', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'playgate-demo-'));
    const service = await startNodeService({
      NODE_ENV: 'production',
      PLAYGATE_ADMIN_KEY: 'production-admin-key-0123456789-abcdef',
      DATABASE_FILE: join(folder, 'playgate.db'),
      KEYS_DIRECTORY: join(folder, 'keys'),
    });
    for (const path of ['/demo', '/demo/', '/demo/settings.json', '/demo/identity/jwks.json', '/demo/hls.min.js']) {
      const answer = await service.send(path);
      expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not_found' }]);
    }
    const headers = { origin: service.url, 'content-type': 'application/json' };
    const revoke = await service.send('/demo/operator/blocked-viewers', {
      method: 'POST',
      headers,
      body: '{"viewer":"v"}',
    });
    expect(revoke.status).toBe(404);
    await service.stop();
    await rm(folder, { recursive: true });
  });
});
