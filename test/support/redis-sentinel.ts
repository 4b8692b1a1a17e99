/** Starts what Sentinel looks after: a master with one replica, and three Sentinels that make the replica master when it dies. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RedisAddress } from '../../src/adapters/redis-store/topology.ts';
import {
  askRedis,
  launchRedis,
  listTlsSettings,
  type RedisProcess,
  type RedisServer,
  startRedis,
  startReplica,
  waitUntil,
} from './redis-server.ts';

export interface SentinelGroup {
  readonly master: RedisServer;
  readonly replica: RedisServer;
  readonly masterName: string;
  readonly sentinels: readonly RedisAddress[];
  /** Asks the Sentinels to make the replica master now, and the master its replica; they begin. */
  failOver(): Promise<void>;
  /** Ends all of them. */
  stop(): Promise<void>;
}

const masterName = 'main';
const readyText = 'Sentinel ID is';

/** How long a master may be silent before it is taken for dead. */
const downAfterMs = 400;

/**
 * Milliseconds between what they do again and again, and for an election. What they publish tells the others of a new
 * master; who has not heard of it in four times that undoes it, as on a busy machine.
 */
const periods = { info: 100, ping: 100, ask: 100, publish: 500 };
const timing = [
  ...Object.entries(periods).flatMap(([name, ms]) => [`${name}-period`, String(ms)]),
  ...['election-timeout', '500'],
];

/** Starts all of them, and waits until the Sentinels know each other and the replica. */
export async function startSentinelGroup(
  password: string,
  sentinelPassword: string,
  { tls = false } = {},
): Promise<SentinelGroup> {
  const master = await startRedis({ password, tls });
  const replica = await startReplica(master, { password, tls });
  const toArguments = async (port: number, folder: string) => {
    const file = join(folder, 'sentinel.conf');
    const monitor = `sentinel monitor ${masterName} 127.0.0.1 ${master.port} 2`;
    const settings = [
      `auth-pass ${masterName} ${password}`,
      `down-after-milliseconds ${masterName} ${downAfterMs}`,
      `failover-timeout ${masterName} 2000`,
      `sentinel-pass ${sentinelPassword}`,
    ];
    const lines = [
      ...(tls ? listTlsSettings(port).map((setting) => setting.join(' ')) : [`port ${port}`]),
      'bind 127.0.0.1',
      `requirepass ${sentinelPassword}`,
      monitor,
      ...settings.map((setting) => `sentinel ${setting}`),
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    return [file, '--sentinel'];
  };
  const sentinels = await Promise.all(Array.from({ length: 3 }, () => launchRedis({ toArguments, readyText })));
  const toUrl = ({ port }: RedisProcess) => `redis${tls ? 's' : ''}://:${sentinelPassword}@127.0.0.1:${port}`;
  // As they are, they would take seconds to find each other, and to agree on a new master.
  for (const sentinel of sentinels)
    await askRedis(toUrl(sentinel), (client) => client.call('SENTINEL', 'DEBUG', ...timing));
  await waitUntil(async () => {
    const known = await Promise.all(
      sentinels.map((sentinel) => askRedis(toUrl(sentinel), (client) => client.info('sentinel'))),
    );
    return known.every((info) => /status=ok,.*slaves=1,sentinels=3/.test(info));
  });
  return {
    master,
    replica,
    masterName,
    sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
    async failOver() {
      const [first] = sentinels;
      if (first !== undefined)
        await askRedis(toUrl(first), (client) => client.call('SENTINEL', 'FAILOVER', masterName));
    },
    async stop() {
      await Promise.all([...sentinels, master, replica].map((server) => server.stop()));
    },
  };
}
