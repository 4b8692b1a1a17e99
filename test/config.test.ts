/** Every setting: its default, its bounds, what production asks for, and that no error ever quotes a value. */
import { describe, expect, it } from 'vitest';
import { type Config, ConfigError, type DevelopmentDefaults, isProduction, parseConfig } from '../src/config.ts';

const defaults: DevelopmentDefaults = {
  adminKey: 'an admin key that was made up here',
  viewerIdHashKey: 'a hash key that was made up here too',
  databaseFile: '.playgate/playgate.db',
  keysDirectory: 'keys',
};
const secret = 'a secret of at least 32 characters';
const production = {
  NODE_ENV: 'production',
  PLAYGATE_ADMIN_KEY: secret,
  REDIS_URL: 'redis://127.0.0.1:6379',
  SECRETS_MANAGER_REGION: 'eu-west-1',
};
const oidc = {
  OIDC_ISSUER: 'https://id.example',
  OIDC_AUDIENCE: 'playgate',
  OIDC_JWKS_URL: 'https://id.example/jwks.json',
};
type Settings = Readonly<Record<string, string | undefined>>;

function findProblems(env: Settings, made?: DevelopmentDefaults): string[] {
  try {
    parseConfig(env, made);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { path } of error.problems) expect(error.message).toContain(path);
    return error.problems.map(({ path }) => path).toSorted();
  }
}

describe('on a laptop', () => {
  it('nothing needs to be set', () => {
    expect(parseConfig({}, defaults)).toEqual({
      host: '127.0.0.1',
      port: 8787,
      logLevel: 'info',
      adminKey: defaults.adminKey,
      clientCacheSeconds: 5,
      store: { kind: 'sqlite', file: '.playgate/playgate.db' },
      vault: { kind: 'directory', directory: 'keys' },
      aws: { timeoutMs: 5000 },
      viewerIdentity: { mode: 'when_needed', hashKey: defaults.viewerIdHashKey },
      localIvs: { enabled: true, port: 8788, dataFile: '.playgate/local-ivs.json' },
    } satisfies Config);
  });

  it('what is set goes before what is made up, and an empty value is not set', () => {
    const env = {
      PLAYGATE_ADMIN_KEY: secret,
      DATABASE_FILE: 'mine.db',
      KEYS_DIRECTORY: 'mine',
      VIEWER_ID_HASH_KEY: secret,
      HOST: '',
      PORT: '',
    };
    expect(parseConfig(env, defaults)).toMatchObject({
      host: '127.0.0.1',
      port: 8787,
      adminKey: secret,
      store: { file: 'mine.db' },
      vault: { directory: 'mine' },
      viewerIdentity: { hashKey: secret },
    });
  });

  it('the local IVS is on, unless it is switched off or another IVS is named', () => {
    const isOn = (env: Settings) => parseConfig(env, defaults).localIvs.enabled;
    expect(isOn({})).toBe(true);
    expect(isOn({ LOCAL_IVS: 'off' })).toBe(false);
    expect(isOn({ AWS_ENDPOINT_URL_IVS: 'http://127.0.0.1:9000' })).toBe(false);
    expect(isOn({ AWS_ENDPOINT_URL_IVS: 'http://127.0.0.1:9000', LOCAL_IVS: 'on' })).toBe(true);
  });
});

