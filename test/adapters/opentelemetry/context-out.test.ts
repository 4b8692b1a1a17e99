/** W3C context on the way out: AWS and identity providers get to know of the trace, and a signature does not depend on it. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request as sendRequest } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createIvsControl } from '../../../src/adapters/ivs/ivs-control.ts';
import { createOidcKeys } from '../../../src/adapters/oidc-keys.ts';
import { createTracing, type Tracing } from '../../../src/adapters/opentelemetry/tracing.ts';
import { createSecretsManagerVault } from '../../../src/adapters/secrets-manager-vault.ts';
import { regionSchema } from '../../../src/ids.ts';
import { startLocalIvs } from '../../../src/local-ivs/local-ivs.ts';
import { listenOnFreePort } from '../../support/free-port.ts';
import { startJwksServer } from '../../support/jwks-server.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../../support/otlp-receiver.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { startSecretsManager } from '../../support/secrets-manager.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-of-the-test' };
const region = regionSchema.parse('us-west-2');
let collector: OtlpReceiver;
let tracing: Tracing;

beforeAll(async () => {
  collector = await startOtlpReceiver();
  const config = { url: `${collector.url}/v1/traces`, headers: {}, serviceName: 'playgate', ratio: 1 };
  tracing = createTracing(config, { log: createRecordingLog(), version: '0' });
});
afterAll(() => collector.close());

/** Passes requests on as they are, and keeps their headers. */
async function startRecorder(origin: string) {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    const { method, url, headers } = request;
    const passed = sendRequest(new URL(url ?? '', origin), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
  });
  const port = await listenOnFreePort(server);
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function findSpan(name: string) {
  const find = () => collector.spans.findLast((span) => span.name === name);
  await expect.poll(find).toBeDefined();
  return find();
}

it('goes with a call to IVS, whose signature holds without it', async () => {
  const localIvs = await startLocalIvs({ port: 0, credentials: [credentials] });
  const recorder = await startRecorder(localIvs.url);
  const aws = { ivsEndpoint: recorder.url, credentials, timeoutMs: 5000 };
  const ivs = createIvsControl(tracing.toTracedAws(aws));
  expect(await tracing.runWork('test', () => ivs.listKeyPairs(region))).toEqual([]);
  const span = await findSpan('ivs ListPlaybackKeyPairs');
  const [headers] = recorder.seen;
  expect(headers?.traceparent).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
  expect(headers?.authorization).toMatch(/SignedHeaders=/);
  expect(headers?.authorization).not.toContain('traceparent');

  // Nobody's trace: nothing is sent, and nothing recorded.
  const before = collector.spans.length;
  expect(await ivs.listKeyPairs(region)).toEqual([]);
  expect(recorder.seen.at(-1)?.traceparent).toBeUndefined();
  expect(collector.spans.length).toBe(before);
  await recorder.close();
  await localIvs.close();
});

it('goes with a call to Secrets Manager', async () => {
  const secretsManager = await startSecretsManager();
  const recorder = await startRecorder(secretsManager.url);
  const config = { kind: 'secrets_manager', region, prefix: 'playgate/', endpoint: recorder.url } as const;
  const vault = createSecretsManagerVault(config, tracing.toTracedAws({ credentials, timeoutMs: 5000 }));
  await tracing.runWork('test', () => vault.ping());
  const span = await findSpan('secretsmanager GetSecretValue');
  expect(recorder.seen[0]?.traceparent).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
  expect(span?.attributes['error.type']).toBe('ResourceNotFoundException');
  await recorder.close();
  await secretsManager.close();
});

it('goes with a fetch of keys, of which a span says the host alone', async () => {
  const jwks = await startJwksServer();
  const recorder = await startRecorder(jwks.url);
  const jwksUrl = `${recorder.url}/keys?token=secret-of-the-test`;
  const findKey = createOidcKeys({ jwksUrl, timeoutMs: 5000, staleHours: 1 }, tracing);
  await expect(
    tracing.runWork('test', async () => findKey({ alg: 'ES256', kid: 'none' }, { payload: '', signature: '' })),
  ).rejects.toThrow();
  const span = await findSpan('GET');
  expect(recorder.seen[0]?.traceparent).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
  expect(span?.attributes).toEqual({
    'http.request.method': 'GET',
    'http.response.status_code': 200,
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(recorder.url).port),
  });
  expect(collector.bodies.join('')).not.toContain('secret-of-the-test');
  await recorder.close();
  await jwks.close();
});
