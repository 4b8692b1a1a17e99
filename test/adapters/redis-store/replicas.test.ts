/** Decisions that wait for replicas: acknowledged when enough have taken them, refused when not, and nobody else waits with them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cellCount, toCellPrefix } from '../../../src/adapters/redis-store/cells.ts';
import { createRedisConnection, type RedisConnection } from '../../../src/adapters/redis-store/connection.ts';
import { createKeyspace, type Keyspace } from '../../../src/adapters/redis-store/keyspace.ts';
import { loadScripts } from '../../../src/adapters/redis-store/load-scripts.ts';
import { createRevocationStore } from '../../../src/adapters/redis-store/revocations.ts';
import { createViewerStore } from '../../../src/adapters/redis-store/viewers.ts';
import { createPlainScripts } from '../../support/plain-scripts.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { toDraft, toViewerId } from '../../support/records.ts';
import { startRedisCluster } from '../../support/redis-cluster.ts';
import { askRedis, type RedisServer, startRedis, startReplica } from '../../support/redis-server.ts';
import { toCause, toOutcome } from '../../support/refusals.ts';
import { expectWithin } from '../../support/within.ts';

const scripts = createPlainScripts();
const timeoutMs = 500;
const slackMs = 300;
const prefix = '{tv}:';

const decide = (connection: RedisConnection, value: string, at = prefix) =>
  connection.runDurably(at, (client) => client['put-record'](at, value));
const readFrom = ({ url }: RedisServer, at = prefix) => askRedis(url, (client) => client.get(`${at}written`));

describe('with one replica to wait for', () => {
  let [master, replica]: RedisServer[] = [];
  let connection: RedisConnection;
  beforeAll(async () => {
    master = await startRedis();
    replica = await startReplica(master);
  });
  afterAll(() => Promise.all([master?.stop(), replica?.stop()]));
  beforeEach(() => connect(timeoutMs));
  afterEach(() => connection.close());
  const connect = (patienceMs: number) => {
    const [{ url }, log] = [servers().master, createRecordingLog()];
    connection = createRedisConnection({ url, waitReplicas: 1, scripts, timeoutMs: patienceMs, log });
  };
  const servers = () => {
    if (master === undefined || replica === undefined) throw new TypeError('they were started');
    return { master, replica };
  };

  it('a decision that was acknowledged is on the replica', async () => {
    for (let round = 0; round < 20; round++) {
      expect(await decide(connection, `decision ${round}`)).toBe(`decision ${round}`);
      expect(await readFrom(servers().replica)).toBe(`decision ${round}`);
    }
  });

  it('a decision is refused in time while the replica hangs or is gone, and taken again afterwards', async () => {
    await expect.poll(() => toOutcome(decide(connection, 'before'))).toBe('answered');
    servers().replica.pause();
    expect(await expectWithin(timeoutMs + slackMs, () => toCause(decide(connection, 'hanging')))).toBe(
      '0 of 1 replicas have taken it',
    );
    servers().replica.resume();
    await expect.poll(() => toOutcome(decide(connection, 'again'))).toBe('answered');
    await servers().replica.stop();
    expect(await toOutcome(decide(connection, 'gone'))).toBe('store_unavailable');
    await servers().replica.restart();
    await expect.poll(() => toOutcome(decide(connection, 'back'))).toBe('answered');
    expect(await readFrom(servers().replica)).toBe('back');
  });

  it('a request that comes again and finds its decision written waits for the replica too, on whatever connection', async () => {
    await expect.poll(() => toOutcome(decide(connection, 'before'))).toBe('answered');
    servers().replica.pause();
    expect(await toOutcome(decide(connection, 'hanging'))).toBe('store_unavailable');
    await connection.close();
    connect(timeoutMs);
    const findAgain = () => connection.runDurably(prefix, (client) => client.get(`${prefix}written`));
    expect(await toOutcome(findAgain())).toBe('store_unavailable');
    servers().replica.resume();
    await expect.poll(() => toOutcome(findAgain())).toBe('answered');
    expect(await readFrom(servers().replica)).toBe('hanging');
  });

  it('nothing else waits while a decision does', async () => {
    await connection.close();
    connect(10_000);
    await expect.poll(() => toOutcome(decide(connection, 'before'))).toBe('answered');
    servers().replica.pause();
    let isDecided = false;
    const decision = toOutcome(decide(connection, 'hanging')).finally(() => {
      isDecided = true;
    });
    for (let round = 0; round < 20; round++)
      await connection.run((client) => Promise.all([client.get('a'), client['put-record'](prefix, 'not durable')]));
    expect(isDecided).toBe(false);
    servers().replica.resume();
    expect(await decision).toBe('answered');
  });

  it('many decisions share a wait, and each is refused in time when there is no replica', async () => {
    await askRedis(servers().master.url, (client) => client.config('RESETSTAT'));
    const many = () =>
      Promise.all(Array.from({ length: 200 }, (_, index) => toOutcome(decide(connection, `${index}`))));
    expect(new Set(await many())).toEqual(new Set(['answered']));
    const stats = await askRedis(servers().master.url, (client) => client.info('commandstats'));
    expect(Number(/cmdstat_wait:calls=(\d+)/.exec(stats)?.[1])).toBeLessThan(100);
    await servers().replica.stop();
    // Who comes while one waits has that wait before him, and his own.
    expect(new Set(await expectWithin(2 * timeoutMs + slackMs, many))).toEqual(new Set(['store_unavailable']));
    await servers().replica.restart();
    await expect.poll(() => toOutcome(decide(connection, 'back'))).toBe('answered');
  });

  it('a decision whose connection was lost before the wait is refused: of another one Redis knows nothing to wait for', async () => {
    await expect.poll(() => toOutcome(decide(connection, 'before'))).toBe('answered');
    const outcome = connection.runDurably(prefix, async (client) => {
      await client['put-record'](prefix, 'lost');
      await askRedis(servers().master.url, (other) => other.call('CLIENT', 'KILL', 'TYPE', 'normal'));
      await expect.poll(() => toOutcome(client.get('a'))).toBe('answered');
    });
    expect(await toCause(outcome)).toBe('the connection was lost');
    await expect.poll(() => toOutcome(decide(connection, 'after'))).toBe('answered');
  });
});

describe('a store with one replica to wait for', () => {
  it('does not say that nothing is left to lift before the replica has it', async () => {
    const master = await startRedis();
    const replica = await startReplica(master);
    const log = createRecordingLog();
    const connection = createRedisConnection({
      url: master.url,
      waitReplicas: 1,
      timeoutMs,
      log,
      scripts: loadScripts(),
    });
    const keyspace = createKeyspace(connection, 'tv');
    const { durable } = keyspace;
    // It hangs after the lifting was noted, before the block is taken away.
    const pausing: Keyspace['durable'] = {
      ...durable,
      cell: async (...call) => {
        replica.pause();
        return durable.cell(...call);
      },
    };
    const viewers = createViewerStore({ ...keyspace, durable: pausing });
    const [viewerId, nowSeconds] = [toViewerId('anna'), Math.floor(Date.now() / 1000)];
    const draft = toDraft({ scope: 'viewer', viewerId }, { block: { until: null } });
    await expect.poll(() => toOutcome(createRevocationStore(keyspace).record(draft, []))).toBe('answered');
    for (let times = 0; times < 2; times++)
      expect(await toOutcome(viewers.liftBlocks(viewerId, nowSeconds))).toBe('store_unavailable');
    expect((await viewers.get(viewerId, nowSeconds)).blocks).toEqual([]);
    replica.resume();
    await expect.poll(() => toOutcome(createViewerStore(keyspace).liftBlocks(viewerId, nowSeconds))).toBe('answered');
    await connection.close();
    await Promise.all([master.stop(), replica.stop()]);
  });
});

describe('without any to wait for', () => {
  it('a decision is acknowledged at once, on the connection that there is', async () => {
    const redis = await startRedis();
    const connection = createRedisConnection({ url: redis.url, scripts, timeoutMs, log: createRecordingLog() });
    await connection.run((client) => client.ping());
    await decide(connection, 'alone');
    const clients = await askRedis(redis.url, (client) => client.client('LIST'));
    expect(String(clients).trim().split('\n')).toHaveLength(2);
    await connection.close();
    await redis.stop();
  });
});

describe('in a Cluster', () => {
  it('a decision waits for a replica of the master that has it', async () => {
    const cluster = await startRedisCluster({ withReplicas: true });
    const { url } = cluster;
    const topology = { kind: 'cluster', nodes: [] } as const;
    const log = createRecordingLog();
    const connection = createRedisConnection({ url, topology, waitReplicas: 1, scripts, timeoutMs, log });
    const cells = Array.from({ length: cellCount }, (_, cell) => toCellPrefix('tv', cell));
    const decideAll = (value: string) => Promise.all(cells.map((cell) => toOutcome(decide(connection, value, cell))));
    await expect.poll(async () => new Set(await decideAll('taken'))).toEqual(new Set(['answered']));
    const sizes = await Promise.all(
      cluster.replicas.map((server) => askRedis(server.url, async (client) => (await client.keys('*written')).length)),
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBe(cellCount);
    cluster.replicas[0]?.pause();
    const outcomes = await decideAll('after');
    cluster.replicas[0]?.resume();
    expect(outcomes.filter((outcome) => outcome === 'store_unavailable')).toHaveLength(sizes[0] ?? 0);
    expect(outcomes.filter((outcome) => outcome === 'answered')).toHaveLength(cellCount - (sizes[0] ?? 0));
    await connection.close();
    await cluster.stop();
  });
});
