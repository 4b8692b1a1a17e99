/** Starts a Redis Cluster: three masters that share the slots, each with a replica where that is asked for. */
import { randomInt } from 'node:crypto';
import { askRedis, type RedisServer, startRedis, waitUntil, waitUntilFollowed } from './redis-server.ts';

export interface RedisCluster {
  /** Each has a third of the slots. */
  readonly masters: readonly RedisServer[];
  /** In the order of their masters. */
  readonly replicas: readonly RedisServer[];
  /** The URL of the first master, with the password. */
  readonly url: string;
  /** Ends all of them. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Default: none. */
  readonly withReplicas?: boolean;
  /** Default: none. */
  readonly password?: string;
  /** Whether they speak TLS alone. Default: they do not speak it. */
  readonly tls?: boolean;
}

/** Silent for so long, a master is taken for dead. */
const nodeTimeoutMs = 700;
const slotCount = 16_384;
const masterCount = 3;

/** Starts the servers, joins them, and waits until every slot is served as each of them sees it. */
export async function startRedisCluster({
  withReplicas = false,
  password = '',
  tls = false,
}: ClusterOptions = {}): Promise<RedisCluster> {
  const start = () => startMember(password, tls);
  const masters = await Promise.all(Array.from({ length: masterCount }, start));
  const replicas = await Promise.all(Array.from({ length: withReplicas ? masterCount : 0 }, start));
  const all = [...masters, ...replicas];
  for (const [index, { url }] of all.entries())
    await askRedis(url, async (client) => {
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      const [from, to] = [index, index + 1].map((part) => Math.round((part * slotCount) / masterCount));
      if (index < masterCount) await client.call('CLUSTER', 'ADDSLOTSRANGE', Number(from), Number(to) - 1);
    });
  const [first, ...others] = all;
  if (first === undefined) throw new TypeError('a cluster has servers');
  for (const { port, busPort } of others)
    await askRedis(first.url, (client) => client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort));
  await waitUntil(() => seesAll(all));
  for (const [index, replica] of replicas.entries()) await follow(replica, masters[index]);
  if (withReplicas) await Promise.all(masters.map(waitUntilFollowed));
  return {
    masters,
    replicas,
    url: first.url,
    stop: async () => void (await Promise.all(all.map((server) => server.stop()))),
  };
}

async function startMember(password: string, tls: boolean): Promise<RedisServer & { readonly busPort: number }> {
  // Its own choice would be a port that systems give to clients.
  const busPort = randomInt(10_000, 32_000);
  const timeout = ['--cluster-node-timeout', String(nodeTimeoutMs)];
  const bus = ['--cluster-port', String(busPort), '--tls-cluster', tls ? 'yes' : 'no'];
  const settings = ['--cluster-enabled', 'yes', ...bus, ...timeout];
  return Object.assign(await startRedis({ password, tls, settings }), { busPort });
}

/** Whether each server knows all and takes the cluster to be whole. */
async function seesAll(servers: readonly RedisServer[]): Promise<boolean> {
  const seen = await Promise.all(servers.map(({ url }) => askRedis(url, (client) => client.cluster('INFO'))));
  return seen.every(
    (info) =>
      String(info).includes('cluster_state:ok') && String(info).includes(`cluster_known_nodes:${servers.length}`),
  );
}

async function follow(replica: RedisServer, master: RedisServer | undefined): Promise<void> {
  if (master === undefined) throw new TypeError('a replica has a master');
  const id = await askRedis(master.url, (client) => client.cluster('MYID'));
  // It is refused until the replica knows who that is.
  await waitUntil(
    async () => (await askRedis(replica.url, (client) => client.cluster('REPLICATE', String(id)))) === 'OK',
  );
}
