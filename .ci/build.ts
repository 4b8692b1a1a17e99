/** `npm run build`: makes `dist`, of which the npm package and the pages of the service are. `prepare` calls it, so that `npm ci` does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import scalarPlugin from '@scalar/fastify-api-reference';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const docs = join(dist, 'public/docs');
const consoleConfig = join(root, 'src/console/vite.config.ts');

await rm(dist, { recursive: true, force: true });
await Promise.all([
  run('tsdown', '--log-level', 'error'),
  buildDocs(),
  ...(existsSync(consoleConfig) ? [run('vite', 'build', '--logLevel', 'warn', '--config', consoleConfig)] : []),
]);
await compressPages();

/** Nothing of it comes from elsewhere when it is shown: Scalar lies beside it. */
async function buildDocs(): Promise<void> {
  const scalar = join(root, 'node_modules/@scalar/fastify-api-reference');
  const { version } = JSON.parse(await readFile(join(scalar, 'package.json'), 'utf8'));
  // With its version in its name a browser may keep it.
  const name = `assets/scalar-${version}.js`;
  await cp(join(root, 'src/api-reference'), docs, { recursive: true });
  await mkdir(join(docs, 'assets'), { recursive: true });
  await writeFile(join(docs, name), readScalar());
  const page = await readFile(join(docs, 'index.html'), 'utf8');
  await writeFile(join(docs, 'index.html'), page.replace('assets/scalar.js', name));
}

/**
 * The script of Scalar's page, as its plugin for Fastify serves it.
 * `@scalar/api-reference` has it as a file, and brings along the 258 packages of which it is made.
 */
function readScalar(): string {
  let script = '';
  const reply = { header: () => reply, send: (text: string) => (script = text) };
  const serve = ({ url, handler }: { url: string; handler: (request: unknown, to: typeof reply) => void }) => {
    if (url.endsWith('/scalar.js')) handler(undefined, reply);
  };
  // biome-ignore lint/suspicious/noExplicitAny: of a server it is given what it asks for, which is its routes.
  const server: any = { initialConfig: {}, hasPlugin: () => false, route: serve };
  scalarPlugin(server, { configuration: { url: '/openapi.json' } }, () => {});
  if (!script.includes('createApiReference'))
    throw new Error('@scalar/fastify-api-reference serves no script of Scalar');
  return script;
}

/** Once here, so that no request of anybody's makes the service do so. Cloudflare does it by itself. */
async function compressPages(): Promise<void> {
  await writeFile(join(dist, 'public/.assetsignore'), '*.gz\n');
  for await (const file of glob('dist/public/**/*.{html,js,css,svg,json}', { cwd: root }))
    await pipeline(
      createReadStream(join(root, file)),
      createGzip({ level: 9 }),
      createWriteStream(join(root, `${file}.gz`)),
    );
}

/** What it says of what is wrong goes where this program's output goes. */
async function run(program: string, ...words: readonly string[]): Promise<void> {
  // Whatever the environment is, a test's for example: what is built is for production.
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = spawn(join(root, 'node_modules/.bin', program), words, { cwd: root, env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) process.exit(1);
}
