/** Every setting: its default, its bounds, what production asks for, and that no error ever quotes a value. */
import { describe, expect, it } from 'vitest';
import { type Config, ConfigError, type Environment, parseConfig } from '../src/config.ts';

const secret = 'a secret of at least 32 characters';
const news = 'arn:aws:ivs:us-west-2:123456789012:channel/news';
/** What several machines need, where no viewer id is hashed. */
const shared = {
  PLAYGATE_ADMIN_KEY: secret,
  REDIS_URL: 'redis://127.0.0.1:6379',
  SECRETS_MANAGER_REGION: 'eu-west-1',
};
/** What has to be set beside these settings, which may name other places of state and keys. */
const withLeast = (env: Environment): Environment => ({
  PLAYGATE_ADMIN_KEY: secret,
  VIEWER_ID_HASH_KEY: secret,
  ...(env.REDIS_URL === undefined && { DATABASE_FILE: 'state.db' }),
  ...(env.SECRETS_MANAGER_REGION === undefined && { KEYS_DIRECTORY: 'keys' }),
  ...env,
});
const least = withLeast({});
const oidc = {
  OIDC_ISSUER: 'https://id.example',
  OIDC_AUDIENCE: 'playgate',
  OIDC_JWKS_URL: 'https://id.example/jwks.json',
};

function findProblems(env: Environment): string[] {
  try {
    parseConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { path } of error.problems) expect(error.message).toContain(path);
    return error.problems.map(({ path }) => path).toSorted();
  }
}

describe('what must be set', () => {
  it('is little: everything else has a default', () => {
    expect(parseConfig(least)).toEqual({
      host: '127.0.0.1',
      port: 8787,
      logLevel: 'info',
      adminKey: secret,
      clientCacheSeconds: 5,
      http: {
        keepAliveTimeoutMs: 65_000,
        requestTimeoutMs: 75_000,
        stallTimeoutMs: 120_000,
        maxConnections: 10_000,
        maxRequestsPerSocket: 10_000,
      },
      ...{ metricsChannels: [], trustedProxies: [], maxConcurrentRequests: 1000 },
      shutdown: { delayMs: 5000, timeoutMs: 10_000 },
      store: { kind: 'sqlite', file: 'state.db' },
      storeObjects: { count: 8 },
      vault: { kind: 'directory', directory: 'keys' },
      ...{ keys: { maxTokenTtlSeconds: 570, edgeDelaySeconds: 60 }, aws: { timeoutMs: 5000 } },
      viewerIdentity: { mode: 'when_needed', hashKey: secret },
      audit: { maxEntries: 100_000, keepSeconds: 31_536_000, tokens: 'none' },
      limits: { viewer: { tokens: 120, perSeconds: 60 }, anonymous: { tokens: 6000, perSeconds: 60 } },
      entitlements: { secrets: [], allowedHosts: [], timeoutMs: 1000 },
    } satisfies Config);
  });

  it('is named at once where it is missing, and an empty value is not set', () => {
    const missing = ['PLAYGATE_ADMIN_KEY', 'REDIS_URL', 'SECRETS_MANAGER_REGION'];
    expect(findProblems({})).toEqual(missing);
    expect(findProblems({ NODE_ENV: 'development' })).toEqual(missing);
    expect(findProblems({ PLAYGATE_ADMIN_KEY: '', DATABASE_FILE: '', KEYS_DIRECTORY: '' })).toEqual(missing);
    expect(findProblems(shared)).toEqual([]);
    expect(findProblems({ ...shared, REDIS_URL: '', DATABASE_FILE: 'state.db' })).toEqual([]);
    expect(findProblems({ ...shared, SECRETS_MANAGER_REGION: '', KEYS_DIRECTORY: 'keys' })).toEqual([]);
    expect(parseConfig({ ...least, HOST: '', PORT: '' })).toMatchObject({ host: '127.0.0.1', port: 8787 });
  });

  it('is a key where viewer ids are hashed', () => {
    expect(findProblems({ ...shared, ...oidc })).toEqual(['VIEWER_ID_HASH_KEY']);
    expect(findProblems({ ...shared, VIEWER_ID_PSEUDONYMS: 'always' })).toEqual(['VIEWER_ID_HASH_KEY']);
    expect(findProblems({ ...shared, ...oidc, VIEWER_ID_HASH_KEY: secret })).toEqual([]);
  });
});

