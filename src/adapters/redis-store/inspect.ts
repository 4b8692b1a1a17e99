/** What the servers of a Redis say of themselves: how they keep what they hold, what they do when memory is full, who follows them. Nothing is written. */
import { OutageError } from '../../errors.ts';
import { cellCount, toCellPrefix, toHomePrefix } from './cells.ts';
import type { ClientOptions, RedisHandle, ServerClient } from './client.ts';
import { createClusterClient } from './cluster-client.ts';
import type { RedisConnectionOptions } from './connection.ts';
import { createOpening } from './opening.ts';
import { createServerClient } from './server-client.ts';

/** A server that holds a part of the store. */
export interface RedisServerReport {
  /** A name or an address. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** Of Redis, or of the Redis with which a Valkey is compatible. */
  readonly version: string;
  /** What goes when memory is full; `noeviction`: nothing, and writes are refused. */
  readonly evictionPolicy: string;
  /** 0: as much as there is. */
  readonly maxMemoryBytes: number;
  readonly usedMemoryBytes: number;
  /** Whether each write is appended to a file. */
  readonly appendOnly: boolean;
  /** When that file is flushed: `always`, `everysec`, `no`; undefined where the server does not tell. */
  readonly appendFlush: string | undefined;
  /** When the whole is saved, `''` being never; undefined where the server does not tell. */
  readonly savePoints: string | undefined;
  /** Whether the last saving and the last appending went well. */
  readonly isKept: boolean;
  /** How many replicas follow it. */
  readonly replicas: number;
  /** How far its clock is ahead of this machine's, in milliseconds; below 0 where it is behind. */
  readonly aheadMs: number;
}

/** Asks every server that has a part of the store. Rejects with `store_unavailable` when one does not answer in time. */
export async function inspectRedis(
  { url, topology = { kind: 'single' }, timeoutMs, scripts }: Omit<RedisConnectionOptions, 'log'>,
  name = 'playgate',
): Promise<readonly RedisServerReport[]> {
  let away: string | undefined;
  const options: ClientOptions = {
    ...{ url, timeoutMs, commandTimeoutMs: timeoutMs, scripts, batches: false },
    onAway: (reason) => {
      away = reason;
    },
    onReady: () => undefined,
  };
  const opening = createOpening(
    () =>
      topology.kind === 'cluster' ? createClusterClient(options, topology) : createServerClient(options, topology),
    timeoutMs,
  );
  try {
    const handle = await opening.whenReady();
    return await Promise.all((await findServers(handle, name)).map((server) => inspect(server, url)));
  } catch (error) {
    throw new OutageError('store_unavailable', { cause: away === undefined ? error : new Error(away) });
  } finally {
    opening.close();
  }
}

async function findServers(handle: RedisHandle, name: string): Promise<readonly ServerClient[]> {
  const cells = Array.from({ length: cellCount }, (_, cell) => toCellPrefix(name, cell));
  const servers = await Promise.all([toHomePrefix(name), ...cells].map((prefix) => handle.findServer(prefix)));
  return [...new Set(servers)];
}

async function inspect(server: ServerClient, url: string): Promise<RedisServerReport> {
  const askedAtMs = Date.now();
  const [seconds, microseconds] = await server.time();
  const nowMs = (askedAtMs + Date.now()) / 2;
  const info = parseInfo(await server.info());
  const settings = await readSettings(server);
  const { remoteAddress = new URL(url).hostname, remotePort = 6379 } = server.stream;
  return {
    ...{ host: remoteAddress, port: remotePort, version: info.redis_version ?? '0' },
    evictionPolicy: info.maxmemory_policy ?? 'unknown',
    maxMemoryBytes: Number(info.maxmemory ?? 0),
    usedMemoryBytes: Number(info.used_memory ?? 0),
    appendOnly: info.aof_enabled === '1',
    appendFlush: settings.appendfsync,
    savePoints: settings.save,
    isKept: info.rdb_last_bgsave_status !== 'err' && info.aof_last_write_status !== 'err',
    replicas: Object.entries(info).filter(([key, value]) => /^slave\d+$/.test(key) && /state=online/.test(value ?? ''))
      .length,
    aheadMs: Math.round(Number(seconds) * 1000 + Number(microseconds) / 1000 - nowMs),
  };
}

function parseInfo(text: string): Partial<Record<string, string>> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** Where Redis is a service, it may not tell its settings. */
async function readSettings(server: ServerClient): Promise<Partial<Record<string, string>>> {
  const answer: unknown = await server.config('GET', 'save', 'appendfsync').catch(() => []);
  const words = Array.isArray(answer) ? answer.map(String) : [];
  return Object.fromEntries(words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? '']] : [])));
}
