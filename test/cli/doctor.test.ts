/** `playgate doctor` over a set-up as in production: Redis that keeps its data, Secrets Manager, IVS; whole, and broken in each way that it looks for. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpdateChannelCommand } from '@aws-sdk/client-ivs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../src/adapters/ivs/api.ts';
import { createSqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { checkClock } from '../../src/cli/doctor/network-check.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { listen } from '../support/listen.ts';
import { type NodeService, startNodeService } from '../support/node-service.ts';
import { usWest2 } from '../support/records.ts';
import { askRedis, type RedisServer, startRedis, startReplica } from '../support/redis-server.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import { runPlaygate, startPlaygate } from './run-playgate.ts';

const adminKey = 'an admin key of at least 32 characters';
let folder: string;
let redis: RedisServer;
let ivs: IvsWithChannel;
let secrets: SecretsManager;
let provider: Awaited<ReturnType<typeof listen>>;
let settings: Record<string, string>;
let service: NodeService;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playgate-doctor-'));
  [redis, ivs, secrets, provider] = await Promise.all([
    startRedis({ keepsData: true, password: 'redis-secret' }),
    startIvsWithChannel(),
    startSecretsManager(),
    listen(() => Response.json({ keys: [{ kty: 'EC' }] })),
  ]);
  settings = {
    ...{ PLAYGATE_ADMIN_KEY: adminKey, VIEWER_ID_HASH_KEY: 'a hash key of at least 32 characters' },
    ...{ REDIS_URL: redis.url, SECRETS_MANAGER_REGION: 'us-west-2', AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url },
    ...{ AWS_ENDPOINT_URL_IVS: ivs.url, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'aws-secret' },
    ...{ OIDC_ISSUER: provider.url, OIDC_AUDIENCE: 'playgate', OIDC_JWKS_URL: `${provider.url}/keys` },
    REDIS_TIMEOUT_MS: '5000',
  };
  service = await startNodeService(settings, folder);
  const asAdmin = { env: { PLAYGATE_URL: service.url, PLAYGATE_API_KEY: adminKey } };
  expect(await runPlaygate(['channels', 'set', ivs.channelArn], asAdmin)).toMatchObject({ status: 0 });
  expect(await runPlaygate(['keys', 'create', 'us-west-2'], asAdmin)).toMatchObject({ status: 0 });
});
afterAll(async () => {
  await service.stop();
  await Promise.all([redis.stop(), ivs.close(), secrets.close(), provider.close()]);
  await rm(folder, { recursive: true });
});

/** What the doctor says of the set-up with other settings; undefined takes one away. */
async function examine(changes: Record<string, string | undefined> = {}, ...words: string[]) {
  const { status, said } = await runPlaygate(['doctor', '--json', ...words], { env: { ...settings, ...changes } });
  const findings: { part: string; level: string; message: string; mend?: string }[] = JSON.parse(said);
  return { status, findings, wrong: findings.filter(({ level }) => level !== 'ok') };
}
const tellRedis = (name: string, value: string) => askRedis(redis.url, (client) => client.config('SET', name, value));
const toAddress = () => `-h 127.0.0.1 -p ${redis.port}`;

describe('a set-up in which all is well', () => {
  it('is told so part by part, with 0, and is as it was before', async () => {
    const before = new Map(secrets.secrets);
    const { status, findings, wrong } = await examine({}, '--strict');
    expect([status, wrong]).toEqual([0, []]);
    expect(findings.map(({ part }) => part)).toEqual([
      ...['settings', `redis 127.0.0.1:${redis.port}`, "viewers' identity provider", 'vault'],
      ...['keys us-west-2', 'ivs us-west-2', 'clock'],
    ]);
    expect(secrets.secrets).toEqual(before);
  });

  it('is found from a file of settings too, by the program itself, which tells no secret', async () => {
    const file = join(folder, 'playgate.env');
    await writeFile(
      file,
      Object.entries(settings)
        .map(([name, value]) => `${name}="${value}"\n`)
        .join(''),
    );
    const run = await startPlaygate(['doctor', '--env-file', file], { cwd: folder });
    expect(run).toMatchObject({ status: 0, complained: '' });
    expect(run.said).toMatch(/^ok {2}settings: .*\nok {2}redis 127/);
    expect(run.said).not.toMatch(/redis-secret|aws-secret|an admin key/);
    expect(await runPlaygate(['doctor', '--env-file', 'none.env'], { folder })).toMatchObject({ status: 2 });
  });
});

