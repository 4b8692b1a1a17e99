/**
 * Which room of the house may import which, and which packages. A room is a folder of `src/`, or a file in it, at any depth:
 * a file belongs to the innermost row that names its folder or itself. A room may always import itself, and never what lies
 * in a room of its own within it unless its row says so. Types count as much as values.
 */

/** What a room may import: other rooms by their rows, packages by their names (`node:*` is every module of Node). */
interface Row {
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
}

/** Strings, times and errors: what every room may stand on. */
const base = ['ids', 'errors', 'input', 'time', 'page', 'record-id', 'system', 'token-limits', 'conditional'];

const domain = [
  ...['audit', 'limits', 'entitlements', 'access', 'channels', 'policies', 'keys', 'revocations', 'tokens', 'stats'],
];

/** Each alone imports the SDK of its outside system. */
const sdkAdapters = [
  'redis-store',
  'pino-log',
  'prometheus-metrics',
  'ivs',
  'secrets-manager-vault',
  'entitlements',
  'opentelemetry',
].map((name) => `adapters/${name}`);

/** What every runtime puts together. */
const composed = [
  ...[
    ...base,
    ...domain,
    'ports',
    'setting-schemas',
    'setting-rules',
    'settings',
    'config',
    'services',
    'app',
    'http',
    'metrics',
    'version',
    'adapters',
  ],
  ...sdkAdapters,
];

/** What stands beside a service, and has its settings. */
const setUp = [
  ...composed.filter((room) => !['app', 'http', 'metrics'].includes(room)),
  ...['aws-accounts', 'runtimes/node'],
];

/** What every room of the local IVS shares but the edge, which stands alone. What is in none of its rooms composes it. */
const localIvsWords = ['arn', 'clock', 'country', 'iso-time', 'random-id'].map((word) => `local-ivs/${word}`);

