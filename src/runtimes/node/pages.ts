/** The pages on Node: from `dist/public`, which lies at the same place beside the source and beside what is built of it. */
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { createPages, type PageParts } from '../../http/pages.ts';

const folder = fileURLToPath(new URL('../../../dist/public', import.meta.url));

/** Where nothing was built, each page is a 404 that says so. */
export function createNodePages(options: Pick<PageParts, 'origins'>) {
  const files = new Hono().get('*', serveStatic({ root: folder, precompressed: true }));
  return createPages({ ...options, fetchFile: files.fetch });
}
