/** Which test file is in which project: by its folder, and by `.browser.test.ts` at the end of its name. */

/** A vitest project. A file is in exactly one. */
export interface Project {
  readonly name: string;
  /** Globs, from the repository's root. */
  readonly include: string[];
  readonly exclude: string[];
  /** Run once, before the first file of the project. */
  readonly globalSetup: string[];
  /** Run in each file of the project, before its tests. */
  readonly setupFiles: string[];
  /** Whether each file loads its modules anew. */
  readonly isolate: boolean;
}

const browser = 'test/**/*.browser.test.ts';
const placed = [
  { name: 'local-ivs', include: ['test/local-ivs/**/*.test.ts'], globalSetup: [] },
  { name: 'keys', include: ['test/keys/**/*.test.ts'], globalSetup: [] },
  { name: 'explaining', include: ['test/tokens/explain-properties.test.ts'], globalSetup: [] },
  { name: 'sqlite-store', include: ['test/adapters/sqlite-store/**/*.test.ts'], globalSetup: [] },
  {
    name: 'redis-store',
    include: ['test/adapters/redis-store/**/*.test.ts', 'test/support/redis-server.test.ts'],
    globalSetup: ['test/support/shared-redis.ts'],
  },
  {
    name: 'runtimes',
    include: [
      'test/runtimes/**/*.test.ts',
      'test/cli/**/*.test.ts',
      'test/server/**/*.test.ts',
      'test/demo/**/*.test.ts',
      'test/artifact/**/*.test.ts',
    ],
    globalSetup: ['test/support/built.ts', 'test/support/installed-curl.ts'],
  },
  {
    name: 'guides',
    include: ['test/docs/guides.test.ts'],
    globalSetup: ['test/support/built.ts', 'test/support/installed-guide-programs.ts'],
  },
  {
    name: 'black-box',
    include: ['test/black-box/**/*.test.ts'],
    globalSetup: ['test/support/built.ts', 'test/support/installed-redis.ts'],
  },
].map((project) => ({ ...project, exclude: [browser], setupFiles: [], isolate: true }));

/** `unit` holds what no other project does. Its files may start no program, and have no network but the loopback, where the local IVS is. */
export const projects: readonly Project[] = [
  {
    name: 'unit',
    include: ['test/**/*.test.ts'],
    exclude: [browser, ...placed.flatMap(({ include }) => include)],
    globalSetup: [],
    setupFiles: ['test/support/no-programs.ts', 'test/support/no-network.ts'],
    // They leave nothing behind, and loading the AWS clients and zod takes longer than most of them.
    isolate: false,
  },
  ...placed,
  {
    name: 'browser',
    include: [browser],
    exclude: [],
    globalSetup: ['test/support/built.ts', 'test/support/installed-chromium.ts'],
    setupFiles: [],
    isolate: true,
  },
];