describe('the time for a request to come in', () => {
  it('is longer than an idle connection is kept', () => {
    expect(findProblems({ ...least, HTTP_REQUEST_TIMEOUT_MS: '65000' })).toEqual(['HTTP_REQUEST_TIMEOUT_MS']);
    expect(findProblems({ ...least, HTTP_REQUEST_TIMEOUT_MS: '65001' })).toEqual([]);
    expect(findProblems({ ...least, HTTP_KEEP_ALIVE_TIMEOUT_MS: '75000' })).toEqual(['HTTP_REQUEST_TIMEOUT_MS']);
  });
});

describe('a local IVS inside', () => {
  it('cannot be switched on where the service stands alone, nor half on', () => {
    expect(findProblems({ ...least, LOCAL_IVS: 'on' })).toEqual(['LOCAL_IVS']);
    expect(findProblems({ ...least, LOCAL_IVS: 'maybe' })).toEqual(['LOCAL_IVS']);
    expect(findProblems({ ...least, LOCAL_IVS: 'off' })).toEqual([]);
  });
});

describe('every setting', () => {
  const read: readonly [name: string, value: string, of: (config: Config) => unknown, expected: unknown][] = [
    ['MAX_TOKEN_TTL_SECONDS', '60', ({ keys }) => keys.maxTokenTtlSeconds, 60],
    ['KEY_EDGE_DELAY_SECONDS', '0', ({ keys }) => keys.edgeDelaySeconds, 0],
    ['KEY_ROTATION_DAYS', '90', ({ keys }) => keys.rotationDays, 90],
    ['AUDIT_DAYS', '30', ({ audit }) => audit.keepSeconds, 2_592_000],
    ['AUDIT_MAX_ENTRIES', '2000', ({ audit }) => audit.maxEntries, 2000],
    ['AUDIT_TOKENS', 'denied', ({ audit }) => audit.tokens, 'denied'],
    ['HOST', '0.0.0.0', ({ host }) => host, '0.0.0.0'],
    ['PORT', '0', ({ port }) => port, 0],
    ['LOG_LEVEL', 'silent', ({ logLevel }) => logLevel, 'silent'],
    ['CLIENT_CACHE_SECONDS', '0', ({ clientCacheSeconds }) => clientCacheSeconds, 0],
    ['COUNTRY_HEADER', 'CF-IPCountry', ({ countryHeader }) => countryHeader, 'CF-IPCountry'],
    [
      'REDIS_URL',
      'rediss://user:pass@cache.example:6380/1',
      ({ store }) => store,
      {
        kind: 'redis',
        url: 'rediss://user:pass@cache.example:6380/1',
        topology: { kind: 'single' },
        timeoutMs: 500,
        waitReplicas: 0,
      },
    ],
    [
      'SECRETS_MANAGER_REGION',
      'us-east-1',
      ({ vault }) => vault,
      { kind: 'secrets_manager', region: 'us-east-1', prefix: 'playgate/' },
    ],
    ['STORE_OBJECTS', '40', ({ storeObjects }) => storeObjects, { count: 40 }],
    ['STORE_OBJECTS_LOCATION', 'weur', ({ storeObjects }) => storeObjects, { count: 8, location: 'weur' }],
    ['HTTP_KEEP_ALIVE_TIMEOUT_MS', '1000', ({ http }) => http.keepAliveTimeoutMs, 1000],
    ['HTTP_REQUEST_TIMEOUT_MS', '90000', ({ http }) => http.requestTimeoutMs, 90_000],
    ['HTTP_STALL_TIMEOUT_MS', '1000', ({ http }) => http.stallTimeoutMs, 1000],
    ['HTTP_MAX_CONNECTIONS', '1', ({ http }) => http.maxConnections, 1],
    ['HTTP_MAX_REQUESTS_PER_SOCKET', '0', ({ http }) => http.maxRequestsPerSocket, 0],
    ['MAX_CONCURRENT_REQUESTS', '1', ({ maxConcurrentRequests }) => maxConcurrentRequests, 1],
    ['TRUSTED_PROXIES', '10.0.0.0/8, ::1', ({ trustedProxies }) => trustedProxies, ['10.0.0.0/8', '::1']],
    ['METRICS_PORT', '9464', ({ metricsPort }) => metricsPort, 9464],
    ['METRICS_CHANNELS', `${news}, ${news}2`, ({ metricsChannels }) => metricsChannels, [news, `${news}2`]],
    ['SHUTDOWN_DELAY_MS', '0', ({ shutdown }) => shutdown.delayMs, 0],
    ['SHUTDOWN_TIMEOUT_MS', '0', ({ shutdown }) => shutdown.timeoutMs, 0],
    ['AWS_ENDPOINT_URL_IVS', 'http://127.0.0.1:9000', ({ aws }) => aws.ivsEndpoint, 'http://127.0.0.1:9000'],
    ['AWS_TIMEOUT_MS', '100', ({ aws }) => aws.timeoutMs, 100],
    ['VIEWER_ID_PSEUDONYMS', 'always', ({ viewerIdentity }) => viewerIdentity.mode, 'always'],
    ['DATABASE_FILE', 'mine.db', ({ store }) => store, { kind: 'sqlite', file: 'mine.db' }],
    ['KEYS_DIRECTORY', 'mine', ({ vault }) => vault, { kind: 'directory', directory: 'mine' }],
    ['PLAYGATE_ADMIN_KEY', `other ${secret}`, ({ adminKey }) => adminKey, `other ${secret}`],
    ['PLAYGATE_ADMIN_KEY_NEXT', `other ${secret}`, ({ nextAdminKey }) => nextAdminKey, `other ${secret}`],
    ['VIEWER_ID_HASH_KEY', `other ${secret}`, ({ viewerIdentity }) => viewerIdentity.hashKey, `other ${secret}`],
  ];
  it.each(read)('%s=%s is taken over', (name, value, of, expected) => {
    expect(of(parseConfig(withLeast({ [name]: value })))).toEqual(expected);
  });

  it('of operators is taken over together, and must not be that of viewers', () => {
    const operatorOidc = {
      OPERATOR_OIDC_ISSUER: 'https://staff.example',
      OPERATOR_OIDC_AUDIENCE: 'playgate-operators',
      OPERATOR_OIDC_JWKS_URL: 'https://staff.example/jwks.json',
      OPERATOR_OIDC_ROLES_CLAIM: 'realm_access.roles',
      OPERATOR_OIDC_CHANNELS_CLAIM: 'channels',
    };
    expect(parseConfig(withLeast(operatorOidc)).operatorJwt).toEqual({
      issuer: 'https://staff.example',
      audience: 'playgate-operators',
      jwksUrl: 'https://staff.example/jwks.json',
      timeoutMs: 2000,
      staleHours: 6,
      algorithms: ['RS256', 'ES256'],
      clockToleranceSeconds: 5,
      rolesClaim: 'realm_access.roles',
      channelsClaim: 'channels',
    });
    expect(findProblems(withLeast({ OPERATOR_OIDC_ISSUER: 'x' }))).toHaveLength(2);
    const same = { OPERATOR_OIDC_ISSUER: oidc.OIDC_ISSUER, OPERATOR_OIDC_AUDIENCE: oidc.OIDC_AUDIENCE };
    expect(findProblems(withLeast({ ...oidc, ...operatorOidc, ...same }))).toEqual(['OPERATOR_OIDC_AUDIENCE']);
  });

  it('of one thing is taken over together', () => {
    const env = {
      ...oidc,
      OIDC_ALGORITHMS: 'ES384, EdDSA',
      OIDC_CLOCK_TOLERANCE_SECONDS: '0',
      OIDC_TIMEOUT_MS: '100',
      OIDC_STALE_HOURS: '12',
      OIDC_VIEWER_ID_CLAIM: 'uid',
      OIDC_CHANNELS_CLAIM: 'https://id.example/channels',
      REDIS_URL: 'redis://127.0.0.1:6379',
      REDIS_TIMEOUT_MS: '250',
      SECRETS_MANAGER_REGION: 'us-east-1',
      SECRETS_MANAGER_PREFIX: 'tv/',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:4566',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'session',
    };
    expect(parseConfig(withLeast(env))).toMatchObject({
      viewerJwt: {
        issuer: 'https://id.example',
        audience: 'playgate',
        jwksUrl: 'https://id.example/jwks.json',
        timeoutMs: 100,
        staleHours: 12,
        algorithms: ['ES384', 'EdDSA'],
        clockToleranceSeconds: 0,
        viewerIdClaim: 'uid',
        channelsClaim: 'https://id.example/channels',
      },
      store: { kind: 'redis', timeoutMs: 250 },
      vault: { kind: 'secrets_manager', region: 'us-east-1', prefix: 'tv/', endpoint: 'http://127.0.0.1:4566' },
      aws: { credentials: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'session' } },
    });
  });

  it('of the identity provider has a default but for the three that only an operator knows', () => {
    expect(parseConfig({ ...least, ...oidc }).viewerJwt).toEqual({
      issuer: 'https://id.example',
      audience: 'playgate',
      jwksUrl: 'https://id.example/jwks.json',
      timeoutMs: 2000,
      staleHours: 6,
      algorithms: ['RS256', 'ES256'],
      clockToleranceSeconds: 5,
      viewerIdClaim: 'sub',
      channelsClaim: 'channels',
    });
    expect(findProblems({ ...least, OIDC_ISSUER: 'https://id.example' })).toEqual(['OIDC_AUDIENCE', 'OIDC_JWKS_URL']);
    expect(findProblems({ ...least, OIDC_JWKS_URL: oidc.OIDC_JWKS_URL })).toEqual(['OIDC_AUDIENCE', 'OIDC_ISSUER']);
  });
});

