/** A Redis with one replica, watched by three Sentinels, which make the replica the master when the master dies. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithTests } from '../../support/end-with-tests.ts';
import { ensureRedis } from '../../support/redis-server.ts';
import { findReplicationField, hasReplicas, waitUntil } from './redis-nodes.ts';
import {
  choosePort,
  durable,
  type RedisProcess,
  redisPassword,
  sendCommand,
  startRedisProcess,
} from './redis-process.ts';

/** The name under which the Sentinels know the master. */
export const masterName = 'playgate-faults';

const sentinelCount = 3;
const downAfterMs = 1000;
const patienceMs = 60_000;
const convertPatienceMs = 20_000;

export interface SentinelSetup {
  /** Of the three Sentinels. */
  readonly ports: readonly number[];
  /** The server that the Sentinels call the master now. */
  findMaster(): Promise<RedisProcess>;
  findReplica(): Promise<RedisProcess>;
  /** Waits until the Sentinels have made another server the master. How long it took, in milliseconds. */
  waitForFailover(from: RedisProcess): Promise<number>;
  /** Waits until the replica has all that the master has. */
  waitForReplica(): Promise<void>;
  /** Cuts the stream from the master to the replica for good: the replica stays as it is, and can become the master. */
  cutReplication(): Promise<void>;
  end(): Promise<void>;
}

/** Starts them all and waits until they know each other. */
export async function startSentinelSetup(): Promise<SentinelSetup> {
  const words = [...durable, '--masterauth', redisPassword, '--repl-diskless-sync-delay', '0'];
  const first = await startRedisProcess(words);
  const second = await startRedisProcess([...words, '--replicaof', '127.0.0.1', String(first.port)]);
  const servers = [first, second];
  await waitUntil('the replica is in sync', () => hasReplicas(first, 1), patienceMs);
  const sentinels = await Promise.all(Array.from({ length: sentinelCount }, () => startSentinel(first.port)));
  const ports = sentinels.map(({ port }) => port);
  await waitUntil('the Sentinels know each other', () => knowEachOther(ports), patienceMs);

  const findMaster = async () => {
    const port = await findMasterPort(ports);
    return servers.find((server) => server.port === port) ?? first;
  };
  const findReplica = async () => ((await findMaster()) === first ? second : first);
  return {
    ports,
    findMaster,
    findReplica,
    async waitForFailover(from) {
      const fromMs = performance.now();
      const isOver = async () => {
        const master = await findMaster();
        return master !== from && (await findReplicationField(master, 'role')) === 'master';
      };
      await waitUntil('a failover', isOver, patienceMs);
      return performance.now() - fromMs;
    },
    async waitForReplica() {
      const isThere = async () => hasReplicas(await findMaster(), 1);
      // The Sentinels make a master that comes back a replica, but not always.
      await waitUntil('the replica is in sync', isThere, convertPatienceMs).catch(async () => {
        await (await findReplica()).command('REPLICAOF', '127.0.0.1', (await findMaster()).port);
        await waitUntil('the replica is in sync', isThere, patienceMs);
      });
    },
    async cutReplication() {
      const replica = await findReplica();
      const master = await findMaster();
      await replica.command('CONFIG', 'SET', 'masterauth', 'wrong');
      await master.command('CLIENT', 'KILL', 'TYPE', 'replica');
      const isCut = async () => (await findReplicationField(master, 'connected_slaves')) === '0';
      await waitUntil('the replication stream is cut', isCut, patienceMs);
    },
    async end() {
      await Promise.all([...sentinels, ...servers].map((server) => server.end()));
    },
  };
}

async function startSentinel(masterPort: number): Promise<{ readonly port: number; end(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'playgate-faults-sentinel-'));
  const port = await choosePort();
  // A Sentinel writes what it learns into this file.
  const file = join(folder, 'sentinel.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${folder}`,
    `requirepass ${redisPassword}`,
    `sentinel monitor ${masterName} 127.0.0.1 ${masterPort} 2`,
    `sentinel auth-pass ${masterName} ${redisPassword}`,
    `sentinel down-after-milliseconds ${masterName} ${downAfterMs}`,
    `sentinel failover-timeout ${masterName} 6000`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn(await ensureRedis(), [file, '--sentinel'], { stdio: 'ignore' });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  endWithTests(child, () => {
    child.kill('SIGKILL');
    remove();
  });
  return {
    port,
    async end() {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      remove();
    },
  };
}

async function knowEachOther(ports: readonly number[]): Promise<boolean> {
  const quorums = await Promise.all(
    ports.map((port) => sendCommand(port, ['SENTINEL', 'CKQUORUM', masterName]).catch(() => 'not yet')),
  );
  return quorums.every((quorum) => String(quorum).startsWith(`OK ${sentinelCount} usable`));
}

async function findMasterPort(ports: readonly number[]): Promise<number> {
  for (const port of ports) {
    const address = await sendCommand(port, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName]).catch(() => undefined);
    if (Array.isArray(address)) return Number(address[1]);
  }
  throw new Error('no Sentinel answers');
}
