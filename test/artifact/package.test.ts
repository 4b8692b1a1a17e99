/** The npm package: packed, installed in an empty folder, and used there by a Node without any help, entry by entry. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Analysis, checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadScripts } from '../../src/adapters/redis-store/load-scripts.ts';
import { adminKey } from '../black-box/target.ts';
import { endWithTests } from '../support/end-with-tests.ts';
import { type NodeService, startService } from '../support/node-service.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { exports: entries, name } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const modules = Object.keys(entries)
  .filter((entry) => entry !== './package.json')
  .map((entry) => entry.replace('.', name));
const ofBrowsers = Object.values<string>(entries).filter((file) => file.startsWith('./dist/client/'));

const maxClientGzipBytes = 5 * 1024;

/** Another Node to try it with than the one that came with the dependencies. */
const node = process.env.PLAYGATE_PACKAGE_NODE ?? process.execPath;
const environment = {
  HOME: process.env.HOME ?? '',
  // Nothing of this repository's programs.
  PATH: [dirname(node), ...(process.env.PATH ?? '').split(delimiter).filter((path) => !path.startsWith(root))].join(
    delimiter,
  ),
};

let place: string;
let folder: string;
let tarball: string;
const installed = () => join(folder, 'node_modules', name);
const runHere = async (program: string, ...words: string[]) =>
  (await promisify(execFile)(program, words, { cwd: folder, env: environment })).stdout;
const runTool = (tool: string, ...words: string[]) =>
  promisify(execFile)(process.execPath, [join(root, 'node_modules/.bin', tool), ...words], { cwd: place });

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'playgate-package-'));
  folder = join(place, 'app');
  await mkdir(folder);
  // `prepare` would build once more what the tests have built already.
  await promisify(execFile)('npm', ['pack', '--ignore-scripts', '--pack-destination', place], { cwd: root });
  tarball = join(place, (await readdir(place)).find((file) => file.endsWith('.tgz')) ?? '');
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await runHere('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball);
  // What a project that uses it has by itself.
  for (const own of ['@types/node', 'react', '@types/react']) {
    await rm(join(folder, 'node_modules', own), { recursive: true, force: true });
    await mkdir(dirname(join(folder, 'node_modules', own)), { recursive: true });
    await symlink(join(root, 'node_modules', own), join(folder, 'node_modules', own));
  }
}, 120_000);

afterAll(() => rm(place, { recursive: true }));

describe('the package', () => {
  it('is one in which publint and arethetypeswrong find nothing', async () => {
    const [publint, types] = await Promise.all([
      runTool('publint', '--strict', tarball),
      checkPackage(createPackageFromTarballData(await readFile(tarball))),
    ]);
    expect(publint.stdout).toContain('All good!');
    expect(types.types).toMatchObject({ kind: 'included' });
    expect(Object.keys((types as Analysis).entrypoints)).toEqual(
      expect.arrayContaining(modules.map((module) => module.replace(name, '.'))),
    );
    // It is for ESM alone, and for a resolution that knows of `exports`: what the profile `esm-only` of its own program leaves out.
    const problems = (types as Analysis).problems.filter(
      (problem) => !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
  });

  it('holds what was built, and no source', async () => {
    expect((await readdir(installed())).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    const files = await readdir(join(installed(), 'dist'), { recursive: true });
    expect(files.filter((file) => /(?<!\.d)\.tsx?$/.test(file))).toEqual([]);
  });

  it('holds every file that a module looks for beside itself', async () => {
    const beside = /\.(?:lua|mpegts|html|css|svg|js)$/;
    const rooms = ['adapters/redis-store/scripts', 'local-ivs/edge/media', 'demo/page'];
    for (const room of rooms) {
      const [source, built] = await Promise.all(
        [join(root, 'src', room), join(installed(), 'dist', room)].map((path) => readdir(path, { recursive: true })),
      );
      expect(built).toEqual(expect.arrayContaining(source?.filter((file) => beside.test(file)) ?? []));
      expect(built?.length).toBeGreaterThan(2);
    }
  });

  it.each(modules)('has %s, which plain Node imports', async (module) => {
    const names = await runHere(node, '-e', `import('${module}').then((all) => console.log(Object.keys(all).join()))`);
    expect(names.trim()).not.toBe('');
  });

  it.each(ofBrowsers)('has %s, which needs nothing of Node and at most React', async (file) => {
    const source = await readFile(join(installed(), file), 'utf8');
    const imported = [...source.matchAll(/(?:from|import)\s*\(?["']([^"']+)["']/g)].map(([, module]) => module);
    expect(imported.filter((module) => !/^(?:\.\/.*|react)$/.test(module ?? ''))).toEqual([]);
  });

  it('takes at most 5 KB of a page, compressed', async () => {
    const client = join(installed(), 'dist/client');
    const files = await readdir(client).catch((): string[] => []);
    const sources = await Promise.all(
      files.filter((file) => file.endsWith('.js') && file !== 'react.js').map((file) => readFile(join(client, file))),
    );
    expect(gzipSync(Buffer.concat(sources)).length).toBeLessThanOrEqual(maxClientGzipBytes);
  });

  it.each(['nodenext', 'bundler'])(
    'has types that a strict project takes, with module resolution %s',
    async (resolution) => {
      const project = join(folder, `types-${resolution}`);
      await mkdir(project);
      const source = modules.map((module, index) => `export * as entry${index} from '${module}';`).join('\n');
      await writeFile(join(project, 'uses.ts'), `${source}\n${typeUses}`);
      const compilerOptions = {
        ...{
          strict: true,
          noEmit: true,
          skipDefaultLibCheck: true,
          target: 'es2022',
          lib: ['es2024', 'dom'],
          types: ['node'],
        },
        module: resolution === 'nodenext' ? 'nodenext' : 'esnext',
        moduleResolution: resolution,
      };
      await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['uses.ts'] }));
      const { stdout } = await runTool('tsc', '-p', project).catch((error) => error);
      expect(stdout).toBe('');
    },
  );
});

