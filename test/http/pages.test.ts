/** Which file answers for which path of a page, and what the page may reach. */
import { describe, expect, it } from 'vitest';
import { createPages, servePages, toPageOrigins } from '../../src/http/pages.ts';

const files = ['/console/index.html', '/console/icon.svg', '/console/assets/index-1a2b.js', '/docs/index.html'];
const asked: string[] = [];

function fetchFile({ url, headers }: Request): Response {
  const { pathname } = new URL(url);
  asked.push(`${pathname} ${headers.get('accept-encoding')}`);
  return files.includes(pathname) ? new Response(pathname) : new Response('none', { status: 404 });
}

const pages = createPages({ fetchFile, origins: ['https://id.test', 'http://[::1]:8788'] });
const get = (path: string, init?: RequestInit) => pages(new Request(`http://127.0.0.1${path}`, init));
const read = async (path: string) => (await get(path)).text();

describe('the pages', () => {
  it.each(['', '/', '/viewers', '/viewers/ann@example.com', '/channels/arn%3Aaws%3Aivs', '/assetsinfo'])(
    'answer /console%s with the console, which knows its own places',
    async (place) => {
      expect(await read(`/console${place}`)).toBe('/console/index.html');
      expect((await get(`/console${place}`)).headers.get('cache-control')).toBe('no-cache');
    },
  );

  it('answer with a file where there is one', async () => {
    expect(await read('/console/icon.svg')).toBe('/console/icon.svg');
    expect(await read('/console/assets/index-1a2b.js')).toBe('/console/assets/index-1a2b.js');
    expect((await get('/console/assets/index-1a2b.js')).headers.get('cache-control')).toContain('immutable');
  });

  it('never answer with a page in the place of a script', async () => {
    const { status, headers } = await get('/console/assets/index-3c4d.js');
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      404,
      'text/plain; charset=UTF-8',
      null,
    ]);
  });

  it('say how to make them where they were not built', async () => {
    const unbuilt = createPages({ fetchFile: () => new Response(null, { status: 404 }), origins: [] });
    const answer = await unbuilt(new Request('http://127.0.0.1/console'));
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('`npm run build`')]);
  });

  it('take what the browser says it can unpack to where the files are', async () => {
    await get('/docs', { headers: { 'accept-encoding': 'gzip' } });
    expect(asked.at(-1)).toBe('/docs/index.html gzip');
  });

  it('answer nothing but GET and HEAD', async () => {
    expect((await get('/console', { method: 'HEAD' })).status).toBe(200);
    expect((await get('/console', { method: 'POST' })).status).toBe(404);
  });

  it('let the console ask and play from the given origins, and the reference ask nobody', async () => {
    const find = async (page: string, directive: string) => {
      const policy = (await get(page)).headers.get('content-security-policy') ?? '';
      return policy.split('; ').find((part) => part.startsWith(`${directive} `));
    };
    expect(await find('/console', 'connect-src')).toBe("connect-src 'self' https://id.test http://*:8788");
    expect(await find('/console', 'media-src')).toBe("media-src 'self' blob: https://id.test http://*:8788");
    expect(await find('/docs', 'connect-src')).toBe("connect-src 'self'");
    expect(await find('/docs', 'default-src')).toBe("default-src 'none'");
  });
});

it('only the paths of a page go to the pages', async () => {
  const fetch = servePages(
    () => new Response('page'),
    (_, rest: string) => new Response(rest),
  );
  const ask = async (path: string) => (await fetch(new Request(`http://127.0.0.1${path}`), 'service')).text();
  for (const path of ['/console', '/console/', '/docs/assets/a.js', '/docs?x']) expect(await ask(path)).toBe('page');
  for (const path of ['/', '/v1/tokens', '/consoles', '/docs.json', '/v1/docs', '/openapi.json'])
    expect(await ask(path)).toBe('service');
});

it('the origins are those of the provider of operators and of IVS, or of what stands in for it', () => {
  expect(toPageOrigins({ issuer: 'https://id.test/realms/one' })).toEqual([
    'https://id.test',
    'https://*.live-video.net',
  ]);
  expect(toPageOrigins(undefined, 'http://127.0.0.1:8788')).toEqual(['http://127.0.0.1:8788']);
});
