/** `npm start` as a newcomer has it: nothing set, nothing there. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { laptopEntry } from '../../support/node-service.ts';

interface Run {
  readonly output: string;
  /** The commands that were printed. */
  readonly commands: readonly string[];
  /** Ends it as Ctrl-C does; the exit code. */
  interrupt(): Promise<number | null>;
}

async function start(cwd: string, settings: Readonly<Record<string, string>> = {}): Promise<Run> {
  const env = { PATH: process.env.PATH ?? '', PORT: '0', LOCAL_IVS_PORT: '0', ...settings };
  const child = spawn(process.execPath, [laptopEntry], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
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

  it('blocks nobody whom the demo page proposes', async () => {
    const page = await readFile(new URL('../../../src/demo/page/index.html', import.meta.url), 'utf8');
    const [, proposed = ''] = /id="viewer"[^>]* value="([^"]+)"/.exec(page) ?? [];
    expect(proposed).not.toBe('');
    const run = await start(cwd);
    expect(run.commands.join('\n')).not.toContain(proposed);
    expect(await run.interrupt()).toBe(0);
  }, 30_000);

  it('prints three commands that work as they stand, also after a restart, which forgets nothing', async () => {
    const first = await start(cwd);
    expect(first.commands).toHaveLength(3);
    const [ask, play, revoke] = first.commands;
    expect(JSON.parse(await paste(ask))).toMatchObject({
      viewerId: 'viewer-2',
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
    expect(JSON.parse(await paste(askAgain.replace('viewer-2', 'viewer-3')))).toMatchObject({ viewerId: 'viewer-3' });
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
    expect(JSON.parse(answer.stdout)).toMatchObject({ viewerId: 'viewer-2' });
    expect(await readdir(join(cwd, 'copy'))).toEqual(expect.arrayContaining(['keys', 'local-ivs.db', 'playgate.db']));
    expect(await Promise.all([one.interrupt(), copy.interrupt()])).toEqual([0, 0]);
  }, 60_000);
});