export const importTable: Readonly<Record<string, Row>> = {
  ids: { rooms: [], packages: ['zod', 'countries-list'] },
  errors: { rooms: [], packages: [] },
  time: { rooms: ['errors'], packages: ['zod'] },
  input: { rooms: ['errors'], packages: ['zod'] },
  page: { rooms: [], packages: [] },
  system: { rooms: [], packages: [] },
  'token-limits': { rooms: [], packages: ['zod'] },
  'record-id': { rooms: ['system'], packages: [] },
  conditional: { rooms: ['errors', 'system'], packages: [] },

  audit: { rooms: base, packages: ['zod'] },
  limits: { rooms: base, packages: ['zod'] },
  entitlements: { rooms: base, packages: ['zod', 'ipaddr.js', 'lru-cache'] },
  access: { rooms: [...base, 'audit', 'limits'], packages: ['jose', 'zod'] },
  channels: { rooms: [...base, 'audit', 'entitlements'], packages: ['zod'] },
  policies: { rooms: [...base, 'audit', 'entitlements', 'access', 'limits'], packages: ['zod'] },
  keys: { rooms: [...base, 'audit'], packages: ['jose', 'zod'] },
  revocations: { rooms: [...base, 'audit', 'access', 'channels'], packages: ['zod'] },
  tokens: {
    rooms: [...base, 'audit', 'limits', 'entitlements', 'access', 'channels', 'policies', 'keys', 'revocations'],
    packages: ['jose', 'zod'],
  },
  stats: { rooms: [...base, 'revocations'], packages: ['zod'] },

  ports: { rooms: domain, packages: [] },

  'setting-schemas': { rooms: ['ids', 'limits'], packages: ['zod'] },
  'identity-settings': { rooms: ['access', 'setting-schemas'], packages: ['zod'] },
  'entitlement-settings': { rooms: ['setting-schemas'], packages: ['zod'] },
  'tracing-settings': { rooms: ['setting-schemas'], packages: [] },
  'tracing-config': { rooms: ['settings'], packages: [] },
  'limit-settings': { rooms: ['setting-schemas'], packages: [] },
  'audit-settings': { rooms: ['setting-schemas', 'tokens'], packages: ['zod'] },
  settings: {
    rooms: [
      ...['ids', 'token-limits', 'setting-schemas'],
      ...['entitlement-settings', 'identity-settings', 'limit-settings', 'audit-settings', 'tracing-settings'],
    ],
    packages: ['zod'],
  },
  'setting-rules': { rooms: ['errors', 'settings'], packages: ['fastest-levenshtein'] },
  'identity-config': { rooms: ['access', 'settings'], packages: [] },
  config: {
    rooms: [
      ...[...base, 'audit', 'entitlements', 'access', 'limits', 'tokens'],
      ...['identity-config', 'tracing-config', 'settings', 'setting-rules'],
    ],
    packages: ['zod'],
  },
  'aws-accounts': { rooms: ['ids', 'config'], packages: [] },
  readiness: { rooms: ['ids', 'system', 'keys'], packages: [] },
  version: { rooms: [], packages: [] },
  metrics: { rooms: ['errors', 'ids', 'system', 'keys', 'limits', 'revocations', 'readiness'], packages: [] },
  'keys-and-channels': { rooms: ['ids', 'system', 'audit', 'channels', 'keys', 'revocations'], packages: [] },
  services: {
    rooms: [...base, ...domain, 'ports', 'config', 'readiness', 'metrics', 'keys-and-channels', 'aws-accounts'],
    packages: ['jose'],
  },
  http: { rooms: [...base, ...domain, 'services', 'readiness', 'metrics', 'version'], packages: ['hono', 'zod'] },
  app: { rooms: ['http'], packages: ['hono'] },

  adapters: { rooms: [...base, ...domain, 'ports', 'config', 'metrics', 'readiness'], packages: ['node:*', 'jose'] },
  'adapters/redis-store': { rooms: [...base, ...domain, 'ports', 'adapters'], packages: ['node:*', 'ioredis'] },
  'adapters/prometheus-metrics': {
    rooms: ['ids', 'system', 'keys', 'readiness', 'revocations', 'metrics', 'adapters'],
    packages: ['prom-client'],
  },
  'adapters/pino-log': { rooms: ['system', 'adapters'], packages: ['pino'] },
  'adapters/entitlements': {
    rooms: [...base, 'entitlements', 'config'],
    packages: ['node:*', 'standardwebhooks'],
  },
  'adapters/opentelemetry': {
    rooms: ['errors', 'system', 'keys', 'ports', 'tracing-config', 'adapters'],
    packages: [
      ...['api', 'context-async-hooks', 'core', 'otlp-transformer', 'resources', 'sdk-trace'].map(
        (name) => `@opentelemetry/${name}`,
      ),
      ...['@hono/otel', 'hono'],
    ],
  },
  'adapters/aws-credentials': { rooms: ['ids', 'config', 'adapters'], packages: ['@aws-sdk/client-sts'] },
  'adapters/ivs': {
    rooms: [...base, ...domain, 'ports', 'config', 'aws-accounts', 'adapters', 'adapters/aws-credentials'],
    packages: ['@aws-sdk/client-ivs'],
  },
  'adapters/secrets-manager-vault': {
    rooms: [...base, 'keys', 'config', 'adapters', 'adapters/aws-credentials'],
    packages: ['@aws-sdk/client-secrets-manager'],
  },

  'runtimes/node': { rooms: composed, packages: ['node:*', 'hono', '@hono/node-server'] },
  'runtimes/workers': { rooms: composed, packages: ['cloudflare:workers'] },
  'runtimes/laptop': {
    rooms: [...composed, 'runtimes/node', 'local-ivs', 'demo'],
    packages: ['node:*', 'zod'],
  },
  demo: {
    rooms: [...base, ...domain, 'config', 'services', 'http', 'adapters', 'adapters/ivs'],
    packages: ['node:*', 'hono', '@hono/node-server', 'jose', 'zod'],
  },

  // The faces: of the service they know its HTTP API alone.
  'api-client': { rooms: [], packages: ['openapi-fetch'] },
  server: { rooms: ['api-client'], packages: [] },
  console: {
    rooms: ['api-client'],
    packages: [
      ...['react', 'react-dom', '@tanstack/react-query', '@tanstack/react-router', '@tabler/icons-react'],
      ...['core', 'hooks', 'notifications', 'charts', 'form', 'dates'].map((name) => `@mantine/${name}`),
      ...['recharts', 'oauth4webapi', 'hls.js'],
    ],
  },
  'console/vite.config': { rooms: [], packages: ['node:*', 'vite', '@vitejs/plugin-react'] },
  client: { rooms: ['api-client'], packages: ['react'] },
  cli: {
    rooms: ['version', 'api-client', 'cli/commands/run', 'cli/commands/init', 'cli/commands/doctor'],
    packages: ['node:*', 'commander', 'cli-table3', 'cli-progress', '@inquirer/prompts'],
  },
  // The one place of the command line that starts servers.
  'cli/commands/run': {
    rooms: ['cli', 'api-client', 'runtimes/laptop', 'runtimes/node', 'local-ivs'],
    packages: ['node:*', 'commander'],
  },
  // What looks at a set-up and makes one from within, as the service would: with its settings, through its adapters.
  'cli/doctor': { rooms: setUp, packages: ['node:*'] },
  'cli/init': { rooms: ['cli', ...setUp], packages: ['node:*', '@inquirer/prompts'] },
  'cli/commands/init': { rooms: ['cli', 'cli/init'], packages: ['commander'] },
  'cli/commands/doctor': { rooms: ['cli', 'cli/doctor'], packages: ['node:*', 'commander'] },

  ...Object.fromEntries(localIvsWords.map((word) => [word, { rooms: [], packages: ['node:*', 'countries-list'] }])),
  'local-ivs/edge': { rooms: [], packages: ['node:*', 'hono', '@hono/node-server', 'zod'] },
  'local-ivs/state': { rooms: localIvsWords, packages: ['node:*', 'zod'] },
  'local-ivs/api': { rooms: [...localIvsWords, 'local-ivs/state'], packages: ['node:*'] },
  'local-ivs/control': {
    rooms: [...localIvsWords, 'local-ivs/state', 'local-ivs/edge', 'local-ivs/api'],
    packages: ['hono', 'zod'],
  },
  'local-ivs': {
    rooms: [...localIvsWords, 'local-ivs/state', 'local-ivs/edge', 'local-ivs/api', 'local-ivs/control'],
    packages: ['node:*', '@hono/node-server', 'zod'],
  },
};

/** Which of the folders beside each other may import which. Their packages are those of `package.json`. */
export const folderTable: Readonly<Record<string, readonly string[]>> = {
  src: [],
  test: ['src'],
  bench: ['src', 'test'],
  '.ci': ['src'],
};
