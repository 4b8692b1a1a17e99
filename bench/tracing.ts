/**
 * CPU of the service for a token, on Node with a real Redis: without traces, with all of them recorded, and with one in a hundred. The entry of
 * another checkout (`node bench/tracing.ts <its src/runtimes/node/main.ts>`) is measured beside these, without traces. The ways take turns.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalIvs } from '../src/local-ivs/local-ivs.ts';
import { createApi, region } from '../test/black-box/api.ts';
import { toSettings } from '../test/black-box/target.ts';
import { startIdentityProvider } from '../test/support/identity-provider.ts';
import { nodeEntry, startNodeService } from '../test/support/node-service.ts';
import { startOtlpReceiver } from '../test/support/otlp-receiver.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { runLoad } from './http-load.ts';

const inFlight = 16;
const rounds = 9;
const roundSeconds = 3;

/** Of Linux's `/proc`: USER_HZ. */
const ticksPerSecond = 100;

const [otherEntry] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'playgate-bench-'));
const [redis, localIvs, identityProvider, collector] = await Promise.all([
  startRedis(),
  startLocalIvs({ port: 0, throttling: false }),
  startIdentityProvider(),
  startOtlpReceiver(),
]);
const surroundings = { localIvs, identityProvider };
const settings = {
  ...toSettings(surroundings),
  REDIS_URL: redis.url,
  KEYS_DIRECTORY: join(folder, 'keys'),
  REDIS_TIMEOUT_MS: '10000',
};
const traced = { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };

const ways = [
  ...(otherEntry === undefined
    ? []
    : [{ name: 'other checkout, off', service: await startNodeService(settings, undefined, otherEntry) }]),
  { name: 'off', service: await startNodeService(settings) },
  { name: 'on, ratio 1', service: await startNodeService(traced, undefined, nodeEntry) },
  { name: 'on, ratio 0.01', service: await startNodeService({ ...traced, OTEL_TRACES_SAMPLER_ARG: '0.01' }) },
];
const first = ways[0]?.service;
if (first === undefined) throw new TypeError('there is always a way');
const api = createApi(
  () => first,
  () => surroundings,
);
await api.call('POST', '/v1/admin/keys', { body: { region } });
const channelArn = await api.createChannel();
const client = await api.createClient('issuer');
let viewers = 0;

console.log(
  `${cpus().length} cores, ${cpus()[0]?.model}; ${inFlight} in flight, ${rounds} rounds of ${roundSeconds} s`,
);
const microseconds = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
for (const { service } of ways) await measure(service);
for (let round = 0; round < rounds; round++)
  for (const { name, service } of ways.map((_, index) => ways[(index + round) % ways.length] ?? _))
    microseconds.get(name)?.push(await measure(service));
for (const [name, values] of microseconds) {
  const sorted = values.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(rounds / 2)] ?? 0;
  console.log(
    `${name}: median ${median.toFixed(0)} us of CPU a token (${sorted.map((each) => each.toFixed(0)).join(' ')})`,
  );
}

await Promise.all(ways.map(({ service }) => service.stop()));
await Promise.all([redis.stop(), localIvs.close(), identityProvider.close(), collector.close()]);
await rm(folder, { recursive: true });

/** Microseconds of CPU, user and system, of the service for each token. */
async function measure({ url: base, pid }: { readonly url: string; readonly pid: number }): Promise<number> {
  const url = new URL('/v1/tokens', base);
  const head = `POST /v1/tokens HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer ${client.key}\r\nContent-Type: application/json`;
  const from = viewers;
  const next = () => {
    viewers++;
    return { head, body: `{"channelArn":"${channelArn}","viewerId":"viewer-${viewers}"}` };
  };
  const before = readCpuSeconds(pid);
  await runLoad({ url, connections: inFlight, seconds: roundSeconds, next, expectedStatus: 201 });
  return ((readCpuSeconds(pid) - before) * 1e6) / (viewers - from);
}

function readCpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
