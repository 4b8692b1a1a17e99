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

export interface NodeService extends Omit<Target, 'secrets'> {
  readonly url: string;
  readonly pid: number;
  /** Ends the process at once, as a crash does. */
  kill(): Promise<void>;
}

/** Starts the service with these settings and nothing else of the environment but the PATH. */
export async function startNodeService(
  settings: Readonly<Record<string, string>>,
  cwd?: string,
  entry: string = nodeEntry,
): Promise<NodeService> {
  const child = spawn(process.execPath, [entry], {
    ...(cwd !== undefined && { cwd }),
    env: { PATH: process.env.PATH ?? '', PORT: '0', COUNTRY_HEADER: countryHeader, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithTests(child);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const exited = once(child, 'exit');
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
    send: (path, { country, headers, ...init }: SendOptions = {}) =>
      fetch(new URL(path, base), {
        ...init,
        headers: { ...headers, ...(country !== undefined && { [countryHeader]: country }) },
      }),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
