/** The numbers of a process: what happened is in them, what is gone is not, and their number has a bound. */
import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createIvsControl } from '../../src/adapters/ivs/ivs-control.ts';
import { measurePorts } from '../../src/adapters/measured-ports.ts';
import { createPrometheusMetrics } from '../../src/adapters/prometheus-metrics.ts';
import { createSqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { OutageError } from '../../src/errors.ts';
import type { Region } from '../../src/ids.ts';
import { toEmptyPlace } from '../../src/keys/place-keys.ts';
import type { Rotation } from '../../src/keys/rotation.ts';
import type { AnsweredRequest, Gauges } from '../../src/metrics.ts';
import { toChannelArn, toPendingKeyPair, usWest2 } from '../support/records.ts';

const nowSeconds = 1_800_000_000;
const clock = { nowMs: () => nowSeconds * 1000 };
const news = toChannelArn('news');
const create = () => createPrometheusMetrics({ version: '1.2.3', clock, channels: [news] });

const ok = { state: 'ok', reason: null, since: nowSeconds } as const;
const well: Gauges = {
  readiness: { ready: true, stopping: false, checks: { store: ok, vault: ok, keys: ok }, findings: [] },
  keys: [],
  deliveries: { waiting: 0, pending: 0, failed: 0, oldestDecidedAt: null },
};
const asked: AnsweredRequest = {
  ...{ method: 'POST', route: '/v1/tokens', status: 201, code: undefined, durationMs: 2, channelArn: news },
};

/** The lines of our own numbers. */
async function render(metrics: ReturnType<typeof create>, gauges = well): Promise<readonly string[]> {
  return (await metrics.render(gauges)).split('\n').filter((line) => line.startsWith('playgate_'));
}

describe('what happened', () => {
  it('to tokens is told by code and region, and by channel where it is listed', async () => {
    const metrics = create();
    metrics.noteAnswered(asked);
    metrics.noteAnswered({ ...asked, channelArn: toChannelArn('sport') });
    metrics.noteAnswered({ ...asked, status: 403, code: 'viewer_blocked' });
    metrics.noteAnswered({ ...asked, status: 429, code: 'rate_limited', limit: 'viewer' });
    metrics.noteAnswered({ ...asked, status: 401, code: 'unauthenticated', channelArn: undefined });
    metrics.noteAnswered({ ...asked, route: '/livez', method: 'GET', status: 200 });
    const lines = await render(metrics);
    for (const line of [
      `playgate_tokens_total{code="issued",region="us-west-2",channel="${news}"} 1`,
      'playgate_tokens_total{code="issued",region="us-west-2",channel=""} 1',
      `playgate_tokens_total{code="viewer_blocked",region="us-west-2",channel="${news}"} 1`,
      'playgate_tokens_total{code="unauthenticated",region="",channel=""} 1',
      'playgate_token_duration_seconds_count 5',
      'playgate_limits_hit_total{limit="viewer"} 1',
      'playgate_requests_total{method="GET",route="/livez",status="200"} 1',
      'playgate_requests_total{method="POST",route="/v1/tokens",status="201"} 2',
    ])
      expect(lines).toContain(line);
    expect(lines.some((line) => line.startsWith('playgate_build_info{version="1.2.3"'))).toBe(true);
  });

  it('to signatures and deliveries is measured', async () => {
    const metrics = create();
    const [end, later] = [metrics.beginSignature(), metrics.beginSignature()];
    end();
    metrics.noteDelivery('delivered', 0.4);
    metrics.noteDelivery('delivered', -3);
    const lines = await render(metrics);
    expect(lines).toContain('playgate_signatures_in_hand 1');
    expect(lines).toContain('playgate_signature_duration_seconds_count 1');
    expect(lines).toContain('playgate_delivery_lag_seconds_bucket{le="0.25",outcome="delivered"} 1');
    expect(lines).toContain('playgate_delivery_lag_seconds_sum{outcome="delivered"} 0.4');
    later();
    expect(await render(metrics)).toContain('playgate_signatures_in_hand 0');
  });

  it('is written as prom-client itself writes a histogram', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constantFrom(0, 0.25, 0.5, 172_800), fc.double({ min: 0, max: 2e5, noNaN: true }))),
        async (lags) => {
          const metrics = create();
          const registry = new Registry();
          const reference = new Histogram({
            ...{ name: 'playgate_delivery_lag_seconds', help: 'x', labelNames: ['outcome'], registers: [registry] },
            buckets: [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400, 172_800],
          });
          for (const outcome of ['delivered', 'failed', 'alone', 'retry']) reference.zero({ outcome });
          for (const lag of lags) {
            metrics.noteDelivery('delivered', lag);
            reference.observe({ outcome: 'delivered' }, lag);
          }
          const lines = (await render(metrics)).filter((line) => line.startsWith('playgate_delivery_lag'));
          expect(lines).toEqual((await registry.metrics()).split('\n').filter((line) => line.startsWith('playgate')));
        },
      ),
    ));

  it('to calls of the outside is measured by what came of them, and answered as before', async () => {
    const metrics = create();
    const failing = () => Promise.reject(new OutageError('store_unavailable'));
    const store = createSqliteStore(':memory:');
    const ports = {
      store: { ...store, policies: { ...store.policies, put: failing, get: () => Promise.reject(new TypeError()) } },
      vault: createDirectoryVault('/nowhere/at/all'),
      ivs: createIvsControl({ timeoutMs: 100, ivsEndpoint: 'http://127.0.0.1:1' }),
    };
    const measured = measurePorts(ports, metrics);
    expect(await measured.store.deliveries.count()).toEqual(well.deliveries);
    await expect(measured.store.policies.put()).rejects.toBeInstanceOf(OutageError);
    await expect(measured.store.policies.get()).rejects.toBeInstanceOf(TypeError);
    await measured.store.close();
    const lines = await render(metrics);
    const count = 'playgate_call_duration_seconds_count';
    for (const [operation, outcome] of [
      ['deliveries.count', 'ok'],
      ['policies.put', 'store_unavailable'],
      ['policies.get', 'error'],
    ])
      expect(lines).toContain(`${count}{part="store",operation="${operation}",outcome="${outcome}"} 1`);
  });
});