describe('in production', () => {
  it('is who says so', () => {
    expect([isProduction({ NODE_ENV: 'production' }), isProduction({ NODE_ENV: 'test' }), isProduction({})]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('nothing is made up: all that is missing is named at once', () => {
    expect(findProblems({ NODE_ENV: 'production' })).toEqual([
      'PLAYGATE_ADMIN_KEY',
      'REDIS_URL',
      'SECRETS_MANAGER_REGION',
    ]);
    expect(findProblems(production)).toEqual([]);
    expect(findProblems({ ...production, REDIS_URL: '', DATABASE_FILE: 'state.db' })).toEqual([]);
    expect(findProblems({ ...production, SECRETS_MANAGER_REGION: '', KEYS_DIRECTORY: 'keys' })).toEqual([]);
  });

  it('the local IVS is off and cannot be switched on', () => {
    expect(parseConfig(production).localIvs.enabled).toBe(false);
    expect(findProblems({ ...production, LOCAL_IVS: 'on' })).toEqual(['LOCAL_IVS']);
  });

  it('whoever hashes viewer ids brings the key', () => {
    expect(findProblems({ ...production, ...oidc })).toEqual(['VIEWER_ID_HASH_KEY']);
    expect(findProblems({ ...production, VIEWER_ID_PSEUDONYMS: 'always' })).toEqual(['VIEWER_ID_HASH_KEY']);
    expect(findProblems({ ...production, ...oidc, VIEWER_ID_HASH_KEY: secret })).toEqual([]);
  });
});

describe('every setting', () => {
  const read: readonly [name: string, value: string, of: (config: Config) => unknown, expected: unknown][] = [
    ['HOST', '0.0.0.0', ({ host }) => host, '0.0.0.0'],
    ['PORT', '0', ({ port }) => port, 0],
    ['LOG_LEVEL', 'silent', ({ logLevel }) => logLevel, 'silent'],
    ['CLIENT_CACHE_SECONDS', '0', ({ clientCacheSeconds }) => clientCacheSeconds, 0],
    ['COUNTRY_HEADER', 'CF-IPCountry', ({ countryHeader }) => countryHeader, 'CF-IPCountry'],
    [
      'REDIS_URL',
      'rediss://user:pass@cache.example:6380/1',
      ({ store }) => store,
      { kind: 'redis', url: 'rediss://user:pass@cache.example:6380/1', timeoutMs: 500 },
    ],
    [
      'SECRETS_MANAGER_REGION',
      'us-east-1',
      ({ vault }) => vault,
      { kind: 'secrets_manager', region: 'us-east-1', prefix: 'playgate/' },
    ],
    ['AWS_ENDPOINT_URL_IVS', 'http://127.0.0.1:9000', ({ aws }) => aws.ivsEndpoint, 'http://127.0.0.1:9000'],
    ['AWS_TIMEOUT_MS', '100', ({ aws }) => aws.timeoutMs, 100],
    ['VIEWER_ID_PSEUDONYMS', 'always', ({ viewerIdentity }) => viewerIdentity.mode, 'always'],
    ['LOCAL_IVS_PORT', '0', ({ localIvs }) => localIvs.port, 0],
    ['LOCAL_IVS_DATA', 'ivs.json', ({ localIvs }) => localIvs.dataFile, 'ivs.json'],
  ];
  it.each(read)('%s=%s is taken over', (name, value, of, expected) => {
    expect(of(parseConfig({ [name]: value }, defaults))).toEqual(expected);
  });

  it('of one thing is taken over together', () => {
    const env = {
      ...oidc,
      OIDC_ALGORITHMS: 'ES384, EdDSA',
      OIDC_CLOCK_TOLERANCE_SECONDS: '0',
      OIDC_TIMEOUT_MS: '100',
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
    expect(parseConfig(env, defaults)).toMatchObject({
      viewerJwt: {
        issuer: 'https://id.example',
        audience: 'playgate',
        jwksUrl: 'https://id.example/jwks.json',
        timeoutMs: 100,
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
    expect(parseConfig(oidc, defaults).viewerJwt).toEqual({
      issuer: 'https://id.example',
      audience: 'playgate',
      jwksUrl: 'https://id.example/jwks.json',
      timeoutMs: 2000,
      algorithms: ['RS256', 'ES256'],
      clockToleranceSeconds: 5,
      viewerIdClaim: 'sub',
      channelsClaim: 'channels',
    });
    expect(findProblems({ OIDC_ISSUER: 'https://id.example' }, defaults)).toEqual(['OIDC_AUDIENCE', 'OIDC_JWKS_URL']);
    expect(findProblems({ OIDC_JWKS_URL: oidc.OIDC_JWKS_URL }, defaults)).toEqual(['OIDC_AUDIENCE', 'OIDC_ISSUER']);
  });
});

describe('bounds', () => {
  const numbers: readonly [name: string, min: number, max: number][] = [
    ['PORT', 0, 65535],
    ['CLIENT_CACHE_SECONDS', 0, 5],
    ['REDIS_TIMEOUT_MS', 10, 10_000],
    ['AWS_TIMEOUT_MS', 100, 25_000],
    ['OIDC_CLOCK_TOLERANCE_SECONDS', 0, 300],
    ['OIDC_TIMEOUT_MS', 100, 60_000],
    ['LOCAL_IVS_PORT', 0, 65535],
  ];
  it.each(numbers)('of %s are %i and %i', (name, min, max) => {
    for (const value of [min, max]) expect(findProblems({ [name]: String(value) }, defaults)).toEqual([]);
    for (const value of [min - 1, max + 1, '1e2', '0x10', ' 20', '20 ', '20.5', '2²', 'many', '9'.repeat(30)])
      expect(findProblems({ [name]: String(value) }, defaults), String(value)).toEqual([name]);
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
    ['SECRETS_MANAGER_PREFIX', 'not a prefix'],
    ['SECRETS_MANAGER_PREFIX', 'p'.repeat(129)],
    ['AWS_ENDPOINT_URL_IVS', 'ivs.local'],
    ['AWS_ENDPOINT_URL_SECRETS_MANAGER', 'ftp://127.0.0.1'],
    ['VIEWER_ID_PSEUDONYMS', 'never'],
    ['LOCAL_IVS', 'yes'],
  ])('keep out %s=%j', (name, value) => {
    expect(findProblems({ [name]: value }, defaults)).toEqual([name]);
  });

  it.each(['none', 'HS256', 'ES256,none', 'RS256,HS512', 'rs256', ',', 'ES256,'])(
    'keep out the algorithms %s',
    (value) => {
      const problems = findProblems({ ...oidc, OIDC_ALGORITHMS: value }, defaults);
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
    expect(findProblems(env, defaults)).toEqual([name]);
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
        return parseConfig(env, defaults);
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
