/** The pages of the guides, as a browser loads them: their very code, bundled, with the addresses of a test in it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { listen } from '../support/listen.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ivsPlayerAssets = join(dirname(createRequire(import.meta.url).resolve('amazon-ivs-player')), 'assets');

/** What stands in the guide, and what a page of the test has in its place. */
export interface Places {
  readonly service: string;
  readonly channelArn: string;
  /** The JWT of whoever is signed in. */
  getJwt(): Promise<string>;
}

/** Serves the page of a guide, `hls-js` or `ivs-player`. */
export async function serveGuide(guide: string, { service, channelArn, getJwt }: Places) {
  const text = await readFile(join(root, 'docs/guides', `${guide}.md`), 'utf8');
  const findBlock = (language: string) => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? '';
  const source = findBlock('js')
    .replace('https://playgate.example', service)
    .replace(/arn:aws:ivs:[^']+/, channelArn);
  const script = await bundle(source);
  const html = `<!doctype html><meta charset="utf-8"><title>${guide}</title><link rel="icon" href="data:,">${findBlock('html')}`;
  const type = (contentType: string) => ({ headers: { 'content-type': contentType } });
  return listen(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/') return new Response(html, type('text/html'));
    if (pathname === '/watch.js') return new Response(script, type('text/javascript'));
    if (pathname === '/session/jwt') return new Response(await getJwt());
    if (!/^\/assets\/[\w.-]+$/.test(pathname)) return new Response(null, { status: 404 });
    const asset = await readFile(join(ivsPlayerAssets, pathname.replace('/assets/', '')));
    return new Response(asset, type(pathname.endsWith('.wasm') ? 'application/wasm' : 'text/javascript'));
  });
}

/** A script for a browser, with what it imports. */
export async function bundle(source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'playgate-guide-'));
  const entry = join(folder, 'watch.js');
  await writeFile(entry, source);
  const built = await build({
    ...{ root: folder, configFile: false, logLevel: 'error', publicDir: false },
    resolve: {
      alias: {
        'playgate/client': join(root, 'src/client/client.ts'),
        'playgate/react': join(root, 'src/client/react.ts'),
        react: join(root, 'node_modules/react'),
        'react-dom': join(root, 'node_modules/react-dom'),
        'hls.js': join(root, 'node_modules/hls.js/dist/hls.mjs'),
        events: join(root, 'node_modules/events/events.js'),
        'amazon-ivs-player': join(root, 'node_modules/amazon-ivs-player/dist/index.js'),
      },
    },
    build: { write: false, rollupOptions: { input: entry } },
  });
  await rm(folder, { recursive: true });
  const [first] = [built].flat();
  if (first === undefined || !('output' in first)) throw new Error('nothing was built');
  return first.output[0].code;
}
