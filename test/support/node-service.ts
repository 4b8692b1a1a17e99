/** The service on Node as a process of its own: as in production, or as on a laptop. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SendOptions, Target } from '../black-box/target.ts';
import { endWithTests } from './end-with-tests.ts';

/** What the process runs. */
export const nodeEntry = fileURLToPath(new URL('../../src/runtimes/node/main.ts', import.meta.url));
export const laptopEntry = fileURLToPath(new URL('../../src/runtimes/laptop/main.ts', import.meta.url));

const countryHeader = 'x-viewer-country';
const startTimeoutMs = 45_000;

export interface NodeService extends Omit<Target, 'secrets' | 'database'> {
  readonly url: string;
  readonly pid: number;
  /** Ends the process at once, as a crash does. */
  kill(): Promise<void>;
  /** Signals the process, and waits for nothing. */
  signal(signal: NodeJS.Signals): void;
  /** With how it ended: its exit code, null when it was killed. */
  readonly exited: Promise<number | null>;
  /** Reads no more of what it logs, as a reader does who hangs, or reads on. */
  readLogs(reads: boolean): void;
}

/** Starts the service with these settings and nothing else of the environment but the PATH. */
export function startNodeService(
  settings: Readonly<Record<string, string>>,
  cwd?: string,
  entry: string = nodeEntry,
): Promise<NodeService> {
  return startService([process.execPath, entry], { PATH: process.env.PATH ?? '', ...settings }, cwd);
}

/** Starts the service by a command, in this environment. The process that the command starts must be, or become, the service. */
export async function startService(
  [program = '', ...words]: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<NodeService> {
  const child = spawn(program, words, {
    ...(cwd !== undefined && { cwd }),
    // No load balancer has to learn that it ends.
    env: { PORT: '0', SHUTDOWN_DELAY_MS: '0', COUNTRY_HEADER: countryHeader, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithTests(child);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const exited = once(child, 'exit').then(([code]): number | null => code);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };

  const deadline = Date.now() + startTimeoutMs;
  let url: string | undefined;
  while (url === undefined) {
    url = /"url":"(http:[^"]+)","event":"started"/.exec(output)?.[1];
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the service did not start:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const base = url;
  return {
    url: base,
    pid: child.pid ?? 0,
    logs: () => output,
    keepsNumbers: true,
    send: (path, { country, headers, ...init }: SendOptions = {}) =>
      fetch(new URL(path, base), {
        ...init,
        headers: { ...headers, ...(country !== undefined && { [countryHeader]: country }) },
      }),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    signal: (signal) => void child.kill(signal),
    exited,
    readLogs: (reads) => void (reads ? child.stdout.resume() : child.stdout.pause()),
  };
}
