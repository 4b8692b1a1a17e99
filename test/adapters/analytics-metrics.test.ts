/** The numbers of a Worker as points: what each says, and that none says more than it may. */
import { expect, it } from 'vitest';
import { createAnalyticsMetrics } from '../../src/adapters/analytics-metrics.ts';
import { toEmptyPlace } from '../../src/keys/place-keys.ts';
import { toChannelArn, toPendingKeyPair, usWest2 } from '../support/records.ts';

const [news, sport] = [toChannelArn('news'), toChannelArn('sport')];
const ok = { state: 'ok', reason: null, since: 0 } as const;

function create() {
  const points: (readonly [labels: string, value: number | undefined])[] = [];
  let nowMs = 1_800_000_000_000;
  const metrics = createAnalyticsMetrics(
    {
      writeDataPoint({ indexes, blobs, doubles }) {
        expect(indexes).toEqual([blobs[0]]);
        points.push([blobs.join(' '), doubles[0]]);
      },
    },
    { clock: { nowMs: () => nowMs }, channels: [news] },
  );
  return { metrics, points, pass: (ms: number) => (nowMs += ms) };
}

it('each answer, call, signature and delivery is a point', () => {
  const { metrics, points, pass } = create();
  const asked = { method: 'POST', route: '/v1/tokens', status: 201, code: undefined, durationMs: 20, channelArn: news };
  metrics.noteAnswered(asked);
  metrics.noteAnswered({ ...asked, status: 403, code: 'viewer_blocked', channelArn: sport });
  metrics.noteAnswered({ ...asked, status: 429, code: 'rate_limited', limit: 'viewer' });
  metrics.noteAnswered({ ...asked, route: '/livez', method: 'GET', status: 200 });
  metrics.noteCall({ part: 'store', operation: 'issuance.load', outcome: 'ok', seconds: 0.002 });
  const end = metrics.beginSignature();
  pass(30);
  end();
  metrics.noteDelivery('delivered', -1);
  expect(points).toEqual([
    [`token issued us-west-2 ${news}`, 0.02],
    ['token viewer_blocked us-west-2 ', 0.02],
    ['limit_hit viewer', 1],
    [`token rate_limited us-west-2 ${news}`, 0.02],
    ['request /livez 200', 0.02],
    ['call store issuance.load ok', 0.002],
    ['signature', 0.03],
    ['delivery delivered', 0],
  ]);
});

it('what is as it is just now is a point each, and nothing is told of what nobody knows', () => {
  const { metrics, points } = create();
  const readiness = { ready: false, stopping: false, checks: { store: ok, vault: ok, keys: ok }, findings: [] };
  metrics.noteGauges({ readiness, keys: undefined, deliveries: undefined });
  expect(points.splice(0)).toEqual([
    ['ready', 0],
    ['part store ok', 1],
    ['part vault ok', 1],
    ['part keys ok', 1],
  ]);
  const finding = { kind: 'channel_gone', place: usWest2, keyPairId: null, arn: null, channelArn: news } as const;
  metrics.noteGauges({
    readiness,
    deliveries: { waiting: 3, pending: 2, failed: 1, oldestDecidedAt: 1_800_000_000 - 90 },
    keys: [
      {
        ...toEmptyPlace(usWest2),
        keyPairs: [toPendingKeyPair('key_1', { createdAt: 1_800_000_000 - 60 })],
        drift: { lookedAt: 0, findings: [{ ...finding, isRepairable: false, message: 'gone' }] },
      },
    ],
  });
  expect(points.slice(4)).toEqual([
    ['deliveries_waiting', 3],
    ['revocations_pending', 2],
    ['revocations_failed', 1],
    ['delivery_oldest_age', 90],
    ['key_pair us-west-2 pending', 60],
    ['key_finding us-west-2 channel_gone', 1],
  ]);
});
