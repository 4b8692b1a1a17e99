/** The check of a store that tells the truth: whether it takes writes, is what it was, and knows what time it is. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cellCount, toCellPrefix } from '../../../src/adapters/redis-store/cells.ts';
import {
  createRedisConnection,
  type RedisConnection,
  type RedisConnectionOptions,
} from '../../../src/adapters/redis-store/connection.ts';
import { createHealth, type RedisHealth } from '../../../src/adapters/redis-store/health.ts';
import { createPlainScripts } from '../../support/plain-scripts.ts';
import { createRecordingLog, type RecordingLog } from '../../support/recording-log.ts';
import { startRedisCluster } from '../../support/redis-cluster.ts';
import { askRedis, type RedisServer, startRedis } from '../../support/redis-server.ts';
import { toCause, toOutcome } from '../../support/refusals.ts';

const scripts = createPlainScripts();
const timeoutMs = 2000;

/** A process with a connection of its own. */
interface StoreProcess {
  readonly health: RedisHealth;
  readonly log: RecordingLog;
  /** By how much its clock is ahead. */
  aheadMs: number;
}

const connections: RedisConnection[] = [];
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
});

function startProcess(options: Pick<RedisConnectionOptions, 'url' | 'topology'>, cellsEveryMs = 60_000): StoreProcess {
  const log = createRecordingLog();
  const connection = createRedisConnection({ ...options, scripts, timeoutMs, log });
  connections.push(connection);
  const clock = { nowMs: () => Date.now() + started.aheadMs };
  const started = { health: createHealth({ connection, name: 'tv', log, clock, cellsEveryMs }), log, aheadMs: 0 };
  return started;
}

/** The reasons of `store_replaced` in a log. */
const listLosses = ({ log }: StoreProcess): string[] =>
  log.lines
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'store_replaced')
    .map(({ reason }) => reason);

