/** `npm start` as a newcomer has it: nothing set, nothing there. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const entry = join(root, 'src/runtimes/laptop/main.ts');

interface Run {
  readonly output: string;
  /** The commands that were printed. */
  readonly commands: readonly string[];
  /** Ends it as Ctrl-C does; the exit code. */
  interrupt(): Promise<number | null>;
}

async function start(cwd: string, settings: Readonly<Record<string, string>> = {}): Promise<Run> {
  const env = { PATH: process.env.PATH ?? '', PORT: '0', LOCAL_IVS_PORT: '0', ...settings };
  const child = spawn(process.execPath, [entry], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  // A test that fails leaves nothing behind.
  const killNow = () => void child.kill('SIGKILL');
  process.once('exit', killNow);
  child.once('exit', () => process.off('exit', killNow));
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  await expect.poll(() => output, { timeout: 15_000 }).toContain('Revoke the viewer');
  return {
    output,
    commands: [...output.matchAll(/^ {2}(curl .*)$/gm)].map(([, command = '']) => command),
    async interrupt() {
      child.kill('SIGINT');
      await exited;
      return child.exitCode;
    },
  };
}

describe('a first run', () => {
  let cwd: string;
  const paste = async (command = '') => (await promisify(execFile)('bash', ['-c', command], { cwd })).stdout;

  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'playgate-first-run-'));
  });
  afterAll(() => rm(cwd, { recursive: true }));

  it('makes an admin key that only its owner can read, and a key pair in the directory vault', async () => {
    const run = await start(cwd);
    const key = (await readFile(join(cwd, '.playgate/admin-key'), 'utf8')).trim();
    expect(key.length).toBeGreaterThanOrEqual(32);
    expect((await stat(join(cwd, '.playgate/admin-key'))).mode & 0o777).toBe(0o600);
    expect(run.output).toContain('.playgate/admin-key');
    expect(run.output).not.toContain(key);
    const [pem = ''] = await readdir(join(cwd, 'keys'));
    expect((await stat(join(cwd, 'keys', pem))).mode & 0o777).toBe(0o600);
    expect(await run.interrupt()).toBe(0);
  }, 30_000);

  it('prints three commands that work as they stand, also after a restart, which forgets nothing', async () => {
    const first = await start(cwd);
    expect(first.commands).toHaveLength(3);
    const [ask, play, revoke] = first.commands;
    expect(JSON.parse(await paste(ask))).toMatchObject({
      viewerId: 'viewer-1',
      playbackUrl: expect.stringContaining('token='),
    });
    expect(await paste(play)).toMatch(/^HTTP\/1.1 200 OK[\s\S]*#EXTM3U/);
    expect(JSON.parse(await paste(revoke))).toMatchObject({ scope: 'viewer_on_channel', block: { until: null } });
    await expect
      .poll(() => paste(play), { timeout: 5000 })
      .toMatch(/^HTTP\/1.1 403 Forbidden[\s\S]*playback_auth_error/);
    expect(JSON.parse(await paste(ask))).toMatchObject({ status: 403, code: 'viewer_blocked' });
    expect(await first.interrupt()).toBe(0);

    const second = await start(cwd);
    const [askAgain = '', playAgain = ''] = second.commands;
    expect(JSON.parse(await paste(askAgain))).toMatchObject({ status: 403, code: 'viewer_blocked' });
    expect(JSON.parse(await paste(askAgain.replace('viewer-1', 'viewer-2')))).toMatchObject({ viewerId: 'viewer-2' });
    expect(await paste(playAgain)).toMatch(/^HTTP\/1.1 200 OK/);
    expect(await readdir(join(cwd, 'keys'))).toHaveLength(1);
    expect(await second.interrupt()).toBe(0);
  }, 60_000);

  it('lets a second copy run beside it, with files of its own and a key from the environment', async () => {
    const settings = {
      DATABASE_FILE: 'copy/playgate.db',
      KEYS_DIRECTORY: 'copy/keys',
      LOCAL_IVS_DATA: 'copy/local-ivs.db',
      PLAYGATE_ADMIN_KEY: 'a key of thirty-two characters: schöne Grüße',
    };
    const [one, copy] = await Promise.all([start(cwd), start(cwd, settings)]);
    const [ask = ''] = copy.commands;
    const answer = await promisify(execFile)('bash', ['-c', ask], { cwd, env: { ...process.env, ...settings } });
    expect(JSON.parse(answer.stdout)).toMatchObject({ viewerId: 'viewer-1' });
    expect(await readdir(join(cwd, 'copy'))).toEqual(expect.arrayContaining(['keys', 'local-ivs.db', 'playgate.db']));
    expect(await Promise.all([one.interrupt(), copy.interrupt()])).toEqual([0, 0]);
  }, 60_000);
});

