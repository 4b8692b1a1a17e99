/** The client of a Redis Cluster: it follows slots that have moved, and refuses while one is being moved. */
import { Cluster, Command, type Redis } from 'ioredis';
import {
  type ClientOptions,
  isUnfit,
  type RedisClient,
  type RedisHandle,
  type ServerClient,
  toCommands,
  toRetryDelayMs,
  toServerOptions,
} from './client.ts';
import type { RedisTopology } from './topology.ts';

/** How often a command follows a slot that is elsewhere. */
const maxRedirections = 4;

/**
 * While a slot is being moved key by key, a script would find but some of the keys that it asks for: a block that was not
 * moved yet would be none. So what the old server does not have is an outage, where the client would ask the new one.
 */
class SteadyCluster extends Cluster {
  override handleError(...[error, ...rest]: Parameters<Cluster['handleError']>): void {
    const [, handlers] = rest;
    if (error.message.startsWith('ASK ')) handlers.defaults();
    else super.handleError(error, ...rest);
  }
}

/** A client that connects when it is told to, then to every master. */
export function createClusterClient(
  options: ClientOptions,
  { nodes }: Extract<RedisTopology, { kind: 'cluster' }>,
): RedisHandle {
  const { url, timeoutMs, onAway, onReady } = options;
  const { hostname, port, username, password, protocol } = new URL(url);
  const seeds = [{ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) }, ...nodes];
  const cluster = new SteadyCluster(seeds, {
    lazyConnect: true,
    enableOfflineQueue: false,
    scripts: toCommands(options.scripts),
    clusterRetryStrategy: toRetryDelayMs,
    slotsRefreshTimeout: timeoutMs,
    maxRedirections,
    // Without these the client would send a command again of which nobody knows whether it was done.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    // Certificates are for names.
    dnsLookup: (host, callback) => callback(null, host),
    redisOptions: {
      ...toServerOptions(options),
      // Ends a connection on which nothing is answered, and no other.
      socketTimeout: options.commandTimeoutMs,
      reconnectOnError: isUnfit,
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
  });
  cluster.on('error', (error: Error) => onAway(error.message));
  cluster.on('node error', (error: Error, node: string) => onAway(error.message, node));
  cluster.on('+node', (node: Redis) => {
    node.on('ready', () => onReady(toName(node)));
    // What it lacks at first it would refuse, since it queues nothing.
    if (cluster.status === 'ready') void openMaster(node);
  });
  cluster.on('ready', () => onReady());

  return {
    // The client makes a method of each script that it is given, which its type does not say.
    client: cluster as unknown as RedisClient,
    get status() {
      return cluster.status;
    },
    async connect() {
      await cluster.connect();
      await Promise.all(cluster.nodes('master').map(openMaster));
    },
    close: () => cluster.disconnect(),
    // Each connection ends by itself; see `socketTimeout`.
    startAfresh: () => undefined,
    findServer: (key) => findServer(cluster, key),
    refreshServers: () => cluster.refreshSlotsCache(),
  };
}

/** Waits for the connection, and begins to open it where that was not done; that it fails is told by the event. */
async function openMaster(node: Redis): Promise<void> {
  if (node.options.readOnly === true) return;
  if (node.status === 'wait') await node.connect().catch(() => undefined);
  else if (node.status === 'connecting' || node.status === 'connect')
    await new Promise<void>((resolve) => {
      node.once('ready', resolve);
      node.once('end', resolve);
    });
}

async function findServer(cluster: Cluster, key: string): Promise<ServerClient> {
  const slot = new Command('get', [key]).getSlot();
  const name = cluster.slots[slot ?? 0]?.[0];
  const node = cluster.nodes('master').find((master) => toName(master) === name);
  if (node !== undefined) await openMaster(node);
  if (node?.status !== 'ready') {
    cluster.refreshSlotsCache();
    throw new Error(`no server has slot ${slot}`);
  }
  return node as unknown as ServerClient;
}

function toName({ options: { host, port } }: Redis): string {
  return `${host}:${port}`;
}
