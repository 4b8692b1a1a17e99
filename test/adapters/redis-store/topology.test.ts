/** The connection to Redis as it is run: one server, Sentinels, a Cluster; what happens when a server is demoted, loads, is full or dies. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cellCount, toCellPrefix, toHomePrefix } from '../../../src/adapters/redis-store/cells.ts';
import {
  createRedisConnection,
  type RedisConnection,
  type RedisConnectionOptions,
} from '../../../src/adapters/redis-store/connection.ts';
import { createPlainScripts } from '../../support/plain-scripts.ts';
import { createRecordingLog, type RecordingLog } from '../../support/recording-log.ts';
import { type RedisCluster, startRedisCluster } from '../../support/redis-cluster.ts';
import { type SentinelGroup, startSentinelGroup } from '../../support/redis-sentinel.ts';
import { askRedis, type RedisServer, startRedis } from '../../support/redis-server.ts';
import { toCause, toOutcome } from '../../support/refusals.ts';
import { expectWithin, measure } from '../../support/within.ts';

const scripts = createPlainScripts();
const timeoutMs = 500;
const slackMs = 200;
const backWithinMs = 1500;

let log: RecordingLog;
let connection: RedisConnection;
const connect = (options: Omit<RedisConnectionOptions, 'scripts' | 'timeoutMs' | 'log'>) => {
  connection = createRedisConnection({ ...options, scripts, timeoutMs, log });
};
const write = (value: string, prefix = toHomePrefix('tv')) =>
  connection.run((client) => client['put-record'](prefix, value));
const read = (prefix = toHomePrefix('tv')) => connection.run((client) => client.get(`${prefix}written`));
const listEvents = () => log.lines.map((line) => JSON.parse(line).event);

/** Asks every 20 ms until it is answered, which must be soon. */
async function expectBack(call: () => Promise<unknown>): Promise<void> {
  const { tookMs } = await measure(async () => {
    for (const startedMs = performance.now(); performance.now() - startedMs < 2 * backWithinMs; await sleep(20))
      if ((await toOutcome(call())) === 'answered') return;
  });
  expect(tookMs).toBeLessThan(backWithinMs);
}

beforeEach(() => {
  log = createRecordingLog();
});
afterEach(() => connection.close());

describe('one server', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis({ password: 'p@ss', settings: ['--enable-debug-command', 'yes'] });
  });
  afterAll(() => redis.stop());
  beforeEach(() => connect({ url: redis.url }));
  const command = (...args: [string, ...(string | number)[]]) => askRedis(redis.url, (client) => client.call(...args));

  it('that was demoted is left at once, is not read from, and is used again when it is the master', async () => {
    await write('before');
    await command('REPLICAOF', '127.0.0.1', 1);
    expect(await toCause(write('lost'))).toMatch(/^READONLY/);
    await expect.poll(() => toCause(read())).not.toBe('answered');
    for (let look = 0; look < 20; look++) {
      expect(await toOutcome(read())).toBe('store_unavailable');
      await sleep(20);
    }
    await command('REPLICAOF', 'NO', 'ONE');
    await expectBack(() => write('after'));
    expect(await read()).toBe('after');
    expect(listEvents()).toEqual(['redis_unavailable', 'redis_available']);
  });

  it('that has lost its master answers MASTERDOWN, is left at once, and is used again when it is a master', async () => {
    await write('before');
    await command('CONFIG', 'SET', 'replica-serve-stale-data', 'no');
    await command('REPLICAOF', '127.0.0.1', 1);
    expect(await toCause(read())).toMatch(/^MASTERDOWN/);
    await expect.poll(() => toOutcome(write('lost'))).toBe('store_unavailable');
    await command('REPLICAOF', 'NO', 'ONE');
    await expectBack(() => write('after'));
    await command('CONFIG', 'SET', 'replica-serve-stale-data', 'yes');
    expect(listEvents()).toEqual(['redis_unavailable', 'redis_available']);
  });

  it('that was a replica before anybody connected is not used', async () => {
    await command('REPLICAOF', '127.0.0.1', 1);
    expect(await expectWithin(timeoutMs + slackMs, () => toOutcome(read()))).toBe('store_unavailable');
    expect(log.lines.join()).toContain('the server is a replica');
    await command('REPLICAOF', 'NO', 'ONE');
    await expectBack(read);
  });

  it('that has no room refuses on the same connection, and takes writes again when it has', async () => {
    await write('before');
    const id = await connection.run((client) => client.client('ID'));
    await command('CONFIG', 'SET', 'maxmemory', 1);
    expect(await toCause(write('lost'))).toMatch(/^OOM/);
    expect(await read()).toBe('before');
    await command('CONFIG', 'SET', 'maxmemory', 0);
    await write('after');
    expect(await connection.run((client) => client.client('ID'))).toBe(id);
    expect(log.lines).toEqual([]);
  });

  it('that reads its data refuses in time, and is used when it has them', async () => {
    await askRedis(redis.url, async (client) => {
      await client.call('DEBUG', 'POPULATE', 2000);
      await client.config('SET', 'key-load-delay', 600);
      await client.call('CONFIG', 'SET', 'loading-process-events-interval-bytes', 1024);
    });
    await write('before');
    const loaded = command('DEBUG', 'RELOAD');
    await expect.poll(() => toCause(write('lost'))).toMatch(/^LOADING/);
    expect(await expectWithin(timeoutMs + slackMs, () => toOutcome(write('lost')))).toBe('store_unavailable');
    await loaded;
    await expectBack(() => write('after'));
    await command('FLUSHALL');
  });

  it('that forgot the scripts is given them again', async () => {
    await write('before');
    await command('SCRIPT', 'FLUSH');
    expect(await write('after')).toBe('after');
  });
});

