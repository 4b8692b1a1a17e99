/** What part of a core one local IVS needs for 1,000 viewers: `node bench/local-ivs-playback.ts`. */
import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateChannelCommand, ImportPlaybackKeyPairCommand, IvsClient } from '@aws-sdk/client-ivs';
import { SignJWT } from 'jose';
import { z } from 'zod';

const sessionCount = 1_000;
const pollMs = 2_000;
const warmUpMs = 4_000;
const measuredMs = 15_000;
const maxCoreShare = 0.5;

/** Runs in the server's process, as nothing else knows its CPU time on every system. */
const cpuReporter = `data:text/javascript,process.on('message', () => process.send(process.cpuUsage())); process.channel.unref()`;

/** Microseconds, as `process.cpuUsage()` counts them. */
const cpuUsage = z.object({ user: z.number(), system: z.number() });

/** What happened between two moments. */
interface Tally {
  readonly latenciesMs: number[];
  refused: number;
}

const server = fork(new URL('../src/local-ivs/main.ts', import.meta.url), {
  execArgv: ['--import', cpuReporter],
  env: { ...process.env, LOCAL_IVS_PORT: '0', LOCAL_IVS_DATA: undefined },
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
try {
  const url = await readUrl(server);
  const channel = await createLiveChannel(url);
  const variantUrls = await Promise.all(
    Array.from({ length: sessionCount }, (_, viewer) => startSession(channel, url, `viewer-${viewer}`)),
  );
  const tally: Tally = { latenciesMs: [], refused: 0 };
  const stop = new AbortController();
  const polls = variantUrls.map((variantUrl, viewer) =>
    poll(variantUrl, (viewer / sessionCount) * pollMs, tally, stop.signal),
  );
  await sleep(warmUpMs);
  const before = await readCpuSeconds(server);
  const startedAtMs = performance.now();
  tally.latenciesMs.length = 0;
  await sleep(measuredMs);
  const coreShare = ((await readCpuSeconds(server)) - before) / ((performance.now() - startedAtMs) / 1000);
  const measured = { ...tally, latenciesMs: [...tally.latenciesMs] };
  stop.abort();
  await Promise.all(polls);
  report(measured, coreShare);
} finally {
  server.kill('SIGTERM');
}

async function readUrl({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('the local IVS has no output');
  for await (const line of createInterface(stdout)) {
    const url = /AWS_ENDPOINT_URL_IVS=(\S+)/.exec(line)?.[1];
    if (url !== undefined) {
      stdout.resume();
      return url;
    }
  }
  throw new Error('the local IVS did not start');
}

interface LiveChannel {
  readonly arn: string;
  readonly playbackUrl: string;
  readonly privateKey: KeyObject;
}

async function createLiveChannel(endpoint: string): Promise<LiveChannel> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new IvsClient({ endpoint, region: 'us-west-2', credentials });
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const publicKeyMaterial = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await client.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial }));
  const { channel } = await client.send(new CreateChannelCommand({ name: 'bench', authorized: true }));
  if (!channel?.arn || !channel.playbackUrl) throw new Error('the local IVS made no channel');
  const streamUrl = `${endpoint}/_local/channels/${encodeURIComponent(channel.arn)}/stream`;
  const headers = { 'content-type': 'application/json' };
  const live = await fetch(streamUrl, { method: 'PUT', headers, body: '{}' });
  if (!live.ok) throw new Error(`the channel did not go live: ${live.status} ${await live.text()}`);
  return { arn: channel.arn, playbackUrl: channel.playbackUrl, privateKey };
}

/** Starts to watch with a token of its own; answers the URL of the best variant. */
async function startSession(
  { arn, playbackUrl, privateKey }: LiveChannel,
  url: string,
  viewerId: string,
): Promise<string> {
  const token = await new SignJWT({ 'aws:channel-arn': arn, 'aws:viewer-id': viewerId })
    .setProtectedHeader({ alg: 'ES384', typ: 'JWT' })
    .setExpirationTime('5 minutes')
    .sign(privateKey);
  const answer = await fetch(`${url}${new URL(playbackUrl).pathname}?token=${token}`);
  const playlist = await answer.text();
  const variantUrl = playlist.split('\n').find((line) => line.startsWith('http'));
  if (!answer.ok || variantUrl === undefined) throw new Error(`playback did not start: ${answer.status} ${playlist}`);
  return variantUrl;
}

async function poll(variantUrl: string, delayMs: number, tally: Tally, signal: AbortSignal): Promise<void> {
  await sleep(delayMs);
  while (!signal.aborted) {
    const startedAtMs = performance.now();
    const answer = await fetch(variantUrl);
    const playlist = await answer.text();
    tally.latenciesMs.push(performance.now() - startedAtMs);
    if (!answer.ok || !playlist.includes('#EXTINF')) tally.refused += 1;
    await sleep(Math.max(0, startedAtMs + pollMs - performance.now()));
  }
}

async function readCpuSeconds(process: ChildProcess): Promise<number> {
  process.send('cpu');
  const [answer]: unknown[] = await once(process, 'message');
  const { user, system } = cpuUsage.parse(answer);
  return (user + system) / 1_000_000;
}

function report({ latenciesMs, refused }: Tally, coreShare: number): void {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const percentile = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
  console.log(
    `${sessionCount} sessions, each polling its variant playlist every ${pollMs / 1000} s for ${measuredMs / 1000} s`,
  );
  console.log(`${((sorted.length * 1000) / measuredMs).toFixed(0)} playlists a second, ${refused} refused`);
  console.log(`latency: median ${percentile(0.5)} ms, 99th percentile ${percentile(0.99)} ms`);
  console.log(`CPU of the local IVS: ${(coreShare * 100).toFixed(1)} % of a core (at most ${maxCoreShare * 100} %)`);
  if (refused > 0 || coreShare >= maxCoreShare) process.exitCode = 1;
}
