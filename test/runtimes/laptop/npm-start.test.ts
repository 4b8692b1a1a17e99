/** `npm start` in a terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

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