describe('settings', () => {
  it('that are missing or wrong are named, each with what helps, and nothing else is looked at', async () => {
    const { status, findings } = await examine({ PLAYGATE_ADMIN_KEY: undefined, PORT: '70000' });
    expect(status).toBe(1);
    expect(findings.map(({ part }) => part)).toEqual(['settings', 'settings']);
    expect(findings.map(({ message }) => message.split(' ')[0]).toSorted()).toEqual(['PLAYGATE_ADMIN_KEY', 'PORT']);
  });
});

describe('a Redis', () => {
  it.each([
    ['maxmemory-policy', 'allkeys-lru', 'noeviction', 'throws blocks away', 'config set maxmemory-policy noeviction'],
    ['appendonly', 'no', 'yes', 'keeps nothing', 'config set appendonly yes'],
  ])('with %s %s is a problem, which its command mends', async (name, bad, _, message, mend) => {
    await tellRedis(name, bad);
    const { status, wrong } = await examine();
    expect([status, wrong]).toMatchObject([1, [{ level: 'problem', message: expect.stringContaining(message) }]]);
    expect(wrong[0]?.mend).toContain(`redis-cli ${toAddress()} ${mend}`);
    // As a person would paste it; only the file of settings is one that this Redis has not.
    const [, ...words] = mend.split(' ');
    await askRedis(redis.url, (client) => client.call('CONFIG', ...words));
    expect((await examine()).wrong).toEqual([]);
  });

  it('that saves now and then, or flushes when the system likes, is a warning: --strict ends with 1', async () => {
    await tellRedis('appendfsync', 'no');
    expect(await examine()).toMatchObject({ status: 0, wrong: [{ level: 'warning' }] });
    expect((await examine({}, '--strict')).status).toBe(1);
    await tellRedis('appendfsync', 'always');
    await tellRedis('save', '3600 1');
    await tellRedis('appendonly', 'no');
    expect(await examine()).toMatchObject({ status: 0, wrong: [{ message: expect.stringContaining('save 3600 1') }] });
    await tellRedis('appendonly', 'yes');
    await tellRedis('save', '');
  });

  it('with too few replicas is a problem, with one that nobody waits for a warning', async () => {
    const { wrong } = await examine({ REDIS_WAIT_REPLICAS: '1' });
    expect(wrong).toMatchObject([{ level: 'problem', mend: 'start a replica, or set REDIS_WAIT_REPLICAS=0' }]);
    const replica = await startReplica(redis, { password: 'redis-secret' });
    expect((await examine()).wrong).toMatchObject([{ level: 'warning', mend: 'set REDIS_WAIT_REPLICAS=1' }]);
    expect((await examine({ REDIS_WAIT_REPLICAS: '1' })).wrong).toEqual([]);
    const asked = await examine({ REDIS_URL: replica.url });
    expect(asked.wrong[0]).toMatchObject({ level: 'problem', message: 'does not answer: the server is a replica' });
    await replica.stop();
  });

  it('that is not there, or takes another password, is told, and what else there is is looked at', async () => {
    const { status, wrong, findings } = await examine({ REDIS_URL: 'redis://127.0.0.1:9', REDIS_TIMEOUT_MS: '500' });
    expect([status, wrong]).toMatchObject([1, [{ part: 'redis', message: expect.stringContaining('ECONNREFUSED') }]]);
    expect(findings.find(({ part }) => part === 'vault')?.level).toBe('ok');
    const refused = await examine({ REDIS_URL: redis.url.replace('redis-secret', 'other') });
    expect(refused.wrong[0]?.message).toContain('WRONGPASS');
  });
});

describe('a vault', () => {
  it('whose role may not write is a problem that names the action', async () => {
    secrets.trouble = 'deny';
    const { status, wrong } = await examine();
    secrets.trouble = 'none';
    expect(status).toBe(1);
    expect(wrong[0]).toMatchObject({ part: 'vault', mend: expect.stringContaining('secretsmanager:CreateSecret on') });
  });

  it('in a directory that others may read is a problem', async () => {
    const keys = join(folder, 'keys');
    await mkdir(keys);
    await chmod(keys, 0o755);
    const { wrong } = await examine({ SECRETS_MANAGER_REGION: undefined, KEYS_DIRECTORY: keys });
    expect(wrong[0]).toMatchObject({ part: 'vault', level: 'problem', mend: `chmod 700 ${keys}` });
  });
});