describe('how Redis is run', () => {
  const redis = { ...shared, REDIS_URL: 'rediss://user:pass@cache.example:6380' };
  const readStore = (env: Environment) => parseConfig({ ...redis, ...env }).store;
  const sentinels = { REDIS_SENTINELS: 's1.example:26379, [2001:db8::1]:26380', REDIS_SENTINEL_NAME: 'main' };

  it('is one server, Sentinels that name the master, or a Cluster', () => {
    expect(readStore({})).toMatchObject({ topology: { kind: 'single' }, waitReplicas: 0 });
    const addresses = [
      { host: 's1.example', port: 26_379 },
      { host: '2001:db8::1', port: 26_380 },
    ];
    const named = { kind: 'sentinel', sentinels: addresses, masterName: 'main' };
    expect(readStore(sentinels)).toMatchObject({ url: redis.REDIS_URL, topology: named });
    expect(readStore({ ...sentinels, REDIS_SENTINEL_PASSWORD: 'word' })).toMatchObject({
      topology: { ...named, sentinelPassword: 'word' },
    });
    expect(readStore({ REDIS_CLUSTER: 'true' })).toMatchObject({ topology: { kind: 'cluster', nodes: [] } });
    expect(readStore({ REDIS_CLUSTER: 'true', REDIS_CLUSTER_NODES: '10.0.0.1:6379' })).toMatchObject({
      topology: { kind: 'cluster', nodes: [{ host: '10.0.0.1', port: 6379 }] },
    });
    expect(readStore({ REDIS_WAIT_REPLICAS: '2' })).toMatchObject({ waitReplicas: 2 });
  });

  it.each<[path: string, env: Environment]>([
    ['REDIS_SENTINEL_NAME', { REDIS_SENTINELS: 's1.example:26379' }],
    ['REDIS_SENTINELS', { REDIS_SENTINEL_NAME: 'main' }],
    ['REDIS_SENTINEL_PASSWORD', { REDIS_SENTINEL_PASSWORD: 'word' }],
    ['REDIS_CLUSTER', { ...sentinels, REDIS_CLUSTER: 'true' }],
    ['REDIS_CLUSTER', { REDIS_CLUSTER: 'yes' }],
    ['REDIS_CLUSTER_NODES', { REDIS_CLUSTER_NODES: '10.0.0.1:6379' }],
    ['REDIS_CLUSTER_NODES', { REDIS_CLUSTER_NODES: '10.0.0.1:6379', REDIS_CLUSTER: 'false' }],
    ['REDIS_URL', { REDIS_URL: 'redis://10.0.0.1:6379/1', REDIS_CLUSTER: 'true' }],
    ['REDIS_SENTINELS', { ...sentinels, REDIS_URL: '', DATABASE_FILE: 'state.db' }],
    ['REDIS_CLUSTER', { REDIS_CLUSTER: 'true', REDIS_URL: '', DATABASE_FILE: 'state.db' }],
  ])('is told where it does not fit: %s in %j', (path, env) => {
    expect(findProblems({ ...redis, ...env })).toEqual([path]);
  });

  it.each(['s1.example', 's1.example:0', 's1.example:65536', ':26379', 'http://s1:26379', 's1:26379,', ','])(
    'is not known from the addresses %j',
    (value) => {
      expect(new Set(findProblems({ ...redis, ...sentinels, REDIS_SENTINELS: value }))).toEqual(
        new Set(['REDIS_SENTINELS']),
      );
    },
  );
});

