/** Starts real Redis servers for tests: private ones, on a free port, that keep nothing on disk. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { endWithTests } from './end-with-tests.ts';
import { findProgram, installProgram } from './programs.ts';
import { testCertificate } from './tls.ts';

const serverNames = ['redis-server', 'valkey-server'];
const startTimeoutMs = 30_000;

/** Below what Linux (32768 and up) and macOS (49152 and up) give to whoever asks for any port. */
const [minPort, maxPort] = [10_000, 32_000];
const maxPortTries = 10;

/** Debian asks this program whether a service may be started after its package was installed. */
const servicePolicyFile = '/usr/sbin/policy-rc.d';

/** A server process; all that it held is gone when it ends, unless it keeps its data. */
export interface RedisProcess {
  readonly port: number;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Ends the server. */
  stop(): Promise<void>;
  /** Starts it again on the same port, empty unless it keeps its data; also after `stop`. */
  restart(): Promise<void>;
  /** Makes the server hang: its connections stay open and nothing is answered. */
  pause(): void;
  resume(): void;
}

export interface RedisServer extends RedisProcess {
  /** `redis://127.0.0.1:<port>`, or `rediss:`, with the password when there is one. */
  readonly url: string;
}

export interface RedisOptions {
  /** Asked from every client; none when absent. */
  readonly password?: string;
  /** Whether it has again what it held when it is started again. Default: it is empty then. */
  readonly keepsData?: boolean;
  /** Whether it speaks TLS alone, with other servers too; see `trustTestCertificate`. */
  readonly tls?: boolean;
  /** Further arguments of the program. */
  readonly settings?: readonly string[];
}

/** How the program is started. */
interface Launch {
  /** The arguments for a port; the folder is the server's own, and its working directory. */
  toArguments(port: number, folder: string): readonly string[] | Promise<readonly string[]>;
  /** Is in the line that it prints when it can be used. */
  readonly readyText: string;
}

/** The path of a Redis server, which is installed first where it is not there; see `installProgram`. */
export async function ensureRedis(): Promise<string> {
  return findProgram(serverNames) ?? (await installServer());
}

/**
 * Starts a server on a free port of 127.0.0.1 and waits until it takes connections.
 * Throws when there is no server program and none can be installed; the message says what to install.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const { password = '', keepsData = false, tls = false, settings = [] } = options;
  const keeping = keepsData ? await createKeptFolder() : ['--save', '', '--appendonly', 'no'];
  const server = await launchRedis({
    toArguments: (port) => [
      ...['--bind', '127.0.0.1', ...(tls ? toTlsArguments(port) : ['--port', String(port)]), ...keeping],
      // For replicas: by itself a server waits 5 seconds whether more of them come.
      ...['--requirepass', password, '--masterauth', password, '--repl-diskless-sync-delay', '0', ...settings],
    ],
    readyText: 'Ready to accept connections',
  });
  const credentials = password === '' ? '' : `:${encodeURIComponent(password)}@`;
  return Object.assign(server, { url: `redis${tls ? 's' : ''}://${credentials}127.0.0.1:${server.port}` });
}

/** Settings of a server that speaks TLS alone, each with its value. */
export function listTlsSettings(port: number): readonly (readonly [string, string])[] {
  const { certificate, key } = testCertificate;
  return [
    ['port', '0'],
    ['tls-port', String(port)],
    ['tls-cert-file', certificate],
    ['tls-key-file', key],
    ['tls-ca-cert-file', certificate],
    ['tls-auth-clients', 'no'],
    ['tls-replication', 'yes'],
  ];
}

function toTlsArguments(port: number): string[] {
  return listTlsSettings(port).flatMap(([name, value]) => [`--${name}`, value]);
}

/** The settings of a server that has everything on disk before it answers, in a folder that outlives it. */
async function createKeptFolder(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'playgate-redis-kept-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return ['--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
}

/** Starts a server that follows another, and waits until it takes what that one writes. */
export async function startReplica(
  master: RedisServer,
  { settings = [], ...options }: RedisOptions = {},
): Promise<RedisServer> {
  const follow = ['--replicaof', '127.0.0.1', String(master.port)];
  const replica = await startRedis({ ...options, settings: [...follow, ...settings] });
  await waitUntilFollowed(master);
  return replica;
}

/** Waits until a replica of the server takes what is written. */
export async function waitUntilFollowed({ url }: RedisServer): Promise<void> {
  await waitUntil(() =>
    askRedis(url, async (client) => {
      // Replicas are sent this too, and nothing is left of it.
      await client.publish('followed', '');
      return (await client.wait(1, 100)) > 0;
    }),
  );
}

/** Starts the program, by whatever arguments, on a free port of 127.0.0.1. */
export async function launchRedis(launch: Launch): Promise<RedisProcess> {
  const program = await ensureRedis();
  const { port, child: first } = await startOnFreePort(program, launch);
  let child = first;
  return {
    port,
    get pid() {
      return child.pid ?? 0;
    },
    stop: () => kill(child),
    async restart() {
      await kill(child);
      child = await startServer(program, port, launch);
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

/** Asks a server something over a connection that ends with the answer. */
export async function askRedis<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { commandTimeout: 10_000, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** Looks every 20 ms until something is so; a question that fails is asked again. */
export async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = performance.now() + startTimeoutMs; performance.now() < endMs; await sleep(20))
    if (await isSo().catch(() => false)) return;
  throw new Error(`it did not become so: ${isSo}`);
}

/**
 * A port that the system gave as free may be another's by the time the server starts, or while it is stopped between
 * two runs. So the port is one that systems give to nobody by themselves, and another one when somebody has it.
 */
async function startOnFreePort(program: string, launch: Launch): Promise<{ port: number; child: ChildProcess }> {
  for (let triesLeft = maxPortTries; ; triesLeft--) {
    const port = randomInt(minPort, maxPort);
    try {
      return { port, child: await startServer(program, port, launch) };
    } catch (error) {
      if (triesLeft === 1 || !String(error).includes('Address already in use')) throw error;
    }
  }
}

async function startServer(program: string, port: number, launch: Launch): Promise<ChildProcess> {
  const cwd = await mkdtemp(join(tmpdir(), 'playgate-redis-'));
  const child = spawn(program, await launch.toArguments(port, cwd), { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const killNow = () => void child.kill('SIGKILL');
  const removeDirectory = () => rmSync(cwd, { recursive: true, force: true });
  endWithTests(child, () => {
    killNow();
    removeDirectory();
  });
  child.once('exit', removeDirectory);
  const timer = setTimeout(killNow, startTimeoutMs);
  try {
    await waitUntilReady(program, child.stdout, launch.readyText);
  } finally {
    clearTimeout(timer);
  }
  return child;
}

async function waitUntilReady(program: string, output: Readable, readyText: string): Promise<void> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: output })) {
    if (line.includes(readyText)) {
      // Read on, or the server would stop at a full pipe.
      output.resume();
      return;
    }
    lines.push(line);
  }
  throw new Error(`${program} did not start:\n${lines.join('\n')}`);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Debian's `redis-server`, without the service that its package would start on Redis's usual port. */
function installServer(): Promise<string> {
  return withoutServices(() =>
    installProgram({ names: serverNames, package: 'redis-server', title: 'Redis or Valkey' }),
  );
}

async function withoutServices<T>(install: () => Promise<T>): Promise<T> {
  // Where there is a policy already, it is the machine's own and stays as it is.
  const ours = await writeFile(servicePolicyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' }).then(
    () => true,
    () => false,
  );
  try {
    return await install();
  } finally {
    if (ours) await rm(servicePolicyFile, { force: true });
  }
}
