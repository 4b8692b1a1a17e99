/** Explaining against issuing: in whatever situation, what is explained is what is decided, and nothing is left behind by it. */
import fc from 'fast-check';
import { createLocalJWKSet, decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller } from '../../src/access/caller.ts';
import { createViewerIdentity } from '../../src/access/viewer-identity.ts';
import { createViewerAuthenticator } from '../../src/access/viewer-jwt.ts';
import { systemHashing } from '../../src/adapters/system.ts';
import type { EntitlementReply } from '../../src/entitlements/ports.ts';
import { type Region, toRegion, type ViewerId } from '../../src/ids.ts';
import type { RevocationTarget } from '../../src/revocations/record.ts';
import { maxTtlSeconds } from '../../src/token-limits.ts';
import { createExplainToken, type ExplainToken } from '../../src/tokens/explain.ts';
import type { IssuanceStore } from '../../src/tokens/ports.ts';
import { explainRequestSchema, tokenRequestSchema } from '../../src/tokens/request.ts';
import { revoke } from '../contracts/store/steps.ts';
import { policyBody, revocation, tokenRequestBody } from '../support/arbitraries.ts';
import { createTestEntitlements, toReply } from '../support/entitlements.ts';
import { createIssuing, createSigningKey, fixedNowSeconds, type Issuing, type SigningKey } from '../support/issuing.ts';
import { euWest1, toChannel, toChannelArn, toPolicy, usWest2 } from '../support/records.ts';

const runs = 10_000;
const nowSeconds = fixedNowSeconds;
const clock = { nowMs: () => nowSeconds * 1000 + 500 };
const provider = { issuer: 'https://id.test', audience: 'playgate' };
const admin: Caller = { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] };

const answers = ['yes', 'yes for a minute', 'no', 'no for a minute', 'nothing', 'garbage'] as const;
const asks = fc.option(fc.constantFrom(...answers, 'a private address' as const), { nil: undefined, freq: 2 });
type Asks = typeof asks extends fc.Arbitrary<infer T> ? T : never;

const situation = fc.record({
  policyBody: fc.option(policyBody(nowSeconds), { nil: undefined }),
  viewer: tokenRequestBody.map(({ viewer }) => viewer),
  revocations: fc.array(revocation, { maxLength: 3 }),
  access: fc.constantFrom('entitled' as const, 'authenticated' as const),
  asks: fc.constantFrom('client', 'client', 'entitled viewer', 'any viewer'),
  isRegistered: fc.integer({ min: 0, max: 19 }).map((draw) => draw > 0),
  hasKey: fc.integer({ min: 0, max: 9 }).map((draw) => draw > 0),
  /** Whether the limit of the viewer, or that of all, is exceeded. */
  exceeded: fc.constantFrom('viewer', 'all', ...Array.from({ length: 10 }, () => 'none')),
  /** Where the operator's own service is named, and what it says there. */
  policyAsks: asks,
  channelAsks: asks,
});
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

let key: SigningKey;
let issuing: Issuing;
let explain: ExplainToken;
let signJwt: (viewerId: ViewerId, channels: readonly string[]) => Promise<string>;
let count = 0;

beforeAll(async () => {
  key = await createSigningKey();
  const limits = { viewer: { tokens: 3, perSeconds: 60 }, all: { tokens: 100_000, perSeconds: 60 } };
  const entitlements = createTestEntitlements(clockOfAsking, answer);
  issuing = await createIssuing(key, clock, ({ issuance }) => withExceeded(issuance), limits, entitlements);
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const viewerIdentity = createViewerIdentity({ mode: 'when_needed', hashKey: undefined }, systemHashing);
  const findKey = createLocalJWKSet({ keys: [await exportJWK(publicKey)] });
  const config = { ...provider, algorithms: ['ES256' as const], clockToleranceSeconds: 0 };
  const claims = { viewerIdClaim: 'sub', channelsClaim: 'channels' };
  const { issuance, viewers, revocations } = issuing.store;
  explain = createExplainToken({
    ...{ issuance: withExceeded(issuance), viewers, revocations, viewerIdentity, clock, limits },
    ...{ toPlace: toRegion, maxTtlSeconds, entitlements },
    authenticateViewer: createViewerAuthenticator(
      { ...config, ...claims },
      { findKey, identity: viewerIdentity, nowMs: clock.nowMs },
    ),
  });
  signJwt = (viewerId, channels) =>
    new SignJWT({ iss: provider.issuer, aud: provider.audience, sub: viewerId, channels, exp: nowSeconds + 60 })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey);
});
afterAll(async () => {
  await issuing.store.close();
  key.remove();
});

