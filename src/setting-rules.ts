/** The rules between settings: each problem names its variable, and quotes no value. */
import { distance } from 'fastest-levenshtein';
import type { InputProblem } from './errors.ts';
import type { Settings } from './settings.ts';

/** Variables by name, as a process or a Worker has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A connection that a load balancer opened in advance must not be closed for want of a request before it is for want of use. */
export function findUnfitTimes(env: Settings): InputProblem[] {
  if (env.HTTP_REQUEST_TIMEOUT_MS > env.HTTP_KEEP_ALIVE_TIMEOUT_MS) return [];
  return [{ path: 'HTTP_REQUEST_TIMEOUT_MS', message: 'must be above HTTP_KEEP_ALIVE_TIMEOUT_MS' }];
}

/** Settings that must be set, alone or beside others. */
export function findMissing(env: Environment): InputProblem[] {
  const missing: InputProblem[] = [];
  const need = (present: boolean, path: string, message: string) => {
    if (!present) missing.push({ path, message });
  };
  for (const whose of ['', 'OPERATOR_']) {
    const oidc = ['ISSUER', 'AUDIENCE', 'JWKS_URL'].map((name) => `${whose}OIDC_${name}`);
    if (oidc.some((name) => env[name] !== undefined))
      for (const name of oidc)
        need(env[name] !== undefined, name, 'must be set: OIDC needs its issuer, audience and JWKS URL');
  }
  if (env.OPERATOR_OIDC_CLIENT_ID !== undefined)
    need(env.OPERATOR_OIDC_ISSUER !== undefined, 'OPERATOR_OIDC_ISSUER', 'must be set beside OPERATOR_OIDC_CLIENT_ID');
  need(env.PLAYGATE_ADMIN_KEY !== undefined, 'PLAYGATE_ADMIN_KEY', 'must be set');
  need(
    env.REDIS_URL !== undefined || env.DATABASE_FILE !== undefined,
    'REDIS_URL',
    'or DATABASE_FILE must be set: where state is kept',
  );
  need(
    env.SECRETS_MANAGER_REGION !== undefined || env.KEYS_DIRECTORY !== undefined,
    'SECRETS_MANAGER_REGION',
    'or KEYS_DIRECTORY must be set: where private keys are kept',
  );
  if (env.OIDC_ISSUER !== undefined || env.VIEWER_ID_PSEUDONYMS === 'always')
    need(env.VIEWER_ID_HASH_KEY !== undefined, 'VIEWER_ID_HASH_KEY', 'must be set: it hashes viewer ids');
  return missing;
}

/** Settings that must not be set together, or not at all. */
export function findConflicts(env: Environment): InputProblem[] {
  const conflicts: InputProblem[] = [];
  const refuse = (both: boolean, path: string, message: string) => {
    if (both) conflicts.push({ path, message });
  };
  const { REDIS_URL, DATABASE_FILE, SECRETS_MANAGER_REGION, KEYS_DIRECTORY } = env;
  refuse(REDIS_URL !== undefined && DATABASE_FILE !== undefined, 'DATABASE_FILE', 'must not be set beside REDIS_URL');
  refuse(
    SECRETS_MANAGER_REGION !== undefined && KEYS_DIRECTORY !== undefined,
    'KEYS_DIRECTORY',
    'must not be set beside SECRETS_MANAGER_REGION',
  );
  refuse(
    (env.AWS_ACCESS_KEY_ID === undefined) !== (env.AWS_SECRET_ACCESS_KEY === undefined),
    'AWS_SECRET_ACCESS_KEY',
    'must be set together with AWS_ACCESS_KEY_ID',
  );
  refuse(
    env.OPERATOR_OIDC_ISSUER !== undefined &&
      env.OPERATOR_OIDC_ISSUER === env.OIDC_ISSUER &&
      env.OPERATOR_OIDC_AUDIENCE === env.OIDC_AUDIENCE,
    'OPERATOR_OIDC_AUDIENCE',
    "must not be viewers' OIDC_AUDIENCE of the same issuer: their JWTs could be operators'",
  );
  // The last guard before strangers: a run that wants a local IVS inside is none that should serve them.
  refuse(env.LOCAL_IVS !== undefined && env.LOCAL_IVS !== 'off', 'LOCAL_IVS', 'must not be on in production');
  return conflicts;
}

/** So many letters may be wrong in a name that is taken for a misspelt setting. */
const maxWrongLetters = 2;

/** Whose variables these are: names of theirs that differ from ours by a letter or two mean something else. */
const foreignPrefixes = ['AWS_', 'OTEL_', 'NODE_', 'npm_'];

/**
 * Variables that are called almost as a setting is, `known`: whoever set `REDIS_URI` believes that state is there. Names of one word, such as `PORTS`,
 * are left to others.
 */
export function findMisspelt(env: Environment, known: readonly string[]): InputProblem[] {
  return Object.keys(env).flatMap((name) => {
    if (known.includes(name) || !name.includes('_') || foreignPrefixes.some((prefix) => name.startsWith(prefix)))
      return [];
    const meant = known.find((setting) => setting.includes('_') && distance(name, setting) <= maxWrongLetters);
    return meant === undefined ? [] : [{ path: name, message: `is no setting: write ${meant}, or unset it` }];
  });
}

/** Settings of Redis that say nothing without each other, or say two things. */
export function findRedisProblems(env: Environment): InputProblem[] {
  const { REDIS_URL: url, REDIS_SENTINELS, REDIS_SENTINEL_NAME, REDIS_SENTINEL_PASSWORD, REDIS_CLUSTER_NODES } = env;
  const hasSentinels = REDIS_SENTINELS !== undefined;
  const isCluster = env.REDIS_CLUSTER === 'true';
  // Where nothing is kept yet, REDIS_URL is missing already.
  const isElsewhere = url === undefined && env.DATABASE_FILE !== undefined;
  const refusals: readonly (readonly [wrong: boolean, path: string, message: string])[] = [
    [hasSentinels && isElsewhere, 'REDIS_SENTINELS', 'must not be set without REDIS_URL'],
    [isCluster && isElsewhere, 'REDIS_CLUSTER', 'must not be true without REDIS_URL'],
    [hasSentinels && isCluster, 'REDIS_CLUSTER', 'must not be true beside REDIS_SENTINELS'],
    [
      hasSentinels !== (REDIS_SENTINEL_NAME !== undefined),
      hasSentinels ? 'REDIS_SENTINEL_NAME' : 'REDIS_SENTINELS',
      `must be set together with ${hasSentinels ? 'REDIS_SENTINELS' : 'REDIS_SENTINEL_NAME'}`,
    ],
    [
      REDIS_SENTINEL_PASSWORD !== undefined && !hasSentinels,
      'REDIS_SENTINEL_PASSWORD',
      'must not be set without REDIS_SENTINELS',
    ],
    [
      REDIS_CLUSTER_NODES !== undefined && !isCluster,
      'REDIS_CLUSTER_NODES',
      'must not be set unless REDIS_CLUSTER is true',
    ],
    [isCluster && namesDatabase(url), 'REDIS_URL', 'must not name a database of a Cluster, which has but one'],
  ];
  return refusals.filter(([wrong]) => wrong).map(([, path, message]) => ({ path, message }));
}

function namesDatabase(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && !/^\/?0?$/.test(new URL(url).pathname);
}
