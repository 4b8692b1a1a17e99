/** That the code of the guides does what they say, as it stands there, against the running service and its local IVS. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { ImportPlaybackKeyPairCommand, IvsClient } from '@aws-sdk/client-ivs';
import { importPKCS8, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlaygate, type Playgate } from '../../src/server/server.ts';
import { findFreePort } from '../support/free-port.ts';
import { laptopEntry, type NodeService, startNodeService } from '../support/node-service.ts';
import { root } from './documents.ts';
import { createWorkplace, listBlocks, type Started, type Workplace } from './guide.ts';

let place: Workplace;
let laptop: NodeService;
let ivsUrl: string;
let apiKey: string;
let playgate: Playgate;
let channelArn: string;

beforeAll(async () => {
  place = await createWorkplace();
  const port = await findFreePort();
  ivsUrl = `http://127.0.0.1:${port}`;
  laptop = await startNodeService({ LOCAL_IVS_PORT: String(port) }, place.folder, laptopEntry);
  apiKey = (await readFile(join(place.folder, '.playgate/admin-key'), 'utf8')).trim();
  playgate = createPlaygate({ url: laptop.url, apiKey });
  for await (const channel of playgate.channels.list()) channelArn = channel.channelArn;
});
afterAll(async () => {
  await laptop.stop();
  await place.remove();
});

const block = (guide: string, language: string, index: number) => {
  const code = listBlocks(guide, language)[index];
  if (code === undefined) throw new TypeError(`${guide} has no block ${index} of ${language}`);
  return code;
};

/** Starts a guide's backend on a port of its own, and waits until it listens. */
async function startBackend(commands: string, program: string) {
  const port = await findFreePort();
  const child = place.start(commands.replace(program, `PLAYGATE_URL=${laptop.url} PORT=${port} exec ${program}`));
  const url = `http://127.0.0.1:${port}`;
  const ask = (body: unknown, cookie = 'session=ann') =>
    fetch(`${url}/api/playback-token`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await expectStatus(child, () => ask({}), 400);
  return { url, ask, end: child.end };
}

/** Asks until somebody answers; fails with what the program said when it has ended. */
async function expectStatus(child: Started, ask: () => Promise<Response>, status: number): Promise<void> {
  const look = () => ask().then((answer) => answer.status, child.lastWords);
  await expect.poll(look, { timeout: 30_000 }).toBeTypeOf('number');
  expect(await look()).toBe(status);
}

/** What every backend of a guide does for its viewers. */
async function expectTokensForAnn(ask: (body: unknown, cookie?: string) => Promise<Response>): Promise<void> {
  const given = await ask({ channelArn });
  expect(given.status).toBe(201);
  const token = (await given.json()) as { viewerId: string; playbackUrl: string };
  expect(token.viewerId).toBe('u-1001');
  expect((await fetch(token.playbackUrl)).status).toBe(200);
  expect((await ask({ channelArn }, 'session=bob')).status).toBe(401);
  const other = await ask({ channelArn: `${channelArn}x` });
  expect([other.status, await other.json()]).toMatchObject([403, { code: 'channel_not_entitled' }]);
  const { id } = await playgate.revocations.create({ viewerId: 'u-1001', block: {} });
  const refused = await ask({ channelArn });
  expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'viewer_blocked' }]);
  await playgate.revocations.lift(id);
}

describe('the guide for Express', () => {
  it('has a backend that gives its signed-in viewers tokens', async () => {
    await place.write('express', ['server.ts', 'users.ts']);
    const backend = await startBackend(block('express', 'sh', 1), 'node server.ts');
    const pasted = await place.paste(block('express', 'sh', 2).replace('http://127.0.0.1:3000', backend.url));
    expect(JSON.parse(pasted)).toMatchObject({ viewerId: 'u-1001', channelArn });
    await expectTokensForAnn(backend.ask);
    await backend.end();
  }, 60_000);
});

