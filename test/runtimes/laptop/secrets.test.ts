/** The secrets that a laptop run makes up. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../../src/runtimes/laptop/secrets.ts', import.meta.url));

describe('secrets that are made up', () => {
  const load = `import(process.argv[1]).then(({ prepareSecrets }) => {
    const { adminKey, viewerIdHashKey } = prepareSecrets();
    console.log(JSON.stringify([adminKey, viewerIdHashKey]));
  })`;
  const loadIn = async (cwd: string): Promise<string[]> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', load, source], { cwd });
    return JSON.parse(stdout);
  };

  it('are the same for all copies that start together, and for every later run', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'playgate-secrets-'));
    const together = await Promise.all(Array.from({ length: 6 }, () => loadIn(cwd)));
    const [secrets = []] = together;
    expect(new Set(secrets).size).toBe(2);
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
    for (const others of [...together, await loadIn(cwd)]) expect(others).toEqual(secrets);
    expect((await readdir(join(cwd, '.playgate'))).toSorted()).toEqual([
      '.gitignore',
      'admin-key',
      'viewer-id-hash-key',
    ]);
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
