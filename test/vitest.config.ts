/** How the tests run: every test file of the repository, in parallel, with one Redis server for all of them. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/shared-redis.ts', 'test/support/installed-programs.ts'],
    // Most of them wait for sockets and clocks, so two at a time are right even where there is one core to spare.
    maxWorkers: 2,
    testTimeout: 10_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
  },
});
