/** How the tests run: the projects into which the test files fall, and what each starts before its first file. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { projects } from './projects.ts';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    // Most of them wait for sockets and clocks, so that four at a time keep two cores busy: with five, what computes runs out of its time.
    maxWorkers: 4,
    // These end what hangs, on a busy machine too. What is promised in time is measured where it is promised.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    expect: { poll: { timeout: 15_000 } },
    // A project's own set-up runs only when one of its files does.
    projects: projects.map((project) => ({ extends: true, test: { ...project } })),
  },
});
