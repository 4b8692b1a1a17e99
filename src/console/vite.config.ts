/** How the console is built: into `dist/public/console`, from where the service hands it out at `/console`. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The service that `npx vite --config src/console/vite.config.ts` asks while pages are written. */
const service = process.env.PLAYGATE_URL ?? 'http://127.0.0.1:8787';

export default defineConfig({
  root: here('.'),
  base: '/console/',
  plugins: [react()],
  build: {
    outDir: here('../../dist/public/console'),
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the page lets no data: URL be a script or a font, so that nothing is written into another file.
    assetsInlineLimit: 0,
    // hls.js and recharts are large, and loaded by the pages that need them alone.
    chunkSizeWarningLimit: 700,
  },
  server: { host: '127.0.0.1', proxy: { '/v1': service, '/readyz': service } },
});
