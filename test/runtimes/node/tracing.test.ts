/** Traces of a process: nothing of them is there when they are off, and nobody waits for a collector when they are on. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningLocalIvs, startLocalIvs } from '../../../src/local-ivs/local-ivs.ts';
import { type Api, createApi, region } from '../../black-box/api.ts';
import { adminKey } from '../../black-box/target.ts';
import { type NodeService, startNodeService } from '../../support/node-service.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../../support/otlp-receiver.ts';
import { measure } from '../../support/within.ts';

const patience = { timeout: 30_000 };

describe('the traces of a process', () => {
  let localIvs: RunningLocalIvs;
  let collector: OtlpReceiver;
  let folder: string;
  let service: NodeService | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'playgate-'));
    // Each takes three key pairs at most.
    localIvs = await startLocalIvs({ port: 0, throttling: false });
    collector = await startOtlpReceiver();
  });
  afterEach(async () => {
    await service?.kill();
    await collector.close();
    await localIvs.close();
    await rm(folder, { recursive: true });
  });

  async function start(settings: Readonly<Record<string, string>>): Promise<NodeService> {
    service = await startNodeService({
      PLAYGATE_ADMIN_KEY: adminKey,
      AWS_ENDPOINT_URL_IVS: localIvs.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'secret-access-key-of-the-tests',
      DATABASE_FILE: join(folder, 'playgate.db'),
      KEYS_DIRECTORY: join(folder, 'keys'),
      ...settings,
    });
    return service;
  }
  /** With a channel, and a key that signs. */
  async function startIssuing(
    settings: Readonly<Record<string, string>>,
  ): Promise<{ api: Api; service: NodeService; channelArn: string }> {
    const started = await start(settings);
    const api = createApi(
      () => started,
      () => ({ localIvs, identityProvider: { jwksUrl: '', sign: async () => '', close: async () => undefined } }),
    );
    expect((await api.call('POST', '/v1/admin/keys', { body: { region } })).status).toBe(201);
    return { api, service: started, channelArn: await api.createChannel() };
  }
  const traced = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const createTraceparent = (flags: string) => {
    const traceId = randomBytes(16).toString('hex');
    return { traceId, headers: { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}` } };
  };
  const hasTrace = (traceId: string) => collector.spans.some((span) => span.traceId === traceId);

  describe('without a collector', () => {
    const NODE_OPTIONS = `--import ${fileURLToPath(new URL('../../support/tell-modules.ts', import.meta.url))}`;
    const findLoaded = (logs: string) =>
      [...logs.matchAll(/^loaded .*\/node_modules\/((?:@[\w-]+\/)?[\w-]+)\//gm)].map(([, name]) => name);

    it('load nothing of OpenTelemetry but what the numbers of Prometheus bring along', async () => {
      const { service: started, api, channelArn } = await startIssuing({ NODE_OPTIONS });
      expect((await api.issue({ channelArn })).status).toBe(201);
      const loaded = new Set(findLoaded(started.logs()));
      expect(loaded).toContain('pino');
      expect([...loaded].filter((name) => name?.includes('otel') || name?.includes('telemetry'))).toEqual([
        '@opentelemetry/api',
      ]);
      await started.kill();

      const other = await start({ NODE_OPTIONS, ...traced() });
      expect(findLoaded(other.logs())).toContain('@opentelemetry/sdk-trace');
    });

    it('name the trace of a caller in the line of its request, and none that is malformed', async () => {
      const { service: started, api, channelArn } = await startIssuing({});
      const { traceId, headers } = createTraceparent('01');
      await api.issue({ channelArn }, { headers });
      const malformed = `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`;
      await api.issue({ channelArn }, { headers: { traceparent: malformed } });
      const lines = started
        .logs()
        .split('\n')
        .filter((line) => line.includes('"route":"/v1/tokens"'));
      const traceIds = lines.map((line) => JSON.parse(line).traceId);
      expect(traceIds).toEqual([traceId, undefined]);
    });
  });

  it('are recorded for the part that is set, and follow the flag of a trusted proxy alone', async () => {
    const none = { ...traced(), OTEL_TRACES_SAMPLER_ARG: '0' };
    const { api, channelArn } = await startIssuing({ ...none, TRUSTED_PROXIES: '127.0.0.1' });
    const [sampled, unsampled] = [createTraceparent('01'), createTraceparent('00')];
    await api.issue({ channelArn });
    await api.issue({ channelArn }, { headers: unsampled.headers });
    await api.issue({ channelArn }, { headers: sampled.headers });
    await expect.poll(() => hasTrace(sampled.traceId), patience).toBe(true);
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([sampled.traceId]));
    await service?.kill();

    // Nothing comes of a stranger: what waits goes out at the end of the process.
    const stranger = await start(none);
    const forced = createTraceparent('01');
    const { status } = await stranger.send('/v1/admin/keys', { headers: forced.headers });
    expect(status).toBe(401);
    await stranger.stop();
    expect(hasTrace(forced.traceId)).toBe(false);
  });

  it('go out at the end of the process', async () => {
    const started = await start(traced());
    const { traceId, headers } = createTraceparent('01');
    await started.send('/v1/admin/keys', { headers });
    await started.stop();
    expect(await started.exited).toBe(0);
    expect(hasTrace(traceId)).toBe(true);
  });

  describe.each(['away', 'hang', 'slow', 'broken'] as const)('to a collector that is %s', (trouble) => {
    it('let no token wait, nor the end of the process, and say so once', async () => {
      if (trouble === 'away') await collector.close();
      else collector.trouble = trouble;
      const { api, service: started, channelArn } = await startIssuing(traced());
      const tookMs: number[] = [];
      // Long enough for several batches, which go out every second.
      for (const endsAt = Date.now() + 3500; Date.now() < endsAt; ) {
        const issued = await measure(() => api.issue({ channelArn }));
        expect(issued.ended.status).toBe(201);
        tookMs.push(issued.tookMs);
      }
      // Who waits for the collector waits two seconds, or five.
      expect(tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length * 0.99)]).toBeLessThan(1000);
      const { tookMs: endingMs } = await measure(() => started.stop());
      expect(endingMs).toBeLessThan(4000);
      expect(await started.exited).toBe(0);
      const said = started
        .logs()
        .split('\n')
        .filter((line) => line.includes('spans_dropped'));
      if (trouble === 'away' || trouble === 'broken') expect(said).toHaveLength(1);
      expect(said.join('')).not.toContain(collector.url);
      if (trouble === 'away') collector = await startOtlpReceiver();
    });
  });
});
