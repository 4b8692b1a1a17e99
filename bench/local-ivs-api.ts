/** How many GetChannel calls a second one local IVS answers on one core: `node bench/local-ivs-api.ts [seconds]`. Linux. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runLoad } from './http-load.ts';

const seconds = Number(process.argv[2] ?? 5);
const connections = 16;
/** What the project promises. */
const promisedCallsPerSecond = 5000;
/** The kernel counts CPU time in ticks of this length. */
const millisecondsPerTick = 10;

const toPath = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const headers = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261120/us-west-2/ivs/aws4_request, SignedHeaders=host, Signature=ab',
  'x-amz-date': '20261120T120000Z',
  'content-type': 'application/json',
};

const server = spawn(process.execPath, [toPath('../src/local-ivs/main.ts')], {
  env: { ...process.env, LOCAL_IVS_PORT: '0', LOCAL_IVS_THROTTLING: 'off' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const url = await readUrl(server);
  const body = JSON.stringify({ arn: await createChannel(url) });
  await load(url, body, 1);
  const before = { cpuMs: readCpuMs(server.pid), atMs: performance.now() };
  const callsPerSecond = await load(url, body, seconds);
  const elapsedMs = performance.now() - before.atMs;
  const cores = (readCpuMs(server.pid) - before.cpuMs) / elapsedMs;
  console.log(`GetChannel: ${Math.round(callsPerSecond)} calls a second, ${connections} connections`);
  console.log(
    `Server: ${cores.toFixed(2)} cores used; ${Math.round(callsPerSecond / cores)} calls a second for each core used`,
  );
  if (callsPerSecond / Math.max(cores, 1) < promisedCallsPerSecond) process.exitCode = 1;
} finally {
  server.kill();
}

async function readUrl({ stdout }: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  let printed = '';
  for await (const chunk of stdout) {
    printed += chunk;
    const [url] = /http:\/\/127\.0\.0\.1:\d+(?=\/_local)/.exec(printed) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('The local IVS did not start');
}

async function createChannel(url: string): Promise<string> {
  const response = await fetch(`${url}/CreateChannel`, { method: 'POST', headers, body: '{}' });
  const { channel } = await response.json();
  return channel.arn;
}

/** Calls GetChannel for so many seconds; how many were answered each second. */
async function load(url: string, body: string, durationSeconds: number): Promise<number> {
  const target = new URL(`${url}/GetChannel`);
  const lines = Object.entries({ host: target.host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  const head = [`POST ${target.pathname} HTTP/1.1`, ...lines].join('\r\n');
  const next = () => ({ head, body });
  return (await runLoad({ url: target, connections, seconds: durationSeconds, next, expectedStatus: 200 })).perSecond;
}

/** User and system time of a process so far: fields 14 and 15 of proc(5) stat, counted after the name in brackets. */
function readCpuMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * millisecondsPerTick;
}
