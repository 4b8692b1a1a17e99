/** What a process says that cannot start: one line, with the setting and what mends it. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { laptopEntry, nodeEntry, startNodeService } from '../../support/node-service.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playgate-start-errors-'));
  await writeFile(join(folder, 'notes.txt'), 'No database, and long enough to be looked at as one.');
  await mkdir(join(folder, 'a-directory'));
});
afterAll(() => rm(folder, { recursive: true }));

const production = {
  PLAYGATE_ADMIN_KEY: 'production-admin-key-0123456789-abcdef',
  DATABASE_FILE: 'playgate.db',
  KEYS_DIRECTORY: 'keys',
  PORT: '0',
};

/** What it says on stderr when it ends with 1, but for the log. */
async function fail(entry: string, settings: Readonly<Record<string, string>>, cwd = folder): Promise<string> {
  const env = { PATH: process.env.PATH ?? '', ...settings };
  const run = promisify(execFile)(process.execPath, [entry], { cwd, env, timeout: 20_000 });
  const failure = await run.catch((error: { code: number; stderr: string }) => error);
  expect(failure).toMatchObject({ code: 1 });
  return failure.stderr
    .split('\n')
    .filter((line) => !line.startsWith('{') && line !== '')
    .join('\n');
}

async function takePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return String(typeof address === 'object' ? address?.port : '');
}

describe('the service', () => {
  it.each([
    [
      'a file that is no database',
      { DATABASE_FILE: 'notes.txt' },
      'DATABASE_FILE notes.txt .* no SQLite database; name',
    ],
    ['a directory as file', { DATABASE_FILE: 'a-directory' }, 'DATABASE_FILE a-directory .* name a file in it'],
    ['a file below a file', { DATABASE_FILE: 'notes.txt/a.db' }, 'DATABASE_FILE notes.txt/a.db .* name another path'],
    [
      'a file where the system makes none',
      { DATABASE_FILE: '/proc/x/y.db' },
      'DATABASE_FILE /proc/x/y.db .* name another path',
    ],
    [
      'a directory of keys where the system makes none',
      { KEYS_DIRECTORY: '/proc/keys' },
      'KEYS_DIRECTORY /proc/keys .* name another path',
    ],
    [
      'a file as directory of keys',
      { KEYS_DIRECTORY: 'notes.txt' },
      'KEYS_DIRECTORY notes.txt .* a file is there where',
    ],
    ['a host that is not its own', { HOST: '192.0.2.1' }, 'HOST 192.0.2.1 is no address of this machine: set one'],
    [
      'a misspelt setting',
      { REDIS_URI: 'redis://u:hidden@redis' },
      'REDIS_URI is no setting: write REDIS_URL, or unset it',
    ],
    [
      'a misspelt setting of two',
      { PLAYGATE_ADMINKEY: 'hidden' },
      'PLAYGATE_ADMINKEY is no setting: write PLAYGATE_ADMIN_KEY',
    ],
  ])('with %s names the setting and the mend in one line', async (_, settings, said) => {
    const line = await fail(nodeEntry, { ...production, ...settings });
    expect(line).toMatch(new RegExp(`^playgate: ${said}.*$`));
    expect(line).not.toContain('hidden');
  });

  it('names each port that is taken by its setting', async () => {
    const port = await takePort();
    const line = `${port} is in use on 127.0.0.1: end what listens there, or set another port`;
    expect(await fail(nodeEntry, { ...production, PORT: port })).toBe(`playgate: PORT ${line}`);
    expect(await fail(nodeEntry, { ...production, METRICS_PORT: port })).toBe(`playgate: METRICS_PORT ${line}`);
    expect(await fail(laptopEntry, { LOCAL_IVS_PORT: '0', PORT: port })).toBe(`playgate: PORT ${line}`);
  });

  it('names what the local IVS of a laptop run cannot use', async () => {
    const port = await takePort();
    const laptop = { PORT: '0', LOCAL_IVS_PORT: '0' };
    expect(await fail(laptopEntry, { ...laptop, LOCAL_IVS_PORT: port })).toMatch(
      new RegExp(
        `^playgate: LOCAL_IVS_PORT ${port} is in use on 127\\.0\\.0\\.1: end what listens there, or set another port$`,
      ),
    );
    expect(await fail(laptopEntry, { ...laptop, LOCAL_IVS_HOST: '192.0.2.1' })).toMatch(
      /^playgate: LOCAL_IVS_HOST 192\.0\.2\.1 is no address of this machine: set one/,
    );
    for (const file of ['/proc/x/y.json', 'a-directory', 'notes.txt'])
      expect(await fail(laptopEntry, { ...laptop, LOCAL_IVS_DATA: file })).toMatch(
        new RegExp(`^playgate: LOCAL_IVS_DATA ${file}[^\n]*(Name|Move)[^\n]*$`),
      );
    expect(await fail(laptopEntry, { ...laptop, LOCAL_IVS_DATE: 'x' })).toMatch(
      /LOCAL_IVS_DATE is no setting: write LOCAL_IVS_DATA/,
    );
  });

  it('takes no variable of others for a setting', async () => {
    const others = {
      AWS_ENDPOINT_URL_SSM: 'x',
      REDIS_PORT: 'tcp://10.0.0.1',
      PLAYGATE_PORT: 'tcp://10.0.0.2',
      PORTS: '1',
    };
    const service = await startNodeService({ ...production, ...others }, folder);
    expect((await service.send('/livez')).status).toBe(200);
    await service.stop();
  });
});

describe('a laptop run', () => {
  it('takes other ports where nobody chose those that are taken, and says in its folder which', async () => {
    const folders = await Promise.all(['one', 'two'].map((name) => mkdtemp(join(folder, `${name}-`))));
    // An empty value is one that nobody set.
    const free = { PORT: '', LOCAL_IVS_PORT: '' };
    const urls: string[] = [];
    for (const cwd of folders) {
      const run = await startNodeService(free, cwd, laptopEntry);
      onTestFinished(() => run.stop());
      await expect.poll(() => readFile(join(cwd, '.playgate/service-url'), 'utf8').catch(() => '')).toBe(run.url);
      urls.push(run.url);
    }
    expect(new Set(urls).size).toBe(2);
  });
});
