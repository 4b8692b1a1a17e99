/** Whatever is asked, under whatever policy and revocations: an issued token keeps every limit, and a refusal signs nothing. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientCaller } from '../../src/access/caller.ts';
import type { Result } from '../../src/errors.ts';
import type { Policy } from '../../src/policies/record.ts';
import type { Store } from '../../src/ports.ts';
import { combineScopes, type ScopeState } from '../../src/revocations/scopes.ts';
import type { IssuedToken } from '../../src/tokens/issue.ts';
import { type TokenRequest, tokenRequestSchema } from '../../src/tokens/request.ts';
import { revoke } from '../contracts/store/steps.ts';
import { policyBody, revocation, tokenRequestBody, watched } from '../support/arbitraries.ts';
import { createIssuing, createSigningKey, type SigningKey } from '../support/issuing.ts';
import { toChannel, toPolicy, usWest2 } from '../support/records.ts';
import { verifyToken } from '../support/verify-token.ts';

const client: ClientCaller = { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] };
const resolutionOrder = ['SD', 'HD', 'FULL_HD'];
const knownClaims = new Set([
  'aws:channel-arn',
  'aws:viewer-id',
  'aws:viewer-session-version',
  'aws:access-control-allow-origin',
  'aws:strict-origin-enforcement',
  'aws:single-use-uuid',
  'aws:maximum-resolution',
  'exp',
]);

/** From the day this was written to shortly before session versions would leave 32 bits. */
const now = fc.integer({ min: 1_795_194_000, max: 2 ** 31 - 1000 });
const situation = now.chain((nowSeconds) =>
  fc.record({
    nowSeconds: fc.constant(nowSeconds),
    milliseconds: fc.integer({ min: 0, max: 999 }),
    policyBody: fc.option(policyBody(nowSeconds), { nil: undefined }),
    request: tokenRequestBody,
    revocations: fc.array(revocation, { maxLength: 5 }),
  }),
);
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

interface Played {
  readonly nowSeconds: number;
  readonly policy: Policy | undefined;
  readonly request: TokenRequest;
  readonly scope: ScopeState;
  readonly issued: Result<IssuedToken>;
  readonly keyUses: number;
  readonly sessionsKnown: number;
}

let key: SigningKey;
beforeAll(async () => {
  key = await createSigningKey();
});
afterAll(() => key.remove());

/** Sets the situation up in a new store, and asks. */
async function play(given: Situation): Promise<Played> {
  const { nowSeconds, milliseconds } = given;
  const { store, issue, countKeyUses } = await createIssuing(key, { nowMs: () => nowSeconds * 1000 + milliseconds });
  const policy = given.policyBody && toPolicy('any', given.policyBody);
  if (policy !== undefined) await store.policies.put(policy);
  await store.channels.put(toChannel(watched.channelArn, { policyId: policy?.id ?? null }));
  await revokeAll(store, given);
  const request = tokenRequestSchema.parse(given.request);
  const issued = await issue(client, request, {});
  const { scopes } = await store.issuance.load({ ...watched, place: usWest2 });
  const probe = await revoke(store, { scope: 'viewer', viewerId: watched.viewerId }, { createdAt: nowSeconds });
  await store.close();
  const scope = combineScopes(scopes);
  return {
    nowSeconds,
    policy,
    request,
    scope,
    issued,
    keyUses: countKeyUses(),
    sessionsKnown: probe.delivery.pending,
  };
}

async function revokeAll(store: Store, { nowSeconds, revocations }: Situation): Promise<void> {
  for (const { target, agoSeconds, blockedForSeconds } of revocations) {
    const until = typeof blockedForSeconds === 'number' ? nowSeconds + blockedForSeconds : null;
    const block = blockedForSeconds === undefined ? null : { until };
    await revoke(store, target, { createdAt: nowSeconds - agoSeconds, block });
  }
}

