/** The client of one server: the URL's, or the master that the Sentinels name. */
import { Redis, type RedisOptions } from 'ioredis';
import {
  type ClientOptions,
  isUnfit,
  type RedisClient,
  type RedisHandle,
  type ServerClient,
  toRetryDelayMs,
  toServerOptions,
} from './client.ts';
import { createMasterConnector } from './master-connector.ts';
import { createSentinelWatch } from './sentinel-watch.ts';
import type { RedisTopology } from './topology.ts';

/** A client that connects when it is told to. */
export function createServerClient(
  options: ClientOptions,
  topology: Exclude<RedisTopology, { kind: 'cluster' }>,
): RedisHandle {
  const { url, timeoutMs, onAway } = options;
  const client = createRedis(options, topology, (reason) => startAfresh(reason));
  let leaving = false;

  function startAfresh(reason: string): void {
    onAway(reason);
    // Once for each connection: of thousands of commands that hang on it, each comes here.
    if (leaving || client.status !== 'ready') return;
    leaving = true;
    client.disconnect(true);
  }

  function leaveOld(host: string, port: number): void {
    // Before the first connection there is none, which its type does not say.
    const stream: Redis['stream'] | undefined = client.stream;
    if (stream === undefined || (stream.remoteAddress === host && stream.remotePort === port)) return;
    startAfresh('the Sentinels made another server the master');
    // One that is being opened may have been told of the old master by a Sentinel that had not heard of it.
    if (client.status === 'connecting' || client.status === 'connect') client.disconnect(true);
  }

  const watch =
    topology.kind === 'sentinel'
      ? createSentinelWatch(topology, { usesTls: usesTls(url), timeoutMs }, leaveOld)
      : undefined;

  client.on('close', () => {
    leaving = false;
  });
  const stopWatching = watchClient(client, options);

  return {
    // The client makes a method of each script that it is given, which its type does not say.
    client: client as unknown as RedisClient,
    get status() {
      return leaving ? 'leaving' : client.status;
    },
    connect() {
      watch?.open();
      return client.connect();
    },
    close() {
      watch?.close();
      stopWatching();
      client.disconnect();
    },
    startAfresh,
    findServer: async () => client as unknown as ServerClient,
    refreshServers: () => undefined,
  };
}

/** `onUnfit` is told of each command that was answered by a server that cannot serve us. */
function createRedis(
  options: ClientOptions,
  topology: Exclude<RedisTopology, { kind: 'cluster' }>,
  onUnfit: (reason: string) => void,
): Redis {
  return new Redis(options.url, {
    ...toServerOptions(options),
    ...toPlace(options, topology),
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: options.batches,
    retryStrategy: toRetryDelayMs,
    reconnectOnError: (error) => {
      if (isUnfit(error)) onUnfit(error.message);
      // The client would ask for another connection for each command that was answered so.
      return false;
    },
  });
}

/** Tells of what the client sees, and gives up a connection that opens but never answers. Answers what ends that. */
function watchClient(client: Redis, { timeoutMs, onAway, onReady }: ClientOptions): () => void {
  let patience: ReturnType<typeof setTimeout> | undefined;
  const stop = () => clearTimeout(patience);
  client.on('error', (error: Error) => onAway(error.message));
  client.on('connect', () => {
    patience = setTimeout(() => {
      onAway('no answer after connecting');
      client.disconnect(true);
    }, timeoutMs * 2);
  });
  client.on('close', stop);
  client.on('ready', () => {
    stop();
    onReady();
  });
  return stop;
}

/** What says where the server is. */
function toPlace(
  { url, timeoutMs, onAway }: ClientOptions,
  topology: Exclude<RedisTopology, { kind: 'cluster' }>,
): Omit<RedisOptions, 'replyMapping'> {
  if (topology.kind === 'single') return { Connector: createMasterConnector(() => onAway('the server is a replica')) };
  const { sentinels, masterName, sentinelPassword } = topology;
  return {
    sentinels: [...sentinels],
    name: masterName,
    sentinelRetryStrategy: toRetryDelayMs,
    sentinelCommandTimeout: timeoutMs,
    ...(sentinelPassword !== undefined && { sentinelPassword }),
    ...(usesTls(url) && { sentinelTLS: {}, tls: {}, enableTLSForSentinelMode: true }),
  };
}

function usesTls(url: string): boolean {
  return new URL(url).protocol === 'rediss:';
}
