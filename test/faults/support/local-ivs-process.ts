/** The local IVS as a process of its own: what it was told, and how it is made to fail. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CreateChannelCommand, IvsClient } from '@aws-sdk/client-ivs';
import { z } from 'zod';
import { endWithTests } from '../../support/end-with-tests.ts';
import { toToldKey } from '../history.ts';

const entry = fileURLToPath(new URL('../../../src/local-ivs/main.ts', import.meta.url));
const startTimeoutMs = 30_000;

const toldSchema = z.object({
  revocations: z.array(
    z.object({
      channelArn: z.string(),
      viewerId: z.string(),
      bounds: z.array(z.object({ viewerSessionVersionsLessThanOrEqualTo: z.number() })),
    }),
  ),
});

export interface LocalIvsProcess {
  readonly url: string;
  /** Sends a request to the control endpoint, such as `POST /faults`. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  createChannel(region: string): Promise<string>;
  /** The highest session version that it was told to end, by channel and viewer: see `toToldKey`. */
  told(): Promise<ReadonlyMap<string, number>>;
  pause(): void;
  resume(): void;
  end(): Promise<void>;
}

/** Starts it on a free port with its state in memory; it refuses calls beyond IVS's rates, as IVS does. */
export async function startLocalIvsProcess(): Promise<LocalIvsProcess> {
  const child = spawn(process.execPath, [entry], {
    env: { PATH: process.env.PATH ?? '', LOCAL_IVS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithTests(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const url = await waitForUrl(() => output);

  async function control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${url}/_local${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /_local${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  const loadTold = async () => toldSchema.parse(await control('GET', '/revocations')).revocations;
  return {
    url,
    control,
    createChannel: (region) => createChannel(url, region),
    told: async () =>
      new Map(
        (await loadTold()).map(({ channelArn, viewerId, bounds }) => [
          toToldKey(channelArn, viewerId),
          Math.max(0, ...bounds.map((bound) => bound.viewerSessionVersionsLessThanOrEqualTo)),
        ]),
      ),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function waitForUrl(output: () => string): Promise<string> {
  for (const deadline = performance.now() + startTimeoutMs; performance.now() < deadline; ) {
    const url = /^Local IVS on (http:\S+);/m.exec(output())?.[1];
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the local IVS did not start:\n${output()}`);
}

async function createChannel(endpoint: string, region: string): Promise<string> {
  const client = new IvsClient({ region, endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const { channel } = await client.send(new CreateChannelCommand({ authorized: true }));
  client.destroy();
  if (channel?.arn === undefined) throw new Error('the local IVS made no channel');
  return channel.arn;
}
