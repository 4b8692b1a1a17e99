/** Redis over TLS with a password, however it is run: used with both, refused without a certificate that is trusted or with another password. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedisConnection } from '../../../src/adapters/redis-store/connection.ts';
import type { RedisTopology } from '../../../src/adapters/redis-store/topology.ts';
import { createPlainScripts } from '../../support/plain-scripts.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { startRedisCluster } from '../../support/redis-cluster.ts';
import { startSentinelGroup } from '../../support/redis-sentinel.ts';
import { startRedis } from '../../support/redis-server.ts';
import { toOutcome } from '../../support/refusals.ts';
import { trustTestCertificate } from '../../support/tls.ts';

/** How it is run, where it is, and what ends it. */
interface Served {
  readonly url: string;
  readonly topology: RedisTopology;
  stop(): Promise<unknown>;
}

const password = 'p@ss/word';
const sentinelPassword = 'sentinels';
const scripts = createPlainScripts();
const stranger = fileURLToPath(new URL('./tls-stranger.ts', import.meta.url));

async function serveOne(): Promise<Served> {
  const { url, stop } = await startRedis({ password, tls: true });
  return { url, stop, topology: { kind: 'single' } };
}

async function serveWithSentinels(): Promise<Served> {
  const { master, masterName, sentinels, stop } = await startSentinelGroup(password, sentinelPassword, { tls: true });
  return { url: master.url, stop, topology: { kind: 'sentinel', sentinels, masterName, sentinelPassword } };
}

async function serveCluster(): Promise<Served> {
  const { url, stop } = await startRedisCluster({ password, tls: true });
  return { url, stop, topology: { kind: 'cluster', nodes: [] } };
}

beforeAll(trustTestCertificate);

describe.each([
  { how: 'one server', serve: serveOne },
  { how: 'a master that Sentinels name', serve: serveWithSentinels },
  { how: 'a Cluster', serve: serveCluster },
])('$how over TLS', ({ serve }) => {
  let served: Served;
  beforeAll(async () => {
    served = await serve();
  });
  afterAll(() => served.stop());

  function connect(url: string) {
    const log = createRecordingLog();
    return { log, ...createRedisConnection({ ...served, url, scripts, timeoutMs: 2000, log }) };
  }

  it('is used with the password', async () => {
    const connection = connect(served.url);
    for (const prefix of ['{a}:', '{b}:', '{c}:'])
      expect(await connection.run((client) => client['put-record'](prefix, 'here'))).toBe('here');
    await connection.close();
  });

  it('is refused with another password, and nobody is told which', async () => {
    const connection = connect(served.url.replace(encodeURIComponent(password), 'not-the-secret'));
    expect(await toOutcome(connection.run((client) => client.get('a')))).toBe('store_unavailable');
    await connection.close();
    expect(connection.log.lines.join('')).not.toContain('not-the-secret');
  });

  it('is refused without TLS', async () => {
    const connection = connect(served.url.replace('rediss:', 'redis:'));
    expect(await toOutcome(connection.run((client) => client.get('a')))).toBe('store_unavailable');
    await connection.close();
  });

  it('is refused by who does not trust its certificate', async () => {
    const answer = await promisify(execFile)(process.execPath, [stranger, JSON.stringify(served)]);
    expect(answer.stdout.trim()).toBe('store_unavailable');
  });
});