describe('bounds', () => {
  const numbers: readonly [name: string, min: number, max: number][] = [
    ['PORT', 0, 65535],
    ['METRICS_PORT', 1, 65535],
    ['CLIENT_CACHE_SECONDS', 0, 5],
    ['REDIS_TIMEOUT_MS', 10, 10_000],
    ['REDIS_WAIT_REPLICAS', 0, 5],
    ['AWS_TIMEOUT_MS', 100, 25_000],
    ['OIDC_CLOCK_TOLERANCE_SECONDS', 0, 300],
    ['OIDC_TIMEOUT_MS', 100, 60_000],
    ['OIDC_STALE_HOURS', 1, 168],
    ['STORE_OBJECTS', 1, 256],
  ];
  it.each(numbers)('of %s are %i and %i', (name, min, max) => {
    for (const value of [min, max]) expect(findProblems(withLeast({ [name]: String(value) }))).toEqual([]);
    for (const value of [min - 1, max + 1, '1e2', '0x10', ' 20', '20 ', '20.5', '2²', 'many', '9'.repeat(30)])
      expect(findProblems(withLeast({ [name]: String(value) })), String(value)).toEqual([name]);
  });

  it.each([
    ['LOG_LEVEL', 'verbose'],
    ['PLAYGATE_ADMIN_KEY', 'x'.repeat(31)],
    ['PLAYGATE_ADMIN_KEY', ` ${'x'.repeat(32)}`],
    ['PLAYGATE_ADMIN_KEY', `${'x'.repeat(32)}\n`],
    ['VIEWER_ID_HASH_KEY', 'x'.repeat(31)],
    ['COUNTRY_HEADER', 'not a header'],
    ['REDIS_URL', 'http://127.0.0.1:6379'],
    ['REDIS_URL', '127.0.0.1:6379'],
    ['SECRETS_MANAGER_REGION', 'europe'],
    ['STORE_OBJECTS_LOCATION', 'europe'],
    ['SECRETS_MANAGER_PREFIX', 'not a prefix'],
    ['SECRETS_MANAGER_PREFIX', 'p'.repeat(129)],
    ['AWS_ENDPOINT_URL_IVS', 'ivs.local'],
    ['AWS_ENDPOINT_URL_SECRETS_MANAGER', 'ftp://127.0.0.1'],
    ['VIEWER_ID_PSEUDONYMS', 'never'],
    ['LOCAL_IVS', 'yes'],
  ])('keep out %s=%j', (name, value) => {
    expect(findProblems(withLeast({ [name]: value }))).toEqual([name]);
  });

  it.each(['none', 'HS256', 'ES256,none', 'RS256,HS512', 'rs256', ',', 'ES256,'])(
    'keep out the algorithms %s',
    (value) => {
      const problems = findProblems({ ...least, ...oidc, OIDC_ALGORITHMS: value });
      expect(new Set(problems)).toEqual(new Set(['OIDC_ALGORITHMS']));
    },
  );
});

