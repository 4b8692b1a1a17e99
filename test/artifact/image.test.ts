/** What ships: the files of the container's image, and the black-box suite against a service started from them. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describePlaygate } from '../black-box/describe-playgate.ts';
import { toSettings } from '../black-box/target.ts';
import { startNodeService } from '../support/node-service.ts';
import { assembleImage } from './image.ts';

const folder = await mkdtemp(join(tmpdir(), 'playgate-image-'));
const image = await assembleImage(folder);
const [program, entry = ''] = image.command;

afterAll(() => rm(folder, { recursive: true }));

describe('the image', () => {
  it('starts a file of its own with Node', async () => {
    expect(program).toBe('node');
    expect(await readFile(join(folder, entry), 'utf8')).toContain('/**');
  });

  it('holds the source of the service, its dependencies, and nothing else', async () => {
    const top = ['node_modules', 'package-lock.json', 'package.json', 'src'];
    expect((await readdir(folder)).toSorted()).toEqual(top);
  });

  it('holds neither the local IVS nor the demo nor a test', async () => {
    const files = await readdir(join(folder, 'src'), { recursive: true });
    expect(files).toContain('app.ts');
    expect(files.filter((file) => /(?:^|\/)(?:local-ivs|demo)(?:\/|$)|\.test\.ts$/.test(file))).toEqual([]);
  });

  it('holds every dependency of production and none of development', async () => {
    const { dependencies, devDependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const installed = (await readdir(join(folder, 'node_modules'), { recursive: true, withFileTypes: true }))
      .filter(({ name }) => name === 'package.json')
      .map(({ parentPath }) => parentPath.slice(join(folder, 'node_modules/').length));
    expect(installed).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    expect(installed.filter((name) => Object.hasOwn(devDependencies, name))).toEqual([]);
  });
});

describePlaygate('the service that the image starts', async (surroundings) => {
  const state = await mkdtemp(join(tmpdir(), 'playgate-image-state-'));
  const keys = join(state, 'keys');
  const settings = {
    ...image.environment,
    ...toSettings(surroundings),
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_FILE: join(state, 'playgate.db'),
    KEYS_DIRECTORY: keys,
  };
  const service = await startNodeService(settings, folder, entry);
  return {
    ...service,
    secrets: async () => ({
      passwords: [],
      privateKeys: await Promise.all((await readdir(keys)).map((file) => readFile(join(keys, file), 'utf8'))),
    }),
    async stop() {
      await service.stop();
      await rm(state, { recursive: true });
    },
  };
});
