/** What a client of Redis is to us: its commands, one for each of our scripts among them. It holds no queue while Redis is away, and sends nothing twice. */
import type { ChainableCommander, Redis, RedisCommander } from 'ioredis';
import { type ScriptName, type ScriptTexts, scriptFiles, toScript } from './scripts.ts';

type ScriptRunner = Readonly<Record<ScriptName, (...args: (string | number)[]) => Promise<unknown>>>;

/** The commands of Redis and a method for each of our scripts: the prefix of all keys goes first, then the ARGV. */
export type RedisClient = RedisCommander & ScriptRunner & { pipeline(): ChainableCommander };

/** A connection of its own to one Redis server. */
export type ServerClient = Redis & ScriptRunner;

/** One client, however Redis is run. It is opened once, and opens again by itself what it loses until it is closed. */
export interface RedisHandle {
  readonly client: RedisClient;
  /** `ready`, or what it is instead. */
  readonly status: string;
  /** Connects to what it has to; rejects when that fails at first. */
  connect(): Promise<void>;
  /** Drops every connection, and opens none again. */
  close(): void;
  /** Gives up what was found unfit for use, as when it does not answer, and opens another. */
  startAfresh(reason: string): void;
  /** The client of the server that has the key, of a connection that is open. Rejects when there is none. */
  findServer(key: string): Promise<ServerClient>;
  /** Asks anew which server has which keys; nothing happens where there is one server. */
  refreshServers(): void;
}

/** What every client has to know, however Redis is run. */
export interface ClientOptions {
  /** The `redis://` or `rediss://` URL of a server, with the credentials of all of them. */
  readonly url: string;
  /** For connecting, in milliseconds. */
  readonly timeoutMs: number;
  /** For each command, in milliseconds. */
  readonly commandTimeoutMs: number;
  /** What the client makes methods of. */
  readonly scripts: ScriptTexts;
  /** Sends commands of the same moment together. Not where some of them wait in Redis: the others would wait too. */
  readonly batches: boolean;
  /** Told when a server is away, with its address where there are several; told often of the same. */
  readonly onAway: (reason: string, node?: string) => void;
  /** Told when a server is there. */
  readonly onReady: (node?: string) => void;
}

/** Until a connection is dropped that the other side does not close; it is no use to anybody meanwhile. */
const closeTimeoutMs = 100;

/** Between two tries to connect again. */
const [minRetryMs, maxRetryMs] = [50, 500];

/** A server that was demoted, that has lost its master, or that reads its data: there is nothing to be had of it on this connection. */
const unfitErrors = /^-?(READONLY|MASTERDOWN|LOADING) /;

/** Whether an answer says that the server cannot serve us, now or any more. */
export function isUnfit(error: Error): boolean {
  return unfitErrors.test(error.message);
}

/** Milliseconds until the next try to connect, by how many there were. */
export function toRetryDelayMs(tries: number): number {
  return Math.min(minRetryMs * tries, maxRetryMs);
}

/** The options of the client that are the same for every connection to a server. */
export function toServerOptions({ timeoutMs, commandTimeoutMs, scripts }: ClientOptions) {
  return {
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: timeoutMs,
    disconnectTimeout: closeTimeoutMs,
    maxLoadingRetryTime: minRetryMs,
    scripts: toCommands(scripts),
  } as const;
}

/** What the client makes a command of for each script: it sends the script's hash, and the script itself where Redis lacks it. */
export function toCommands(
  texts: ScriptTexts,
): Record<string, { readonly lua: string; readonly numberOfKeys: number }> {
  const commands = Object.entries(scriptFiles).map(([name, files]) => [
    name,
    { lua: toScript(files, texts), numberOfKeys: 1 },
  ]);
  return Object.fromEntries(commands);
}
