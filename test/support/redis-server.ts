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
import { endWithTests } from './end-with-tests.ts';
import { findProgram, installProgram } from './programs.ts';

const serverNames = ['redis-server', 'valkey-server'];
const startTimeoutMs = 30_000;

/** Below what Linux (32768 and up) and macOS (49152 and up) give to whoever asks for any port. */
const [minPort, maxPort] = [10_000, 32_000];
const maxPortTries = 10;

/** Debian asks this program whether a service may be started after its package was installed. */
const servicePolicyFile = '/usr/sbin/policy-rc.d';

export interface RedisServer {
  /** `redis://127.0.0.1:<port>`, with the password when there is one. */
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Ends the server. All that it held is gone. */
  stop(): Promise<void>;
  /** Starts it again on the same port, empty; also after `stop`. */
  restart(): Promise<void>;
  /** Makes the server hang: its connections stay open and nothing is answered. */
  pause(): void;
  resume(): void;
}

export interface RedisOptions {
  /** Asked from every client; none when absent. */
  readonly password?: string;
}

/** The path of a Redis server, which is installed first where it is not there; see `installProgram`. */
export async function ensureRedis(): Promise<string> {
  return findProgram(serverNames) ?? (await installServer());
}

/**
 * Starts a server on a free port of 127.0.0.1 and waits until it takes connections.
 * Throws when there is no server program and none can be installed; the message says what to install.
 */
export async function startRedis({ password }: RedisOptions = {}): Promise<RedisServer> {
  const program = await ensureRedis();
  const { port, child: first } = await startOnFreePort(program, password);
  let child = first;
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;

  return {
    url: `redis://${credentials}127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid ?? 0;
    },
    stop: () => kill(child),
    async restart() {
      await kill(child);
      child = await startServer(program, port, password);
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

/**
 * A port that the system gave as free may be another's by the time the server starts, or while it is stopped between
 * two runs. So the port is one that systems give to nobody by themselves, and another one when somebody has it.
 */
async function startOnFreePort(program: string, password?: string): Promise<{ port: number; child: ChildProcess }> {
  for (let triesLeft = maxPortTries; ; triesLeft--) {
    const port = randomInt(minPort, maxPort);
    try {
      return { port, child: await startServer(program, port, password) };
    } catch (error) {
      if (triesLeft === 1 || !String(error).includes('Address already in use')) throw error;
    }
  }
}

async function startServer(program: string, port: number, password = ''): Promise<ChildProcess> {
  const cwd = await mkdtemp(join(tmpdir(), 'playgate-redis-'));
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'];
  const child = spawn(program, [...settings, '--requirepass', password], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const killNow = () => void child.kill('SIGKILL');
  const removeDirectory = () => rmSync(cwd, { recursive: true, force: true });
  endWithTests(child, () => {
    killNow();
    removeDirectory();
  });
  child.once('exit', removeDirectory);
  const timer = setTimeout(killNow, startTimeoutMs);
  try {
    await waitUntilReady(program, child.stdout);
  } finally {
    clearTimeout(timer);
  }
  return child;
}

async function waitUntilReady(program: string, output: Readable): Promise<void> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: output })) {
    if (line.includes('Ready to accept connections')) {
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
