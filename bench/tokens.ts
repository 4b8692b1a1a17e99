/**
 * Tokens a second over HTTP, on Node with a real Redis, as a ratio to bare jose signatures in the same run.
 * Client, service and Redis share the machine; 64 requests are in flight, each for another viewer.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLocalIvs } from '../src/local-ivs/local-ivs.ts';
import { createApi, region } from '../test/black-box/api.ts';
import { toSettings } from '../test/black-box/target.ts';
import { startIdentityProvider } from '../test/support/identity-provider.ts';
import { startNodeService } from '../test/support/node-service.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { type LoadResult, runLoad } from './http-load.ts';

const inFlight = 64;
const rounds = 5;
const roundSeconds = 4;
const warmUpSeconds = 3;

const folder = await mkdtemp(join(tmpdir(), 'playgate-bench-'));
const [redis, localIvs, identityProvider] = await Promise.all([
  startRedis(),
  startLocalIvs({ port: 0, throttling: false }),
  startIdentityProvider(),
]);
const surroundings = { localIvs, identityProvider };
const service = await startNodeService({
  ...toSettings(surroundings),
  REDIS_URL: redis.url,
  KEYS_DIRECTORY: join(folder, 'keys'),
});
const api = createApi(
  () => service,
  () => surroundings,
);
await api.call('POST', '/v1/admin/keys', { body: { region } });
const channelArn = await api.createChannel();
const client = await api.createClient('issuer');
let viewers = 0;

console.log(
  `${cpus().length} cores, ${cpus()[0]?.model}; ${inFlight} in flight, ${rounds} rounds of ${roundSeconds} s each way`,
);
await issueTokens(warmUpSeconds);
const ratios: number[] = [];
for (let round = 1; round <= rounds; round++) {
  const signatures = await signWithJose();
  const tokens = await issueTokens(roundSeconds);
  ratios.push(tokens.perSecond / signatures);
  console.log(
    `round ${round}: ${tokens.perSecond.toFixed(0)} tokens/s (p50 ${tokens.p50Ms} ms, p99 ${tokens.p99Ms} ms), ` +
      `${signatures.toFixed(0)} bare signatures/s, ratio ${(tokens.perSecond / signatures).toFixed(3)}`,
  );
}
const median = ratios.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
console.log(`median ratio ${median.toFixed(3)} (wanted: at least 0.75)`);

await service.stop();
await Promise.all([redis.stop(), localIvs.close(), identityProvider.close(), rm(folder, { recursive: true })]);

/** Asks for tokens of distinct viewers. Throws when an answer is anything but 201. */
function issueTokens(seconds: number): Promise<LoadResult> {
  const url = new URL('/v1/tokens', service.url);
  const head = `POST /v1/tokens HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer ${client.key}\r\nContent-Type: application/json`;
  const next = () => {
    viewers++;
    return { head, body: `{"channelArn":"${channelArn}","viewerId":"viewer-${viewers}"}` };
  };
  return runLoad({ url, connections: inFlight, seconds, next, expectedStatus: 201 });
}

/** Bare signatures of the same claims a second, as many in flight, in a process of its own. */
async function signWithJose(): Promise<number> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('bare-signatures.ts', import.meta.url)), String(inFlight), String(roundSeconds)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await once(child, 'close');
  return Number(output);
}