describe('a store in a file', () => {
  it('that is not there yet is a warning, and is not made by being looked for', async () => {
    const inFile = { REDIS_URL: undefined, DATABASE_FILE: join(folder, 'none', 'playgate.db') };
    for (let times = 0; times < 2; times++)
      expect(await examine(inFile)).toMatchObject({ status: 0, wrong: [{ part: 'store', level: 'warning' }] });
  });

  it('that is no database is a problem', async () => {
    const file = join(folder, 'letter.txt');
    await writeFile(file, 'Dear reader, this is no database, and is long enough to be sure of that.\n'.repeat(9));
    const { wrong } = await examine({ REDIS_URL: undefined, DATABASE_FILE: file });
    expect(wrong).toMatchObject([{ level: 'problem', message: expect.stringContaining('no SQLite database') }]);
  });

  it('in which no channel is registered is a warning: its command registers one', async () => {
    const file = join(folder, 'empty.db');
    await createSqliteStore(file).close();
    const { wrong } = await examine({ REDIS_URL: undefined, DATABASE_FILE: file });
    expect(wrong).toMatchObject([{ part: 'keys', mend: 'playgate channels set <arn> --authorize' }]);
  });
});

describe('a clock', () => {
  it.each([
    [0, 'ok', 'the same time'],
    [-10, 'warning', '10 s ahead of IVS'],
    [60, 'problem', '60 s behind IVS'],
  ])('from which that of IVS is %s s away is told so', async (seconds, level, message) => {
    const toDate = () => new Date(Date.now() + seconds * 1000).toUTCString();
    const other = await listen(() => new Response('', { headers: { date: toDate() } }));
    const found = await checkClock(usWest2, { aws: { timeoutMs: 5000, ivsEndpoint: other.url } });
    expect(found).toMatchObject([{ level, message: expect.stringContaining(message) }]);
    await other.close();
  });
});

describe('keys and channels', () => {
  it('a private half that the vault lost is a problem: rotate', async () => {
    const [lost] = [...secrets.secrets];
    secrets.secrets.clear();
    expect((await examine()).wrong).toMatchObject([{ level: 'problem', mend: 'playgate keys rotate us-west-2' }]);
    if (lost) secrets.secrets.set(...lost);
    expect((await examine()).wrong).toEqual([]);
  });

  it('a channel that was made public is a problem: its command makes it private again', async () => {
    const client = createClient(ivs.aws, usWest2, 2);
    await client.send(new UpdateChannelCommand({ arn: ivs.channelArn, authorized: false }));
    const mend = `playgate channels set ${ivs.channelArn} --authorize`;
    expect((await examine()).wrong).toMatchObject([{ level: 'problem', mend }]);
    const asAdmin = { env: { PLAYGATE_URL: service.url, PLAYGATE_API_KEY: adminKey } };
    await runPlaygate(mend.split(' ').slice(1), asAdmin);
    expect((await examine()).wrong).toEqual([]);
  });

  it.each(['ImportPlaybackKeyPair', 'BatchStartViewerSessionRevocation', 'StopStream', 'UpdateChannel'])(
    'an action that is denied, %s, is a problem',
    async (operation) => {
      await ivs.tell('POST', '/faults', { operation, error: 'AccessDeniedException', count: 1 });
      const { wrong } = await examine();
      expect(wrong).toMatchObject([
        { level: 'problem', message: expect.stringContaining(`ivs:${operation} is denied`) },
      ]);
    },
  );

  it('an IVS that does not answer is a problem, with no key pair missing for that', async () => {
    const { status, wrong } = await examine({ AWS_ENDPOINT_URL_IVS: 'http://127.0.0.1:9' });
    expect(status).toBe(1);
    expect(new Set(wrong.map(({ part }) => part))).toEqual(new Set(['ivs us-west-2', 'clock']));
  });

  it('an identity provider without keys is a problem', async () => {
    const { wrong } = await examine({ OIDC_JWKS_URL: ivs.url });
    expect(wrong).toMatchObject([{ part: "viewers' identity provider", level: 'problem' }]);
  });
});