describe('`npm start` in a terminal', () => {
  it('ends well and whole at Ctrl-C, which goes to everything that it started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'playgate-npm-start-'));
    const settings = {
      PORT: '0',
      LOCAL_IVS_PORT: '0',
      DATABASE_FILE: join(folder, 'playgate.db'),
      KEYS_DIRECTORY: join(folder, 'keys'),
      LOCAL_IVS_DATA: join(folder, 'local-ivs.db'),
    };
    const env = { PATH: process.env.PATH ?? '', HOME: folder, npm_config_update_notifier: 'false', ...settings };
    // A process group of its own, as a shell gives to each of its jobs.
    const npm = spawn('npm', ['start'], { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const signalGroup = (signal: NodeJS.Signals | 0) => process.kill(-(npm.pid ?? Number.NaN), signal);
    const killNow = () => void signalGroup('SIGKILL');
    process.once('exit', killNow);
    let output = '';
    npm.stdout.on('data', (chunk) => (output += chunk));
    npm.stderr.on('data', (chunk) => (output += chunk));
    try {
      await expect.poll(() => output, { timeout: 20_000 }).toContain('Revoke the viewer');
      const exited = once(npm, 'exit');
      signalGroup('SIGINT');
      expect(await exited, output).toEqual([0, null]);
      expect(output).toContain('"event":"stopping"');
      expect(output).not.toMatch(/npm (error|ERR)/);
      // Nothing of the group is left.
      expect(() => signalGroup(0)).toThrow('ESRCH');
    } finally {
      process.off('exit', killNow);
      if (npm.exitCode === null && npm.signalCode === null) killNow();
    }
    await rm(folder, { recursive: true });
  }, 30_000);
});

describe('secrets that are made up', () => {
  const load = `import(process.argv[1]).then(({ prepareSecrets }) => {
    const { adminKey, viewerIdHashKey } = prepareSecrets();
    console.log(JSON.stringify([adminKey, viewerIdHashKey]));
  })`;
  const loadIn = async (cwd: string): Promise<string[]> => {
    const secrets = join(root, 'src/runtimes/laptop/secrets.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', load, secrets], { cwd });
    return JSON.parse(stdout);
  };

  it('are the same for all copies that start together, and for every later run', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'playgate-secrets-'));
    const together = await Promise.all(Array.from({ length: 6 }, () => loadIn(cwd)));
    const [secrets = []] = together;
    expect(new Set(secrets).size).toBe(2);
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
    for (const others of [...together, await loadIn(cwd)]) expect(others).toEqual(secrets);
    expect((await readdir(join(cwd, '.playgate'))).toSorted()).toEqual(['admin-key', 'viewer-id-hash-key']);
    for (const file of ['admin-key', 'viewer-id-hash-key'])
      expect((await stat(join(cwd, '.playgate', file))).mode & 0o777).toBe(0o600);
    await rm(cwd, { recursive: true });
  }, 20_000);

  it('are kept when an operator wrote them, and not made anew where one cannot be read', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'playgate-secrets-'));
    await mkdir(join(cwd, '.playgate/viewer-id-hash-key'), { recursive: true });
    await writeFile(join(cwd, '.playgate/admin-key'), 'a key that an operator chose, long enough\n');
    await expect(loadIn(cwd)).rejects.toMatchObject({ stderr: expect.stringContaining('EISDIR') });
    await rm(join(cwd, '.playgate/viewer-id-hash-key'), { recursive: true });
    expect((await loadIn(cwd))[0]).toBe('a key that an operator chose, long enough');
    await rm(cwd, { recursive: true });
  }, 20_000);
});

describe('a production run', () => {
  const run = (settings: Readonly<Record<string, string>>) =>
    promisify(execFile)(process.execPath, [entry], {
      env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...settings },
      timeout: 10_000,
    });

  it('names everything that is missing at once, and makes nothing up', async () => {
    const failure = await run({}).catch((error: { code: number; stderr: string }) => error);
    expect(failure).toMatchObject({ code: 1 });
    for (const name of ['PLAYGATE_ADMIN_KEY', 'REDIS_URL', 'DATABASE_FILE', 'SECRETS_MANAGER_REGION', 'KEYS_DIRECTORY'])
      expect(failure.stderr).toContain(name);
  });

  it('names every malformed setting, and quotes none', async () => {
    const failure = await run({
      PLAYGATE_ADMIN_KEY: 'too-short-a-key',
      PORT: '70000',
      REDIS_URL: 'http://u:redis-secret@host',
      LOCAL_IVS: 'maybe',
      KEYS_DIRECTORY: '/tmp/keys',
    }).catch((error: { code: number; stderr: string }) => error);
    for (const name of ['PLAYGATE_ADMIN_KEY', 'PORT', 'REDIS_URL', 'LOCAL_IVS']) expect(failure.stderr).toContain(name);
    expect(failure.stderr).not.toMatch(/too-short-a-key|redis-secret/);
  });
});