describe('the guide for Next.js', () => {
  it('has a route that gives signed-in viewers tokens, with settings that its commands write', async () => {
    await place.write('nextjs', ['app/api/playback-token/route.ts', 'lib/users.ts', 'app/watch/player.tsx']);
    await place.paste(block('nextjs', 'sh', 1));
    const file = join(place.folder, '.env.local');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const settings = { ...parseEnv(await readFile(file, 'utf8')), PLAYGATE_URL: laptop.url };
    Object.assign(process.env, settings);
    try {
      const route: { POST(request: Request): Promise<Response> } = await import(
        join(place.folder, 'app/api/playback-token/route.ts')
      );
      await expectTokensForAnn((body, cookie = 'session=ann') =>
        route.POST(
          new Request('https://tv.example/api/playback-token', {
            method: 'POST',
            headers: { cookie, 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        ),
      );
    } finally {
      for (const name of Object.keys(settings)) delete process.env[name];
    }
  }, 60_000);
});

describe('the guide for Python', () => {
  it('has a backend that gives its signed-in viewers tokens', async () => {
    await place.write('python', ['playgate.py', 'app.py']);
    const backend = await startBackend(block('python', 'sh', 0), 'python3 app.py');
    await expectTokensForAnn(backend.ask);
    await backend.end();
  }, 60_000);
});

describe('the TypeScript of the guides', () => {
  it('fits the types of the package', async () => {
    await place.write('express', ['server.ts', 'users.ts']);
    await place.write('nextjs', ['app/api/playback-token/route.ts', 'lib/users.ts', 'app/watch/player.tsx']);
    const compilerOptions = {
      ...{ noEmit: true, strict: true, skipLibCheck: true, target: 'esnext', module: 'esnext' },
      ...{ moduleResolution: 'bundler', allowImportingTsExtensions: true, jsx: 'react-jsx' },
      ...{ lib: ['esnext', 'dom', 'dom.iterable'], types: ['node', 'react'] },
    };
    const files = ['server.ts', 'app/api/playback-token/route.ts', 'app/watch/player.tsx'];
    await writeFile(join(place.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const tsc = promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', place.folder]);
    expect(
      await tsc.then(
        () => '',
        ({ stdout }: { stdout: string }) => stdout,
      ),
    ).toBe('');
  }, 60_000);
});

describe('the guide for an own signer', () => {
  it('adopts its key, compares its tokens and decisions with ours, and lets the key go', async () => {
    const [adopt, compare, claims, decisions, rotate] = listBlocks('own-signer', 'sh');
    await place.paste('openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out private.pem');
    const publicKeyMaterial = await place.paste('openssl pkey -in private.pem -pubout');
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new IvsClient({ endpoint: ivsUrl, region: 'us-west-2', credentials });
    const { keyPair } = await client.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial, name: 'own' }));
    const ownToken = await signAsTheyDo(await readFile(join(place.folder, 'private.pem'), 'utf8'));
    const env = {
      ...{ PLAYGATE_URL: laptop.url, PLAYGATE_API_KEY: apiKey },
      ...{ CHANNEL_ARN: channelArn, VIEWER_ID: 'u-1002', OWN_TOKEN: ownToken },
    };

    const before = await place.paste(`${compare}`, env);
    expect(JSON.parse(before)).toEqual({ plays: false, reason: 'signature_not_ours' });
    await place.paste(`${adopt}`, env);
    expect(JSON.parse(await place.paste(`${compare}`, env))).toEqual({ plays: true, reason: null });
    const differences = await place.paste(`${compare}${claims}`, env);
    expect(differences).toContain('"exp"');
    expect(differences).not.toMatch(/^[<>] +"aws:channel-arn"/m);
    expect(await place.paste(`${decisions}`, env)).toBe('issued\n');

    const adopted = (await playgate.keys.list()).items.find(({ arn }) => arn === keyPair?.arn);
    expect(adopted?.state).toBe('imported');
    await place.paste(`npx playgate keys activate ${adopted?.id}`, env);
    await place.paste(`${rotate}`, env);
    const { regions } = await playgate.keys.list();
    expect(regions).toMatchObject([{ region: 'us-west-2', rotation: { from: adopted?.id, emergency: false } }]);
  }, 60_000);

  async function signAsTheyDo(pem: string): Promise<string> {
    const claims = { 'aws:channel-arn': channelArn, 'aws:access-control-allow-origin': '*', 'aws:viewer-id': 'u-1002' };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES384', typ: 'JWT' })
      .setExpirationTime('5 minutes')
      .sign(await importPKCS8(pem, 'ES384'));
  }
});

describe('the guide for operating without Redis', () => {
  it('starts, backs up while it runs, and restores what was there', async () => {
    const [settings = '', serve = '', backUp = '', restore = '', bringIn = ''] = listBlocks('without-redis', 'sh');
    const state = join(place.folder, 'state');
    const backups = join(place.folder, 'backups');
    await Promise.all([mkdir(state), mkdir(backups)]);
    const here = (commands: string) =>
      commands.replaceAll('/var/lib/playgate', state).replaceAll('/var/backups/playgate', backups);
    await place.paste(here(settings));
    const made = parseEnv(await readFile(join(place.folder, '.env'), 'utf8'));
    const port = String(await findFreePort());
    const url = `http://127.0.0.1:${port}`;
    const asAdmin = { PLAYGATE_URL: url, PLAYGATE_API_KEY: made.PLAYGATE_ADMIN_KEY ?? '' };
    const run = async () => {
      const aws = { AWS_ENDPOINT_URL_IVS: ivsUrl, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
      const child = place.start(`exec ${serve} >&2`, {
        PORT: port,
        SHUTDOWN_DELAY_MS: '0',
        LOG_LEVEL: 'silent',
        ...aws,
      });
      await expectStatus(child, () => fetch(`${url}/livez`), 200);
      return child;
    };

    const there = createPlaygate({ url, apiKey: asAdmin.PLAYGATE_API_KEY });
    const first = await run();
    await there.policies.put('eu', { allowedCountries: ['DE'] });
    await there.revocations.create({ viewerId: 'v-9', block: {} });
    await place.paste(here(backUp), asAdmin);
    await there.policies.delete('eu');
    await there.revocations.create({ viewerId: 'v-8', block: {} });
    await there.viewers.liftBlocks('v-9');
    await first.end();

    await place.paste(here(restore));
    const second = await run();
    expect(await there.policies.get('eu')).toMatchObject({ allowedCountries: ['DE'] });
    await there.viewers.liftBlocks('v-9');
    await place.paste(here(bringIn), asAdmin);
    expect((await there.viewers.get('v-9')).blocks).toHaveLength(1);
    expect((await there.viewers.get('v-8')).blocks).toEqual([]);
    await second.end();
  }, 90_000);
});

describe('the guide for Workers', () => {
  it('makes the secrets of a first try, two different ones that only their owner can read', async () => {
    await copyFile(join(root, '.dev.vars.example'), join(place.folder, '.dev.vars.example'));
    await place.paste(block('workers', 'sh', 0));
    const file = join(place.folder, '.dev.vars');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { PLAYGATE_ADMIN_KEY: admin = '', VIEWER_ID_HASH_KEY: hash = '' } = parseEnv(await readFile(file, 'utf8'));
    expect([admin.length, hash.length]).toEqual([44, 44]);
    expect(admin).not.toBe(hash);
  });
});