describe('a store on one server', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(() => command('FLUSHALL'));
  const command = (...args: [string, ...(string | number)[]]) => askRedis(redis.url, (client) => client.call(...args));

  it('is well from its first moment on, for all who start at once', async () => {
    const processes = Array.from({ length: 5 }, () => startProcess(redis, 0));
    for (let round = 0; round < 3; round++)
      for (const outcome of await Promise.all(processes.map(({ health }) => toOutcome(health.ping()))))
        expect(outcome).toBe('answered');
    const events = processes.flatMap(({ log }) => log.lines.map((line) => JSON.parse(line).event));
    expect(events).toEqual(['store_begun']);
    const marks = await askRedis(redis.url, (client) =>
      client.mget(['{tv}:generation', '{tv}:generation-cells', `${toCellPrefix('tv', 63)}generation`]),
    );
    expect(new Set(marks).size).toBe(1);
  });

  it('is refused once it was emptied, by all who knew it, until they start again', async () => {
    const processes = [startProcess(redis), startProcess(redis)];
    for (const { health } of processes) await health.ping();
    await command('FLUSHALL');
    for (const { health } of processes) expect(await toCause(health.ping())).toMatch(/Redis is not what it was/);
    const restarted = startProcess(redis);
    await restarted.health.ping();
    await restarted.health.ping();
    for (const one of processes) {
      for (let look = 0; look < 3; look++) expect(await toOutcome(one.health.ping())).toBe('store_unavailable');
      expect(listLosses(one)).toHaveLength(1);
    }
    expect(listLosses(restarted)).toEqual([]);
  });

  it('is refused from the first mark on that is not the one that is known', async () => {
    const seen = startProcess(redis);
    seen.health.checkGeneration(null);
    seen.health.checkGeneration('a');
    seen.health.checkGeneration('a');
    expect(() => seen.health.checkGeneration('b')).toThrow(expect.objectContaining({ code: 'store_unavailable' }));
    expect(() => seen.health.checkGeneration('a')).toThrow(expect.objectContaining({ code: 'store_unavailable' }));
    expect(await toOutcome(seen.health.ping())).toBe('store_unavailable');
    const pinged = startProcess(redis);
    await pinged.health.ping();
    expect(() => pinged.health.checkGeneration(null)).toThrow(expect.objectContaining({ code: 'store_unavailable' }));
    expect([seen, pinged].map(listLosses)).toEqual([['it was replaced'], ['it was emptied']]);
  });

  it('is refused when it went back in time, as a backup does, and by those too who look later', async () => {
    const processes = [startProcess(redis), startProcess(redis)];
    for (const { health } of processes) await health.ping();
    const beatMs = Number(await askRedis(redis.url, (client) => client.get('{tv}:beat')));
    expect(Math.abs(Date.now() - beatMs)).toBeLessThan(10_000);
    // What a replica that takes over may lack is no loss.
    await command('SET', '{tv}:beat', beatMs - 59_000);
    for (const { health } of processes) await health.ping();
    await command('SET', '{tv}:beat', beatMs - 61_000);
    const [first, second] = processes;
    expect(await toCause(first?.health.ping() ?? Promise.resolve())).toMatch(/went back in time/);
    await startProcess(redis).health.ping();
    expect(await toOutcome(second?.health.ping() ?? Promise.resolve())).toBe('store_unavailable');
  });

  it('is refused when a cell was emptied, and is said to be so by who starts then', async () => {
    const [often, seldom] = [startProcess(redis, 0), startProcess(redis)];
    for (const { health } of [often, seldom]) await health.ping();
    await command('DEL', `${toCellPrefix('tv', 17)}generation`);
    // It looks but once a minute.
    await seldom.health.ping();
    expect(await toCause(often.health.ping())).toMatch(/1 of 64 cells/);
    expect(await toOutcome(seldom.health.ping())).toBe('store_unavailable');
    const restarted = startProcess(redis, 0);
    await restarted.health.ping();
    await restarted.health.ping();
    expect([often, seldom, restarted].map((one) => listLosses(one).length)).toEqual([1, 1, 1]);
    expect(listLosses(startProcess(redis))).toEqual([]);
  });

  it('is known to have lost a cell by who starts first after that, and from then on to those who ran on', async () => {
    const running = startProcess(redis);
    await running.health.ping();
    await command('DEL', `${toCellPrefix('tv', 17)}generation`);
    const started = startProcess(redis, 0);
    for (let look = 0; look < 2; look++) expect(await toOutcome(started.health.ping())).toBe('answered');
    expect(listLosses(started)).toEqual(['1 of 64 cells were emptied or replaced, or home was']);
    expect(await toOutcome(running.health.ping())).toBe('store_unavailable');
  });

  it('is not ready while it takes no writes: full, or a replica', async () => {
    const { health, log } = startProcess(redis);
    await health.ping();
    await command('CONFIG', 'SET', 'maxmemory', 1);
    expect(await toCause(health.ping())).toMatch(/^OOM/);
    await command('CONFIG', 'SET', 'maxmemory', 0);
    await health.ping();
    await command('REPLICAOF', '127.0.0.1', 1);
    expect(await toCause(health.ping())).toMatch(/^READONLY/);
    await command('REPLICAOF', 'NO', 'ONE');
    await expect.poll(() => toOutcome(health.ping())).toBe('answered');
    expect(log.lines.join()).not.toContain('store_replaced');
  });

  it.each([
    [2500, /^the clock of Redis is \d+ ms behind this machine's$/],
    [-2500, /^the clock of Redis is \d+ ms ahead of this machine's$/],
  ])('is not ready while its clock is more than 2 seconds from that of the machine: %i ms', async (aheadMs, cause) => {
    const started = startProcess(redis);
    await started.health.ping();
    started.aheadMs = aheadMs;
    await expect.poll(() => toCause(started.health.ping())).toMatch(cause);
    started.aheadMs = aheadMs / 2;
    await started.health.ping();
  });
});

describe('a store on a Cluster', () => {
  it('is well where home and cells lie apart, and refused when one master was emptied', async () => {
    const cluster = await startRedisCluster();
    const options = { url: cluster.url, topology: { kind: 'cluster', nodes: [] } } as const;
    const [running, restarted] = [startProcess(options, 0), startProcess(options, 0)];
    for (let look = 0; look < 2; look++) await running.health.ping();
    const homes = await Promise.all(
      cluster.masters.map(({ url }) => askRedis(url, (client) => client.keys('{tv}:generation'))),
    );
    const emptied = cluster.masters[homes.findIndex((keys) => keys.length === 0)];
    await askRedis(emptied?.url ?? '', (client) => client.flushall());
    expect(await toCause(running.health.ping())).toMatch(/\d+ of 64 cells/);
    for (let look = 0; look < 2; look++) await restarted.health.ping();
    expect(listLosses(restarted)).toHaveLength(1);
    const kept = await Promise.all(
      cluster.masters.map(({ url }) => askRedis(url, (client) => client.keys('{tv:*}:generation'))),
    );
    expect(kept.flat()).toHaveLength(cellCount);
    await cluster.stop();
  });
});