describe('its program', () => {
  const start = (command: string, cwd: string, settings: Record<string, string> = {}) =>
    startService([join(folder, 'node_modules/.bin', name), command], { ...environment, ...settings }, cwd);

  it('is what npx finds, and says its version', async () => {
    const { version } = JSON.parse(await readFile(join(installed(), 'package.json'), 'utf8'));
    expect((await runHere('npx', name, '--version')).trim()).toBe(version);
  });

  it('runs a laptop: service, pages, demo and a local IVS that plays, with all its state in .playgate', async () => {
    const cwd = await mkdtemp(join(place, 'dev-'));
    const service = await start('dev', cwd, { LOCAL_IVS_PORT: '0' });
    for (const path of ['/livez', '/docs', '/demo/', '/demo/hls.min.js'])
      expect([path, (await service.send(path)).status]).toEqual([path, 200]);
    expect(await play(service, cwd)).toBeGreaterThan(10_000);
    expect(service.logs()).not.toContain('Warning');
    expect(await readdir(cwd)).toEqual(['.playgate']);
    service.signal('SIGINT');
    expect(await service.exited).toBe(0);
  });

  it('serves in production, with state in a file', async () => {
    const cwd = await mkdtemp(join(place, 'serve-'));
    const service = await start('serve', cwd, {
      PLAYGATE_ADMIN_KEY: adminKey,
      VIEWER_ID_HASH_KEY: adminKey,
      DATABASE_FILE: 'playgate.db',
      KEYS_DIRECTORY: 'keys',
    });
    const made = await service.send('/v1/admin/clients', {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'shop', role: 'issuer', channels: ['*'] }),
    });
    expect([made.status, (await service.send('/docs')).status]).toEqual([201, 200]);
    service.signal('SIGTERM');
    expect(await service.exited).toBe(0);
  });

  it('runs a local IVS alone, until it is interrupted', async () => {
    const env = { ...environment, LOCAL_IVS_PORT: '0' };
    const child = spawn(join(folder, 'node_modules/.bin', name), ['local-ivs'], { cwd: place, env });
    endWithTests(child);
    const exited = once(child, 'exit');
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    await expect.poll(() => output).toContain('/_local/');
    const [, url = ''] = /Local IVS on (http:\S+);/.exec(output) ?? [];
    expect((await fetch(`${url}/_local/`)).status).toBe(200);
    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
  });
});

it('has the scripts of Redis as they are here', async () => {
  const built = pathToFileURL(join(installed(), 'dist/adapters/redis-store/load-scripts.js'));
  expect((await import(built.href)).loadScripts()).toEqual(loadScripts());
});

it('gives any project a local IVS for its tests, which the AWS SDK calls', async () => {
  await writeFile(join(folder, 'uses-local-ivs.js'), localIvsUse);
  expect(JSON.parse(await runHere(node, 'uses-local-ivs.js'))).toEqual({
    made: 'from-a-test',
    listed: ['from-a-test'],
  });
});

const localIvsUse = `
import { CreateChannelCommand, IvsClient, ListChannelsCommand } from '@aws-sdk/client-ivs';
import { startLocalIvs } from 'playgate/local-ivs';

const localIvs = await startLocalIvs({ port: 0 });
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
const ivs = new IvsClient({ endpoint: localIvs.url, region: 'us-west-2', credentials });
const { channel } = await ivs.send(new CreateChannelCommand({ name: 'from-a-test' }));
const { channels } = await ivs.send(new ListChannelsCommand({}));
console.log(JSON.stringify({ made: channel.name, listed: channels.map(({ name }) => name) }));
ivs.destroy();
await localIvs.close();
`;

/** Gets a token for the channel of a laptop run, and with it the first segment of its stream; how many bytes that has. */
async function play({ send, logs }: NodeService, cwd: string): Promise<number> {
  const key = (await readFile(join(cwd, '.playgate/admin-key'), 'utf8')).trim();
  const [channelArn] = /arn:aws:ivs:\S+:channel\/\w+/.exec(logs()) ?? [];
  const answer = await send('/v1/tokens', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channelArn, viewerId: 'viewer-1' }),
  });
  let url: string = (await answer.json()).playbackUrl;
  for (const playlist of ['multivariant', 'media']) {
    const text = await (await fetch(url)).text();
    const line = text.split('\n').find((line) => line !== '' && !line.startsWith('#'));
    expect([playlist, line]).toEqual([playlist, expect.any(String)]);
    url = new URL(line ?? '', url).href;
  }
  return (await (await fetch(url)).arrayBuffer()).byteLength;
}

/** A mistake that only types find has to be found. */
const typeUses = `
import { startLocalIvs } from 'playgate/local-ivs';
export const running = startLocalIvs({ port: 0, throttling: false });
// @ts-expect-error A port is a number.
export const wrong = startLocalIvs({ port: '0' });
import { createExpressTokenHandler, createPlaygate, type PlaybackToken } from 'playgate/server';
const playgate = createPlaygate({ url: 'https://playgate.example', apiKey: 'a key' });
export const token: Promise<PlaybackToken> = playgate.tokens.create({ channelArn: 'arn:…' });
// @ts-expect-error A channel must be named.
export const none = playgate.tokens.create({});
export const handle = createExpressTokenHandler(playgate, { identify: () => ({ viewerId: 'ann' }) });
`;
