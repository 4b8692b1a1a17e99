/** A Redis server that keeps its data on disk over its death, on one port, with the settings that a scenario gives. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { endWithTests } from '../../support/end-with-tests.ts';
import { ensureRedis } from '../../support/redis-server.ts';

/** The password of every Redis of a run; Sentinels have the same. */
export const redisPassword = 'redis-password-of-the-fault-runs';

const startTimeoutMs = 30_000;
const commandTimeoutMs = 5000;

/** Below what systems give to whoever asks for any port, and with room for a Cluster's bus, which listens 10000 above. */
const [minPort, maxPort] = [12_000, 22_000];

export interface RedisProcess {
  readonly port: number;
  readonly pid: number;
  /** Ends it at once, as a crash does. What is on its disk stays. */
  kill(): Promise<void>;
  /** Starts it again on its port with what is on its disk; `changes` are words of its command line for this time. */
  start(changes?: readonly string[], waitUntilLoaded?: boolean): Promise<void>;
  /** Sends one command over a connection of its own. */
  command(...words: readonly (string | number)[]): Promise<unknown>;
  pause(): void;
  resume(): void;
  /** Ends it, and removes what is on its disk. */
  end(): Promise<void>;
}

/** Settings of a server that loses nothing that it acknowledged when it is killed. */
export const durable: readonly string[] = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];

/** Settings of a server that keeps nothing. */
export const forgetful: readonly string[] = ['--appendonly', 'no', '--save', ''];

const chosenPorts = new Set<number>();

/** A port on which nobody listens, which the system gives to nobody by itself, and which this run gave to nobody yet. */
export async function choosePort(): Promise<number> {
  for (;;) {
    const port = randomInt(minPort, maxPort);
    if (chosenPorts.has(port) || !(await isFree(port))) continue;
    chosenPorts.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listens) await new Promise((resolve) => server.close(resolve));
  return listens;
}

/** Starts a server, asking for the password, and waits until it has loaded its data. */
export async function startRedisProcess(settings: readonly string[] = durable, port?: number): Promise<RedisProcess> {
  const own = port ?? (await choosePort());
  const program = await ensureRedis();
  const folder = await mkdtemp(join(tmpdir(), 'playgate-faults-redis-'));
  const words = ['--bind', '127.0.0.1', '--port', String(own), '--requirepass', redisPassword, ...settings];
  let child: ChildProcess | undefined;

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  const server: RedisProcess = {
    port: own,
    get pid() {
      return child?.pid ?? 0;
    },
    kill,
    async start(changes = [], waitUntilLoaded = true) {
      await kill();
      const started = spawn(program, [...words, ...changes], { cwd: folder, stdio: 'ignore' });
      endWithTests(started, () => {
        started.kill('SIGKILL');
        rmSync(folder, { recursive: true, force: true });
      });
      child = started;
      if (waitUntilLoaded) await waitUntilAnswering(server, started);
    },
    command: (...command) => sendCommand(own, command),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async end() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

async function waitUntilAnswering(server: RedisProcess, child: ChildProcess): Promise<void> {
  for (const deadline = performance.now() + startTimeoutMs; performance.now() < deadline; await sleep(30)) {
    if (child.exitCode !== null) throw new Error(`redis-server on port ${server.port} ended with ${child.exitCode}`);
    if ((await server.command('PING').catch(() => undefined)) === 'PONG') return;
  }
  throw new Error(`redis-server on port ${server.port} did not start in time`);
}

/** Sends one command to the server on a port over a connection of its own, with the password unless another is given. */
export async function sendCommand(
  port: number,
  [name = '', ...words]: readonly (string | number)[],
  password: string = redisPassword,
): Promise<unknown> {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    password,
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.call(String(name), [...words]);
  } finally {
    client.disconnect();
  }
}
