/** The pages that `npm run build` leaves: handed out by every runtime in the same way. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Target } from '../target.ts';

const built = fileURLToPath(new URL('../../../dist/public', import.meta.url));

export function describePages(target: () => Target): void {
  const get = (path: string) => target().send(path, { headers: { accept: 'text/html' } });

  describe.each(['docs', 'console'].filter((page) => existsSync(`${built}/${page}`)))('the page /%s', (page) => {
    it('is there, with and without a slash behind it, and asked for anew each time', async () => {
      const [plain, slashed] = await Promise.all([get(`/${page}`), get(`/${page}/`)]);
      for (const answer of [plain, slashed])
        expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
          200,
          'text/html; charset=utf-8',
          'no-cache',
        ]);
      expect(await plain.text()).toBe(await slashed.text());
    });

    it('lets nothing in from elsewhere, and nobody frame it', async () => {
      const { headers } = await get(`/${page}`);
      const policy = headers.get('content-security-policy');
      for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
        expect(policy?.split('; ')).toContain(part);
      expect([headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual([
        'nosniff',
        'no-referrer',
      ]);
    });

    it('names only files that are there, to be kept when their version is in their name', async () => {
      const files = [...(await (await get(`/${page}`)).text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(
        ([, path = '']) => path,
      );
      const assets = files.filter((file) => file.includes('/assets/'));
      expect(assets.length).toBeGreaterThan(0);
      for (const asset of assets) {
        const { status, headers } = await get(asset);
        expect([asset, status, headers.get('cache-control')]).toEqual([
          asset,
          200,
          'public, max-age=31536000, immutable',
        ]);
      }
      for (const file of files) expect([file, (await get(file)).status]).toEqual([file, 200]);
    });

    it('is no answer to who asks for a file that an older build had', async () => {
      const { status, headers } = await get(`/${page}/assets/index-0ld.js`);
      expect([status, headers.get('content-type')]).toEqual([404, 'text/plain; charset=UTF-8']);
    });
  });
}
