/** How the npm package is built: JavaScript and its types in `dist`, as Node strips no types below `node_modules`. Its entries are the `exports` of package.json. */
import { defineConfig, type UserConfig } from 'tsdown';
import packageJson from './package.json' with { type: 'json' };

/** `./dist/client/client.js` is made of `src/client/client.ts`. */
const entries = Object.values(packageJson.exports)
  .filter((file) => file.endsWith('.js'))
  .map((file) => [file.slice('./dist/'.length, -'.js'.length), file.replace('/dist/', '/src/').replace(/js$/, 'ts')]);
const ofBrowsers = Object.fromEntries(entries.filter(([name = '']) => name.startsWith('client/')));
const ofNode = Object.fromEntries(entries.filter(([name = '']) => !name.startsWith('client/')));

const common: UserConfig = {
  format: 'esm',
  fixedExtension: false,
  hash: false,
  // `.ci/build.ts` does so, once for all.
  clean: false,
  dts: false,
  logLevel: 'error',
};

/** Every module for itself, where its source lies in `src`: so it finds the files beside it as the source does. */
const node: UserConfig = {
  ...common,
  entry: { 'cli/main': 'src/cli/main.ts', ...ofNode },
  unbundle: true,
  root: 'src',
  platform: 'node',
  copy: [
    { from: 'src/adapters/redis-store/scripts', to: 'dist/adapters/redis-store' },
    { from: 'src/local-ivs/edge/media', to: 'dist/local-ivs/edge' },
    { from: 'src/demo/page', to: 'dist/demo' },
    { from: 'node_modules/hls.js/dist/hls.min.js', to: 'dist/demo' },
  ],
};

/** Small, and nothing of the rest in it. */
const browsers: UserConfig = {
  ...common,
  entry: ofBrowsers,
  platform: 'browser',
  target: 'es2022',
  minify: true,
  sourcemap: true,
};

/** Bundled for each entry, so that none needs what only this repository has. */
const types: UserConfig = {
  ...common,
  entry: { ...ofNode, ...ofBrowsers },
  platform: 'node',
  tsconfig: 'tsconfig.package.json',
  dts: { emitDtsOnly: true, generator: 'tsgo' },
};

export default defineConfig([node, ...(Object.keys(ofBrowsers).length > 0 ? [browsers] : []), types]);