describe('what is', () => {
  const pair = toPendingKeyPair('key_1', { createdAt: nowSeconds - 500 });
  const rotation: Rotation = {
    ...{ place: usWest2, from: null, to: null, emergency: false, startedBy: 'operator', startedAt: nowSeconds - 90 },
    ...{ step: 'settling', since: nowSeconds - 60, nextAt: nowSeconds, turnedBack: false, halted: false },
    ...{ trouble: null, worker: null },
  };
  const finding = { kind: 'channel_gone', place: usWest2, keyPairId: null, arn: null, channelArn: news } as const;
  const gauges: Gauges = {
    readiness: {
      ...well.readiness,
      ready: false,
      checks: { ...well.readiness.checks, vault: { ...ok, state: 'degraded' } },
    },
    keys: [
      {
        ...toEmptyPlace(usWest2),
        rotation,
        keyPairs: [pair, { ...pair, createdAt: nowSeconds - 5 }],
        drift: { lookedAt: nowSeconds, findings: [{ ...finding, isRepairable: false, message: 'gone' }] },
      },
    ],
    deliveries: { waiting: 7, pending: 2, failed: 1, oldestDecidedAt: nowSeconds - 30 },
  };

  it('is told as it is when somebody asks', async () => {
    const lines = await render(create(), gauges);
    for (const line of [
      'playgate_ready 0',
      'playgate_part_state{part="vault",state="degraded"} 1',
      'playgate_part_state{part="vault",state="ok"} 0',
      'playgate_deliveries_waiting 7',
      'playgate_revocations_pending 2',
      'playgate_revocations_failed 1',
      'playgate_delivery_oldest_age_seconds 30',
      'playgate_key_pairs{place="us-west-2",state="pending"} 2',
      'playgate_key_pair_age_seconds{place="us-west-2",state="pending"} 500',
      'playgate_key_rotation_step{place="us-west-2",step="settling"} 1',
      'playgate_key_rotation_step_age_seconds{place="us-west-2"} 60',
      'playgate_key_findings{place="us-west-2",kind="channel_gone"} 1',
    ])
      expect(lines).toContain(line);
  });

  it('leaves no number behind when it is gone, or nobody knows', async () => {
    const metrics = create();
    await render(metrics, gauges);
    const over = await render(metrics);
    expect(over.filter((line) => line.startsWith('playgate_key_'))).toEqual([]);
    expect(over).toContain('playgate_delivery_oldest_age_seconds 0');
    const unknown = await render(metrics, { ...well, keys: undefined, deliveries: undefined });
    expect(unknown.filter((line) => /^playgate_(deliver(y_oldest|ies)|revocations)/.test(line))).toEqual([]);
  });
});

it('whatever is asked, there are no more numbers than so many', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string(), fc.stringMatching(/^[a-z]{1,8}$/)), { minLength: 200, maxLength: 400 }),
      async (requests) => {
        const metrics = create();
        for (const [word, place] of requests) {
          const channelArn = toChannelArn('any', `xx-${place}-1` as Region);
          metrics.noteAnswered({ ...asked, method: word, channelArn });
        }
        const lines = await render(metrics);
        const ofTokens = lines.filter((line) => line.startsWith('playgate_tokens_total'));
        expect(ofTokens.length).toBeLessThanOrEqual(51);
        expect(lines.filter((line) => line.startsWith('playgate_requests_total')).length).toBeLessThanOrEqual(8);
      },
    ),
    { numRuns: 20 },
  ));
