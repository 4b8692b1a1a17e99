/** What may be set in a laptop run: everything of the service and everything of the local IVS inside. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { IvsClient, ListChannelsCommand } from '@aws-sdk/client-ivs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { laptopEntry, startNodeService } from '../../support/node-service.ts';
import { startRedis } from '../../support/redis-server.ts';

const adminKey = 'laptop-admin-key-0123456789-abcdefgh';
let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'playgate-laptop-'));
});
afterAll(() => rm(cwd, { recursive: true }));

/** Starts a laptop run on free ports, in a folder of its own. */
async function startLaptop(settings: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(cwd, 'run-'));
  const own = { PLAYGATE_ADMIN_KEY: adminKey, LOCAL_IVS_PORT: '0' };
  const laptop = await startNodeService({ ...own, ...settings }, folder, laptopEntry);
  onTestFinished(() => laptop.stop());
  const find = (pattern: RegExp) => pattern.exec(laptop.logs())?.[1] ?? '';
  return {
    ...laptop,
    listFiles: () => readdir(folder, { recursive: true }),
    printed: (pattern: RegExp) =>
      expect
        .poll(() => find(pattern))
        .not.toBe('')
        .then(() => find(pattern)),
  };
}

type Laptop = Awaited<ReturnType<typeof startLaptop>>;

const readLocalIvsUrl = (laptop: Laptop) => laptop.printed(/^Local IVS {3}(\S+)/m);

async function issue(laptop: Laptop) {
  const channelArn = await laptop.printed(/^Channel {5}(\S+)/m);
  const answer = await laptop.send('/v1/tokens', {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channelArn, viewerId: 'v' }),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as { playbackUrl: string };
}

describe('the local IVS inside', () => {
  it('listens where the service does unless its own host is set, each on a free port when that is 0', async () => {
    const laptop = await startLaptop();
    expect(await readLocalIvsUrl(laptop)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(new URL(laptop.url).port).not.toBe(new URL(await readLocalIvsUrl(laptop)).port);
    expect((await fetch((await issue(laptop)).playbackUrl)).status).toBe(200);
    const other = await startLaptop({ LOCAL_IVS_HOST: 'localhost' });
    expect(await readLocalIvsUrl(other)).toMatch(/^http:\/\/localhost:\d+$/);
    expect((await fetch((await issue(other)).playbackUrl)).status).toBe(200);
  });

  it('keeps its state beside that of the service, or where it is told', async () => {
    expect(await (await startLaptop()).listFiles()).toContain('.playgate/local-ivs.db');
    const files = await (await startLaptop({ LOCAL_IVS_DATA: 'ivs-state.db' })).listFiles();
    expect(files).toContain('ivs-state.db');
    expect(files).not.toContain('.playgate/local-ivs.db');
  });

  it('has playback URLs that begin where LOCAL_IVS_PUBLIC_URL says, from where the page may play', async () => {
    const laptop = await startLaptop({ LOCAL_IVS_PUBLIC_URL: 'http://ivs.example:9000/edge' });
    expect((await issue(laptop)).playbackUrl).toMatch(/^http:\/\/ivs\.example:9000\/edge\/api\/video\//);
    const page = await laptop.send('/demo/');
    expect(page.headers.get('content-security-policy')).toContain("connect-src 'self' http://ivs.example:9000;");
    // A connection on which something is still to be read would hold up the end.
    await page.text();
  });

  it('throttles unless LOCAL_IVS_THROTTLING is off', async () => {
    for (const [settings, throttling] of [[{}, true] as const, [{ LOCAL_IVS_THROTTLING: 'off' }, false] as const]) {
      const answer = await fetch(`${await readLocalIvsUrl(await startLaptop(settings))}/_local/settings`);
      expect(await answer.json()).toMatchObject({ throttling });
    }
  });

  it('knows the callers of LOCAL_IVS_CREDENTIALS alone, and the service is the first of them', async () => {
    const laptop = await startLaptop({
      LOCAL_IVS_CREDENTIALS: 'FIRST:secret-of-the-first,SECOND:secret-of-the-second',
    });
    expect((await fetch((await issue(laptop)).playbackUrl)).status).toBe(200);
    const endpoint = await readLocalIvsUrl(laptop);
    const list = (accessKeyId: string, secretAccessKey: string) =>
      new IvsClient({ region: 'us-west-2', endpoint, credentials: { accessKeyId, secretAccessKey } }).send(
        new ListChannelsCommand({}),
      );
    expect((await list('SECOND', 'secret-of-the-second')).channels).toHaveLength(1);
    await expect(list('local', 'local')).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    expect(laptop.logs()).not.toContain('secret-of-the');
  });

  it.each([
    ['LOCAL_IVS=off', { LOCAL_IVS: 'off' }],
    ['AWS_ENDPOINT_URL_IVS names another', { AWS_ENDPOINT_URL_IVS: 'http://127.0.0.1:9' }],
  ])('is not there when %s, and no demo either', async (_, settings) => {
    const laptop = await startLaptop({ ...settings });
    expect((await laptop.send('/livez')).status).toBe(200);
    expect((await laptop.send('/demo/')).status).toBe(404);
    expect(laptop.logs()).not.toContain('Local IVS');
  });

  it('is there when LOCAL_IVS=on, whatever else is named', async () => {
    const laptop = await startLaptop({ LOCAL_IVS: 'on', AWS_ENDPOINT_URL_IVS: 'http://127.0.0.1:9' });
    expect((await fetch((await issue(laptop)).playbackUrl)).status).toBe(200);
  });
});

describe('the service', () => {
  it('keeps its state in Redis when that is set, and makes no file for it', async () => {
    const redis = await startRedis();
    onTestFinished(redis.stop);
    const laptop = await startLaptop({ REDIS_URL: redis.url });
    expect((await fetch((await issue(laptop)).playbackUrl)).status).toBe(200);
    expect(await (await startLaptop()).listFiles()).toContain('.playgate/playgate.db');
    expect(await laptop.listFiles()).not.toContain('.playgate/playgate.db');
  });

  it('shows no demo page where others could reach it', async () => {
    const laptop = await startLaptop({ HOST: '0.0.0.0', LOCAL_IVS_HOST: '127.0.0.1' });
    expect((await fetch(`${laptop.url}/livez`)).status).toBe(200);
    expect((await fetch(`${laptop.url}/demo/`)).status).toBe(404);
    await issue(laptop);
    expect(laptop.logs()).not.toContain('Demo page');
  });
});

describe('settings that cannot be used', () => {
  it('are named in one list, those of the service and of the local IVS, without their values', async () => {
    const wrong = {
      PORT: 'hunter2',
      LOG_LEVEL: 'hunter2',
      LOCAL_IVS: 'hunter2',
      LOCAL_IVS_PORT: '99999',
      LOCAL_IVS_CREDENTIALS: 'hunter2',
      LOCAL_IVS_THROTTLING: 'hunter2',
      LOCAL_IVS_PUBLIC_URL: 'hunter2',
    };
    const env = { PATH: process.env.PATH ?? '', ...wrong };
    const run = promisify(execFile)(process.execPath, [laptopEntry], { cwd, env, timeout: 10_000 });
    const { code, stderr } = await run.then(
      () => ({ code: 0, stderr: '' }),
      (error: { code: number; stderr: string }) => error,
    );
    expect(code).toBe(1);
    const named = [...stderr.matchAll(/^ {2}([A-Z_]+) /gm)].map(([, name]) => name);
    expect(named.toSorted()).toEqual(Object.keys(wrong).toSorted());
    expect(stderr).not.toContain('hunter2');
  });
});
