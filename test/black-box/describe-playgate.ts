/** The one black-box suite: every runtime passes it, over the wire, with a real store around it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalIvs } from '../../src/local-ivs/local-ivs.ts';
import { entitlementSecret } from '../support/entitlement-receiver.ts';
import { startIdentityProvider } from '../support/identity-provider.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { createApi, region } from './api.ts';
import { createChangeWatch } from './audited-changes.ts';
import { watchSecrets } from './secrets-watch.ts';
import { describeAdministering } from './suite/administering.ts';
import { describeAudit } from './suite/audit.ts';
import { describeCallerRules } from './suite/caller-rules.ts';
import { describeDevices } from './suite/devices.ts';
import { describeEntitlementWebhook } from './suite/entitlement-webhook.ts';
import { describeExplaining } from './suite/explaining.ts';
import { describeIssuing } from './suite/issuing.ts';
import { describeLimits } from './suite/limits.ts';
import { describeMetrics } from './suite/metrics.ts';
import { describePages } from './suite/pages.ts';
import { describePeople } from './suite/people.ts';
import { describePolicies } from './suite/policies.ts';
import { describeRevoking } from './suite/revoking.ts';
import { describeRevokingMany } from './suite/revoking-many.ts';
import { describeStatistics } from './suite/statistics.ts';
import { describeTracing } from './suite/tracing.ts';
import { describeTwoOperators } from './suite/two-operators.ts';
import { describeViewerSupport } from './suite/viewer-support.ts';
import { describeViewers } from './suite/viewers.ts';
import { collectorKey, type StartTarget, type Surroundings, type Target } from './target.ts';

/** Describes what every Playgate does, and runs it against the target. */
export function describePlaygate(name: string, startTarget: StartTarget): void {
  describe(name, () => {
    let surroundings: Surroundings & { readonly collector: OtlpReceiver };
    let target: Target;
    const secrets = watchSecrets();
    const changes = createChangeWatch();
    const api = createApi(
      () => secrets.watch(target),
      () => surroundings,
      changes.note,
    );

    beforeAll(async () => {
      const [localIvs, identityProvider, collector] = await Promise.all([
        // Each test has channels of its own, all of them live.
        startLocalIvs({ port: 0, throttling: false, quotas: { 'concurrent-stream': 1000 } }),
        startIdentityProvider(),
        startOtlpReceiver(),
      ]);
      surroundings = { localIvs, identityProvider, collector };
      target = await startTarget(surroundings);
      const made = await api.call('POST', '/v1/admin/keys', { body: { region } });
      expect(made).toMatchObject({ status: 201, body: { state: 'active' } });
    });

    afterAll(async () => {
      await target?.stop();
      await surroundings?.localIvs.close();
      await surroundings?.identityProvider.close();
      await surroundings?.collector.close();
    });

    describeIssuing(api);
    describeViewers(api, () => surroundings.identityProvider);
    describePolicies(api);
    describeLimits(api, () => target);
    describeDevices(api, () => target);
    describeRevoking(api);
    describeRevokingMany(api);
    describeViewerSupport(api);
    describeAdministering(api);
    describeExplaining(api, () => surroundings.identityProvider);
    describeEntitlementWebhook(api, () => target);
    describeMetrics(api, () => target);
    describeTracing(
      api,
      () => target,
      () => surroundings.collector,
    );
    describePages(() => target);
    describePeople(api, () => surroundings.identityProvider);
    describeStatistics(api);
    describeAudit(api);
    describeTwoOperators(api);
    describeCallerRules(api, () => surroundings.identityProvider);

    describe('the audit of all of this', () => {
      it('has an entry of each operation that changes something', async () => {
        const audited = Object.entries(await changes.compare(api));
        expect(audited.length).toBeGreaterThan(20);
        expect(audited.filter(([, isAudited]) => isAudited !== true)).toEqual([]);
      });
    });

    describe('the spans of all of this', () => {
      it('came with the credential of the collector, and hold no secret', async () => {
        await secrets.noteKept(target);
        const { headers, bodies, spans } = surroundings.collector;
        expect(headers.authorization).toBe(`Bearer ${collectorKey}`);
        expect(spans.length).toBeGreaterThan(500);
        const all = bodies.join('\n');
        expect(all).toContain('{"key":"service.name","value":{"stringValue":"playgate"}}');
        expect(secrets.findIn(all)).toEqual([]);
        for (const text of ['viewer-42', '@example.com', 'token=']) expect(all).not.toContain(text);
      });
    });

    describe('the logs of all of this', () => {
      it('hold a line for every request, and no secret', async () => {
        await secrets.noteKept(target);
        const [privateKey = ''] = (await target.secrets()).privateKeys;
        expect(secrets.findIn(JSON.stringify({ privateKey })).length).toBeGreaterThan(2);
        const logs = target.logs();
        expect(logs.match(/"event":"request"/g)?.length).toBeGreaterThan(200);
        const refusal = logs
          .split('\n')
          .find((line) => line.includes('country_not_allowed') && line.includes('"caller":"viewer"'));
        expect(JSON.parse(refusal ?? '{}')).toMatchObject({ status: 403, viewerId: 'viewer-42', country: 'FR' });
        const because = [...logs.matchAll(/"refusedBecause":"(\w+)"/g)].map(([, reason]) => reason);
        for (const reason of ['expired', 'not_yet_valid', 'wrong_issuer', 'wrong_audience', 'alg', 'bad_signature'])
          expect(because).toContain(reason);
        expect(secrets.count()).toBeGreaterThan(50);
        expect(secrets.findIn(logs)).toEqual([]);
        expect(logs).not.toContain('@example.com');
        expect(logs).not.toContain(entitlementSecret.replace('whsec_', ''));
      });
    });
  });
}