describe('issuing, whatever is asked', () => {
  it('either keeps every limit or refuses and signs nothing', async () => {
    const outcomes = new Map<string, number>();
    let cutShort = 0;
    await fc.assert(
      fc.asyncProperty(situation, async (given) => {
        const played = await play(given);
        const outcome = played.issued.ok ? 'issued' : played.issued.code;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (played.issued.ok && played.issued.value.expiresAt === played.policy?.closesAt) cutShort++;
        if (played.issued.ok) expectLimits(played, played.issued.value);
        else expect([played.keyUses, played.sessionsKnown]).toEqual([0, 0]);
      }),
      { numRuns: 500 },
    );
    // The property would say nothing if it only ever saw one side.
    expect(outcomes.get('issued')).toBeGreaterThan(50);
    expect(cutShort).toBeGreaterThan(5);
    for (const code of [
      'viewer_blocked',
      'country_not_allowed',
      'country_unknown',
      'origin_not_allowed',
      'invalid_request',
    ])
      expect(outcomes.get(code), code).toBeGreaterThan(0);
  });
});

function expectLimits(played: Played, issued: IssuedToken): void {
  const { nowSeconds, request, policy, scope } = played;
  expect(nowSeconds).toBeGreaterThanOrEqual(scope.blockedUntil);
  expect(played.sessionsKnown).toBe(1);
  expect(Buffer.byteLength(issued.token)).toBeLessThanOrEqual(2048);
  const verified = verifyToken(issued.token, key.publicKey);
  expect(verified?.header).toEqual({ alg: 'ES384', typ: 'JWT' });
  const claims = verified?.claims ?? {};
  expect(Object.keys(claims).filter((name) => !knownClaims.has(name))).toEqual([]);
  expect(claims['aws:channel-arn']).toBe(request.channelArn);
  expect(claims['aws:viewer-id']).toBe(request.viewerId);
  expect(String(claims['aws:viewer-id']).length).toBeLessThanOrEqual(40);
  expectTimes(played, claims);
  expectNarrowing(request, policy, claims);
  expectOrigins(request, policy, claims);
  const url = new URL(issued.playbackUrl);
  expect(url.searchParams.get('token')).toBe(issued.token);
  expect(issued).toMatchObject({ expiresAt: claims.exp, sessionVersion: claims['aws:viewer-session-version'] });
}

type Claims = Readonly<Record<string, unknown>>;

function expectTimes({ nowSeconds, request, policy, scope }: Played, claims: Claims): void {
  const { exp, 'aws:viewer-session-version': version } = claims;
  if (typeof exp !== 'number' || typeof version !== 'number') throw new Error('times are numbers');
  expect(Number.isInteger(exp)).toBe(true);
  const ttlSeconds = request.ttlSeconds ?? policy?.tokenTtlSeconds ?? 120;
  const closesAt = policy?.closesAt ?? Number.POSITIVE_INFINITY;
  expect(exp).toBe(Math.min(nowSeconds + ttlSeconds, closesAt));
  expect(exp).toBeLessThanOrEqual(closesAt);
  expect(exp - nowSeconds).toBeLessThanOrEqual(Math.min(570, policy?.maxTokenTtlSeconds ?? 570));
  expect(exp).toBeGreaterThan(nowSeconds);
  expect(Number.isInteger(version)).toBe(true);
  expect(version).toBeGreaterThan(scope.floor);
  expect(version).toBeGreaterThanOrEqual(nowSeconds);
  expect(version).toBeLessThan(2 ** 31);
}

/** What is asked for may narrow what the policy says, and never widen it. */
function expectNarrowing(request: TokenRequest, policy: Policy | undefined, claims: Claims): void {
  const singleUse = request.singleUse || policy?.singleUse === true;
  expect(claims['aws:single-use-uuid'] !== undefined).toBe(singleUse);
  if (singleUse) expect(claims['aws:single-use-uuid']).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
  const caps = [request.maximumResolution, policy?.maximumResolution].filter((cap) => cap !== undefined);
  const narrowest = caps.toSorted((a, b) => resolutionOrder.indexOf(a) - resolutionOrder.indexOf(b))[0];
  expect(claims['aws:maximum-resolution']).toBe(narrowest);
}

function expectOrigins(request: TokenRequest, policy: Policy | undefined, claims: Claims): void {
  const allowed = policy?.allowedOrigins ?? [];
  const list = claims['aws:access-control-allow-origin'];
  expect(list).toBe(request.viewer?.origin ?? (allowed.length === 0 ? undefined : allowed.join(',')));
  const strict = policy?.strictOriginEnforcement === true;
  expect(claims['aws:strict-origin-enforcement']).toBe(strict ? true : undefined);
  if (strict) expect(String(list).split(',').length).toBeLessThanOrEqual(5);
}
