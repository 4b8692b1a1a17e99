/** The service on Node as it is deployed: it makes nothing up, and has nothing of a laptop's about it. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { laptopEntry, nodeEntry, startNodeService } from '../../support/node-service.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playgate-production-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The entries that run the service as in production, each with the settings that make it so. */
const entries = [
  ['src/runtimes/node/main.ts', nodeEntry, {}],
  ['src/runtimes/node/main.ts with NODE_ENV=development', nodeEntry, { NODE_ENV: 'development' }],
  ['npm start with NODE_ENV=production', laptopEntry, { NODE_ENV: 'production' }],
] as const;

describe.each(entries)('%s', (_, entry, mode) => {
  /** What it says when it ends with 1. */
  async function fail(settings: Readonly<Record<string, string>>): Promise<string> {
    const env = { PATH: process.env.PATH ?? '', ...mode, ...settings };
    const run = promisify(execFile)(process.execPath, [entry], { cwd: folder, env, timeout: 10_000 });
    const failure = await run.catch((error: { code: number; stderr: string }) => error);
    expect(failure).toMatchObject({ code: 1 });
    return failure.stderr;
  }

  it('names everything that is missing at once, and makes nothing up', async () => {
    const before = await readdir(folder);
    const said = await fail({});
    for (const name of ['PLAYGATE_ADMIN_KEY', 'REDIS_URL', 'DATABASE_FILE', 'SECRETS_MANAGER_REGION', 'KEYS_DIRECTORY'])
      expect(said).toContain(name);
    expect(await readdir(folder)).toEqual(before);
  });

  it('names every malformed setting, quotes none, and refuses a local IVS inside', async () => {
    const said = await fail({
      PLAYGATE_ADMIN_KEY: 'too-short-a-key',
      PORT: '70000',
      REDIS_URL: 'http://u:redis-secret@host',
      LOCAL_IVS: 'on',
      KEYS_DIRECTORY: '/tmp/keys',
    });
    for (const name of ['PLAYGATE_ADMIN_KEY', 'PORT', 'REDIS_URL', 'LOCAL_IVS']) expect(said).toContain(`  ${name} `);
    expect(said).not.toMatch(/too-short-a-key|redis-secret/);
  });
});

describe('without the files of a laptop', () => {
  it.each([
    ['src/runtimes/node/main.ts', ['laptop']],
    ['src/runtimes/laptop/main.ts', []],
  ])('%s runs, since production loads none of them', async (entry, alsoMissing) => {
    const copy = await mkdtemp(join(folder, 'copy-'));
    await cp(join(root, 'src'), join(copy, 'src'), { recursive: true });
    const missing = ['demo', 'local-ivs', 'runtimes/workers', ...alsoMissing.map((name) => `runtimes/${name}`)];
    await Promise.all(missing.map((name) => rm(join(copy, 'src', name), { recursive: true })));
    await Promise.all(['package.json', 'node_modules'].map((name) => symlink(join(root, name), join(copy, name))));
    const cwd = join(copy, 'cwd');
    await mkdir(cwd);
    const settings = {
      NODE_ENV: 'production',
      PLAYGATE_ADMIN_KEY: 'production-admin-key-0123456789-abcdef',
      DATABASE_FILE: 'playgate.db',
      KEYS_DIRECTORY: 'keys',
    };
    const service = await startNodeService(settings, cwd, join(copy, entry));
    expect((await service.send('/livez')).status).toBe(200);
    expect((await service.send('/demo/')).status).toBe(404);
    await service.stop();
    expect((await readdir(cwd)).filter((name) => !name.startsWith('playgate.db'))).toEqual(['keys']);
  });
});