describe('a master that Sentinels name', () => {
  let group: SentinelGroup;
  beforeAll(async () => {
    group = await startSentinelGroup('p@ss', 'sentinel-word');
  });
  afterAll(() => group.stop());
  const connectToGroup = (sentinels = group.sentinels) =>
    connect({
      url: 'redis://:p%40ss@nobody.invalid:1/2',
      topology: { kind: 'sentinel', sentinels, masterName: group.masterName, sentinelPassword: 'sentinel-word' },
    });
  const readFrom = ({ url }: RedisServer) =>
    askRedis(`${url}/2`, (client) => client.get(`${toHomePrefix('tv')}written`));
  const isMaster = async ({ url }: RedisServer) =>
    (await askRedis(url, (client) => client.info('replication'))).includes('role:master');

  it('is found though the first Sentinel is away, in the database of the URL', async () => {
    connectToGroup([{ host: '127.0.0.1', port: 1 }, ...group.sentinels]);
    await write('found');
    expect(await readFrom(group.master)).toBe('found');
  });

  it('is left for the one that was made master in its place, and for the next when that one dies', async () => {
    connectToGroup();
    await write('before');
    await group.failOver();
    await expect.poll(() => isMaster(group.replica)).toBe(true);
    // Until the Sentinels have told the old master, it takes writes that are lost.
    await expect
      .poll(async () => {
        await toOutcome(write('moved'));
        return readFrom(group.replica);
      })
      .toBe('moved');
    // Only when the old master follows can it take over again.
    await expect.poll(() => readFrom(group.master)).toBe('moved');
    await group.replica.stop();
    await expect.poll(() => toOutcome(write('again')), { timeout: 15_000 }).toBe('answered');
    expect(await readFrom(group.master)).toBe('again');
    expect(listEvents().at(-1)).toBe('redis_available');
  });

  it('is refused in time when no Sentinel answers', async () => {
    connectToGroup([{ host: '127.0.0.1', port: 1 }]);
    expect(await expectWithin(timeoutMs + slackMs, () => toOutcome(read()))).toBe('store_unavailable');
    expect(log.lines.join('\n')).not.toMatch(/p@ss|p%40ss|sentinel-word/);
  });
});