/** It goes on so far between situations that no circuit stays open. */
let askedAtMs = nowSeconds * 1000;
const clockOfAsking = { nowMs: () => askedAtMs };

/** Says what stands in the URL. */
function answer(url: string): EntitlementReply {
  const asked = decodeURIComponent(new URL(url).pathname.slice(1));
  if (asked === 'garbage') return { ...toReply(true), body: '<html>' };
  if (asked === 'nothing') return { kind: 'failed', because: 'timeout' };
  return toReply(asked.startsWith('yes'), asked.endsWith('minute') ? 60 : 0);
}

function toUrl(asks: Asks): string | undefined {
  if (asks === undefined) return undefined;
  return asks === 'a private address' ? 'https://10.0.0.1/yes' : `https://shop.example/${encodeURIComponent(asks)}`;
}

/** Which limit is exceeded in the situation at hand. */
let exceeded = 'none';

/** The store, where others took all that there was of a limit. */
function withExceeded(issuance: IssuanceStore): IssuanceStore {
  return {
    recordSession: (session) => issuance.recordSession(session),
    async load(query) {
      const state = await issuance.load(query);
      const { nowMicros = 0, viewer = 0, shared = [] } = state.limits ?? {};
      const spent = nowMicros + 60_000_000;
      return {
        ...state,
        limits: {
          nowMicros,
          viewer: exceeded === 'viewer' ? spent : viewer,
          shared: exceeded === 'all' ? shared.map(() => spent) : shared,
        },
      };
    },
  };
}

/** Sets the situation up on a channel and with a viewer of its own. */
async function setUp({ policyBody, revocations, access, isRegistered, hasKey, ...given }: Situation) {
  exceeded = given.exceeded;
  askedAtMs += 10_000;
  const entitlementUrl = toUrl(given.channelAsks) ?? null;
  const { store } = issuing;
  const region: Region = hasKey ? usWest2 : euWest1;
  const watched = { channelArn: toChannelArn(`c${++count}`, region), viewerId: `v-${count}` as ViewerId };
  const policy = policyBody && toPolicy(`p-${count}`, { ...policyBody, entitlementUrl: toUrl(given.policyAsks) });
  if (policy !== undefined) await store.policies.put(policy);
  if (isRegistered)
    await store.channels.put(toChannel(watched.channelArn, { access, policyId: policy?.id ?? null, entitlementUrl }));
  for (const { target, agoSeconds, blockedForSeconds } of revocations) {
    const until = typeof blockedForSeconds === 'number' ? nowSeconds + blockedForSeconds : null;
    const block = blockedForSeconds === undefined ? null : { until };
    await revoke(store, { ...target, ...watched } as RevocationTarget, { createdAt: nowSeconds - agoSeconds, block });
  }
  return watched;
}

it('agrees with issuing in ten thousand situations, and leaves nothing behind', async () => {
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(situation, async (given) => {
      const { channelArn, viewerId } = await setUp(given);
      const channels = given.asks === 'entitled viewer' ? [channelArn] : [];
      const isClient = given.asks === 'client';
      const caller: Caller = isClient ? admin : { kind: 'viewer', viewerId, channels };
      const who = isClient ? { viewerId } : { jwt: await signJwt(viewerId, channels) };
      const explained = await explain(explainRequestSchema.parse({ channelArn, ...who, ...given.viewer }));
      if (!explained.ok) throw new Error(JSON.stringify(explained));
      const { verdict, steps, claims } = explained.value;
      expect(await issuing.store.viewers.get(viewerId, nowSeconds)).toMatchObject({ channels: [] });
      const viewer = given.viewer ?? {};
      const request = tokenRequestSchema.parse({ channelArn, viewerId, viewer });
      const issued = await issuing.issue(caller, request, isClient ? {} : (request.viewer ?? {}));
      const outcome = issued.ok ? 'issued' : issued.code;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      expect(verdict).toBe(outcome);
      expect(steps.some(({ result }) => result === 'refuse')).toBe(!issued.ok);
      const { 'aws:single-use-uuid': _, ...told } = claims ?? {};
      const { 'aws:single-use-uuid': __, ...carried } = issued.ok ? decodeJwt(issued.value.token) : {};
      expect(told).toEqual(carried);
    }),
    { numRuns: runs },
  );
  // The property would say nothing if it only ever saw a few of them.
  for (const code of [
    ...['issued', 'channel_not_entitled', 'channel_not_found', 'viewer_blocked', 'channel_closed'],
    ...['country_not_allowed', 'country_unknown', 'origin_not_allowed', 'no_active_key', 'rate_limited'],
    ...['entitlement_refused', 'entitlement_unavailable'],
  ])
    expect(outcomes.get(code), code).toBeGreaterThan(20);
});
