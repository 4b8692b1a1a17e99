/** What ships: the files of the container's image, and the black-box suite against a service started from them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describePlaygate } from '../black-box/describe-playgate.ts';
import { toSettings } from '../black-box/target.ts';
import { createImage } from './create-image.ts';

const image = await createImage();
const [program, entry = ''] = image.command;
const folder = join(image.root, image.workingDirectory);

afterAll(() => image.remove());

describe(`the image, ${image.way}`, () => {
  it('starts a file of its own with Node', async () => {
    expect(program).toBe('node');
    expect(await readFile(join(folder, entry), 'utf8')).toContain('/**');
  });

  it('holds the source of the service, its pages, its dependencies, and nothing else', async () => {
    const top = ['dist', 'node_modules', 'package-lock.json', 'package.json', 'src'];
    expect((await readdir(folder)).toSorted()).toEqual(top);
    expect(await readdir(join(folder, 'dist'))).toEqual(['public']);
  });

  it('holds neither the local IVS nor the demo nor the source of a page nor a test', async () => {
    const files = await readdir(join(folder, 'src'), { recursive: true });
    expect(files).toContain('app.ts');
    expect(
      files.filter((file) => /(?:^|\/)(?:local-ivs|demo|console|api-reference)(?:\/|$)|\.test\.ts$/.test(file)),
    ).toEqual([]);
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

describePlaygate(`the service that the image starts, ${image.way}`, async (surroundings) => {
  const service = await image.start({
    ...toSettings(surroundings),
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_FILE: join(image.rootInside, 'data/playgate.db'),
    KEYS_DIRECTORY: join(image.rootInside, 'data/keys'),
  });
  const keys = join(image.root, 'data/keys');
  return {
    ...service,
    database: 'sqlite',
    secrets: async () => ({
      passwords: [],
      privateKeys: await Promise.all((await readdir(keys)).map((file) => readFile(join(keys, file), 'utf8'))),
    }),
  };
});