describe('a Cluster', () => {
  let cluster: RedisCluster;
  const prefixes = [toHomePrefix('tv'), ...Array.from({ length: cellCount }, (_, cell) => toCellPrefix('tv', cell))];
  const writeAll = (value: string) => Promise.all(prefixes.map((prefix) => write(value, prefix)));
  const nodeOf = async (prefix: string) => {
    const slot = Number(await askRedis(cluster.url, (client) => client.cluster('KEYSLOT', prefix)));
    return { slot, index: Math.min(2, Math.floor((slot * 3) / 16_384)) };
  };
  const firstOn = async (index: number) => {
    for (const prefix of prefixes) if ((await nodeOf(prefix)).index === index) return prefix;
    throw new Error(`nothing lies on master ${index}`);
  };
  const clusterOf = (nodes: readonly RedisServer[] = []) =>
    ({ kind: 'cluster', nodes: nodes.map(({ port }) => ({ host: '127.0.0.1', port })) }) as const;
  beforeAll(async () => {
    cluster = await startRedisCluster({ withReplicas: true, password: 'p@ss' });
  });
  afterAll(() => cluster.stop());

  it('is one store: home and every cell, wherever they lie, from the first moment', async () => {
    connect({ url: cluster.url, topology: clusterOf() });
    await writeAll('everywhere');
    expect(new Set(await Promise.all(prefixes.map((prefix) => read(prefix))))).toEqual(new Set(['everywhere']));
    const sizes = await Promise.all(cluster.masters.map(({ url }) => askRedis(url, (client) => client.dbsize())));
    expect(sizes.every((size) => size > 0)).toBe(true);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(prefixes.length);
    expect(connection.isCluster).toBe(true);
  });

  it('is found by its other nodes when the one of the URL is away', async () => {
    connect({ url: 'redis://:p%40ss@127.0.0.1:1', topology: clusterOf(cluster.masters) });
    await writeAll('found');
  });

  it('refuses what lies in a slot that is being moved, and follows it when it is there', async () => {
    connect({ url: cluster.url, topology: clusterOf() });
    const [prefix, other] = [await firstOn(0), await firstOn(1)];
    await write('before', prefix);
    const { slot } = await nodeOf(prefix);
    const urls = cluster.masters.map(({ url }) => url);
    const ids = await Promise.all(urls.map((url) => askRedis(url, (client) => client.cluster('MYID'))));
    const setSlot = (master: number, ...args: string[]) =>
      askRedis(String(urls[master]), (client) => client.call('CLUSTER', 'SETSLOT', slot, ...args));
    await setSlot(1, 'IMPORTING', String(ids[0]));
    await setSlot(0, 'MIGRATING', String(ids[1]));
    // A script that ran at the new server would find nothing there yet: no block, for one.
    expect(await toCause(write('lost', prefix))).toMatch(/^ASK /);
    await write('elsewhere', other);
    await askRedis(String(urls[0]), (client) =>
      client.migrate('127.0.0.1', Number(cluster.masters[1]?.port), `${prefix}written`, 0, 1000, 'AUTH', 'p@ss'),
    );
    for (const master of [1, 0, 2]) await setSlot(master, 'NODE', String(ids[1]));
    await expectBack(() => read(prefix));
    expect(await read(prefix)).toBe('before');
  });

  it('serves what its other masters have while one hangs, and the rest when that one goes on', async () => {
    connect({ url: cluster.url, topology: clusterOf() });
    await writeAll('before');
    const [prefix, other] = [await firstOn(2), await firstOn(1)];
    cluster.masters[2]?.pause();
    const [hanging, served] = await Promise.all([
      expectWithin(timeoutMs + slackMs, () => toOutcome(write('lost', prefix))),
      toOutcome(write('served', other)),
    ]);
    cluster.masters[2]?.resume();
    expect([hanging, served]).toEqual(['store_unavailable', 'answered']);
    await expect.poll(() => toOutcome(writeAll('after'))).toBe('answered');
  });

  it('goes on with the replica that takes over from a master that died', async () => {
    connect({ url: cluster.url, topology: clusterOf() });
    await writeAll('before');
    await cluster.masters[0]?.stop();
    expect(await toOutcome(writeAll('lost'))).toBe('store_unavailable');
    await expect.poll(() => toOutcome(writeAll('after')), { timeout: 15_000 }).toBe('answered');
    await expect.poll(() => listEvents().filter((event) => event === 'redis_unavailable').length).toBe(1);
  });
});