describe('settings that exclude each other', () => {
  it.each([
    ['DATABASE_FILE', { REDIS_URL: 'redis://127.0.0.1:6379', DATABASE_FILE: 'state.db' }],
    ['KEYS_DIRECTORY', { SECRETS_MANAGER_REGION: 'eu-west-1', KEYS_DIRECTORY: 'keys' }],
    ['AWS_SECRET_ACCESS_KEY', { AWS_ACCESS_KEY_ID: 'id' }],
    ['AWS_SECRET_ACCESS_KEY', { AWS_SECRET_ACCESS_KEY: 'secret' }],
  ])('are refused: %s in %j', (name, env) => {
    expect(findProblems(withLeast(env))).toEqual([name]);
  });
});

describe('an error', () => {
  it('names every problem at once: malformed, missing and excluding each other', () => {
    const env = {
      NODE_ENV: 'production',
      PORT: 'many',
      LOG_LEVEL: 'loud',
      KEYS_DIRECTORY: 'keys',
      SECRETS_MANAGER_REGION: 'eu-west-1',
      OIDC_ISSUER: 'https://id.example',
    };
    const expected = [
      'PORT',
      'LOG_LEVEL',
      'KEYS_DIRECTORY',
      'PLAYGATE_ADMIN_KEY',
      'REDIS_URL',
      'OIDC_AUDIENCE',
      'OIDC_JWKS_URL',
      'VIEWER_ID_HASH_KEY',
    ];
    expect(findProblems(env)).toEqual(expected.toSorted());
  });

  it('never quotes a value', () => {
    const canary = 'hunter2-do-not-show';
    const names = [
      'PORT',
      'LOG_LEVEL',
      'PLAYGATE_ADMIN_KEY',
      'VIEWER_ID_HASH_KEY',
      'REDIS_URL',
      'REDIS_SENTINELS',
      'REDIS_CLUSTER',
      'REDIS_CLUSTER_NODES',
      'REDIS_WAIT_REPLICAS',
      'SECRETS_MANAGER_REGION',
      'AWS_TIMEOUT_MS',
      'OIDC_ALGORITHMS',
      'OIDC_JWKS_URL',
      'VIEWER_ID_PSEUDONYMS',
      'LOCAL_IVS',
      'COUNTRY_HEADER',
      'SECRETS_MANAGER_PREFIX',
    ];
    const env = Object.fromEntries(names.map((name) => [name, `${canary} \u0000`]));
    const thrown = (() => {
      try {
        return parseConfig(withLeast(env));
      } catch (error) {
        return error;
      }
    })();
    if (!(thrown instanceof ConfigError)) throw new Error('the settings were taken');
    const named = thrown.problems.map(({ path }) => path);
    expect(names.filter((name) => !named.includes(name))).toEqual([]);
    expect(thrown.message + JSON.stringify(thrown.problems) + thrown.stack).not.toContain(canary);
  });
});
