/** Why a token would play or not: each reason, in its order, and nothing that a single bit could get past. */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClientCaller } from '../../src/access/caller.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { countryCodeSchema, originSchema, toRegion } from '../../src/ids.ts';
import { latestTimeSeconds } from '../../src/time.ts';
import { createInspectToken, type InspectReason, type InspectToken, inspectReasons } from '../../src/tokens/inspect.ts';
import { tokenRequestSchema } from '../../src/tokens/request.ts';
import { revoke } from '../contracts/store/steps.ts';
import { policyBody, revocation, tokenRequestBody, watched } from '../support/arbitraries.ts';
import { createIssuing, createSigningKey, fixedNowSeconds, type SigningKey } from '../support/issuing.ts';
import { addImportedPair, addKeyPair } from '../support/key-pairs.ts';
import { createPlaybackSigner } from '../support/playback-signer.ts';
import { euWest1, toChannel, toChannelArn, toPendingKeyPair, toPolicy, toViewerId } from '../support/records.ts';
import { verifyToken } from '../support/verify-token.ts';

const channelArn = toChannelArn('news');
const admin: ClientCaller = { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] };
const now = fixedNowSeconds;
const claims = {
  'aws:channel-arn': channelArn,
  'aws:viewer-id': 'anna',
  'aws:viewer-session-version': now,
  exp: now + 60,
};
const noTimes = { until: null, opensAt: null, closedAt: null, retryAfterSeconds: null };
const [signer, stranger, retired] = [createPlaybackSigner(), createPlaybackSigner(), createPlaybackSigner()];
const seen = new Set<InspectReason | null>();

let store: SqliteStore;
let inspectToken: InspectToken;
beforeEach(async () => {
  store = createSqliteStore(':memory:');
  inspectToken = createInspectToken({
    issuance: store.issuance,
    keyPairs: store.keyPairs,
    toPlace: toRegion,
    clock: { nowMs: () => now * 1000 },
    maxTtlSeconds: 570,
    limits: {},
  });
  await store.channels.put(toChannel(channelArn));
  for (const [id, pair] of [
    ['key_1', signer],
    ['key_2', retired],
  ] as const) {
    await addImportedPair(store, id, { publicKey: pair.publicKey });
  }
});
afterEach(() => store.close());

/** Signs the claims and says what is found. */
async function inspect(body: unknown, place: { origin?: string; country?: string } = {}, by = signer) {
  const inspection = await inspectToken({
    token: await by.sign(body),
    origin: place.origin === undefined ? undefined : originSchema.parse(place.origin),
    country: place.country === undefined ? undefined : countryCodeSchema.parse(place.country),
  });
  seen.add(inspection.reason);
  expect(inspection.plays).toBe(inspection.reason === null);
  return inspection;
}

describe('a token that plays', () => {
  it('is shown with its claims, its key pair, its floor and its end', async () => {
    expect(await inspect(claims)).toEqual({
      plays: true,
      reason: null,
      claims,
      keyId: 'key_1',
      verdict: 'issued',
      ...noTimes,
      floor: 0,
      expiresAt: now + 60,
    });
  });

  it('may be signed with any key pair of its region', async () => {
    expect(await inspect(claims, {}, retired)).toMatchObject({ plays: true, keyId: 'key_2' });
  });

  it('may be another service’s: without a viewer id, with an exp far ahead, with claims unknown here', async () => {
    const foreign = { 'aws:channel-arn': channelArn, exp: now + 86_400, 'aws:ads-opt-out': true };
    expect(await inspect(foreign)).toMatchObject({ plays: true, claims: foreign });
  });
});

it('what would be decided for its viewer now is told beside it, whatever the edge would say', async () => {
  expect(await inspect({ ...claims, exp: now - 1 })).toMatchObject({ reason: 'expired', verdict: 'issued' });
  const policy = toPolicy('german', { allowedCountries: ['DE'] });
  await store.policies.put(policy);
  await store.channels.put(toChannel(channelArn, { policyId: policy.id }));
  expect(await inspect({ ...claims, exp: now - 1 })).toMatchObject({ reason: 'expired', verdict: 'country_unknown' });
  await store.channels.delete(channelArn);
  expect(await inspect(claims)).toMatchObject({ verdict: 'channel_not_found' });
});

describe('a token that does not play', () => {
  const unreadable = ['x', 'a.b', '..', 'a.b.c', 'a.b.c.d.e', '💥', 'null.null.null', `${'a'.repeat(8000)}.b.c`];
  it.each(unreadable)('is malformed: %s', async (token) => {
    const inspection = await inspectToken({ token });
    seen.add(inspection.reason);
    expect(inspection).toEqual({
      plays: false,
      reason: 'malformed',
      claims: null,
      keyId: null,
      verdict: null,
      ...noTimes,
      floor: null,
      expiresAt: null,
    });
  });

  it('is too large', async () => {
    expect(await inspect({ ...claims, 'aws:ads-playback-config-name': 'n'.repeat(1600) })).toMatchObject({
      reason: 'too_large',
      keyId: null,
    });
  });

  it.each(['none', 'HS384', 'ES256', undefined])('bears another algorithm: %s', async (alg) => {
    const [, payload, signature] = (await signer.sign(claims)).split('.');
    const header = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url');
    const inspection = await inspectToken({ token: `${header}.${payload}.${signature}` });
    seen.add(inspection.reason);
    expect(inspection.reason).toBe('wrong_algorithm');
  });

  it.each([
    { ...claims, exp: String(now + 60) },
    { ...claims, exp: now + 60.5 },
    { ...claims, exp: undefined },
    { ...claims, 'aws:channel-arn': undefined },
    { ...claims, 'aws:channel-arn': 7 },
    { ...claims, 'aws:viewer-id': 'v'.repeat(41) },
    { ...claims, 'aws:viewer-id': '' },
    { ...claims, 'aws:viewer-session-version': '5' },
    { ...claims, 'aws:single-use-uuid': 'once' },
    { ...claims, 'aws:maximum-resolution': '4K' },
    { ...claims, 'aws:strict-origin-enforcement': 'true' },
  ])('has a claim that IVS does not take: %j', async (body) => {
    expect(await inspect(body)).toMatchObject({ reason: 'invalid_claims', keyId: null });
  });

  it('names a channel that is none: no key pair can be that of its region', async () => {
    expect((await inspect({ ...claims, 'aws:channel-arn': '*' })).reason).toBe('signature_not_ours');
  });

  it('is signed by a stranger, or by a key pair of another region, or one that is still pending', async () => {
    expect(await inspect(claims, {}, stranger)).toMatchObject({ reason: 'signature_not_ours', keyId: null });
    const elsewhere = toChannelArn('news', euWest1);
    await store.channels.put(toChannel(elsewhere));
    expect((await inspect({ ...claims, 'aws:channel-arn': elsewhere })).reason).toBe('signature_not_ours');
    await addKeyPair(store, toPendingKeyPair('key_3', { publicKey: stranger.publicKey }));
    expect((await inspect(claims, {}, stranger)).reason).toBe('signature_not_ours');
  });

  it.each([
    [{ exp: now }, 'expired'],
    [{ exp: now - 1 }, 'expired'],
    [{ exp: now + 600 }, null],
    [{ exp: now + 601 }, 'expires_too_late'],
    [{ exp: (now + 60) * 1000 }, 'expires_too_late'],
    [{ exp: now + 601, 'aws:viewer-id': undefined }, null],
    [{ exp: now + 601, 'aws:viewer-id': undefined, 'aws:single-use-uuid': crypto.randomUUID() }, 'expires_too_late'],
  ])('is out of time: %j is %s', async (change, reason) => {
    expect((await inspect({ ...claims, ...change })).reason).toBe(reason);
  });

  it.each([
    [Number.MAX_SAFE_INTEGER, 'expires_too_late', null],
    [Number.MIN_SAFE_INTEGER, 'expired', null],
    [-1, 'expired', null],
    [0, 'expired', 0],
    [latestTimeSeconds, 'expires_too_late', latestTimeSeconds],
    [latestTimeSeconds + 1, 'expires_too_late', null],
    [Date.UTC(2026, 10, 20), 'expires_too_late', null],
  ])('ends at %d: %s, and no time is made up where none can be written', async (exp, reason, expiresAt) => {
    expect(await inspect({ ...claims, exp })).toMatchObject({ reason, expiresAt, claims: { exp } });
    expect(await inspect({ ...claims, exp }, {}, stranger)).toMatchObject({ reason: 'signature_not_ours', expiresAt });
  });

  it('plays without a viewer id however far its end is, which is then left to the claims', async () => {
    const foreign = { 'aws:channel-arn': channelArn, exp: Number.MAX_SAFE_INTEGER };
    expect(await inspect(foreign)).toMatchObject({ plays: true, expiresAt: null, claims: foreign });
  });

  it('names a channel that is not registered here', async () => {
    expect((await inspect({ ...claims, 'aws:channel-arn': toChannelArn('gone') })).reason).toBe('channel_not_found');
  });

  it('is revoked at the floor and below, and plays above it', async () => {
    const { floor } = await revoke(store, { scope: 'channel', channelArn }, { createdAt: now });
    const at = async (version: number | undefined) => inspect({ ...claims, 'aws:viewer-session-version': version });
    expect(await at(floor)).toMatchObject({ reason: 'revoked', floor });
    expect((await at(undefined)).reason).toBe('revoked');
    expect((await at(floor + 1)).reason).toBeNull();
  });

  it('is that of a blocked viewer, though no floor has reached it', async () => {
    const block = { createdAt: now, block: { until: now + 1 } };
    const { floor } = await revoke(store, { scope: 'viewer', viewerId: toViewerId('anna') }, block);
    expect(await inspect({ ...claims, 'aws:viewer-session-version': floor + 1 })).toMatchObject({
      ...{ reason: 'viewer_blocked', until: now + 1 },
    });
  });

  it.each([
    ['https://tv.example', undefined, false, 'https://tv.example', null],
    ['https://tv.example', undefined, false, 'https://evil.example', 'origin_not_allowed'],
    ['https://a.example,https://*.tv.example', undefined, false, 'https://www.tv.example', null],
    ['https://tv.example', undefined, false, undefined, null],
    ['https://tv.example', undefined, true, undefined, 'origin_required'],
    ['*', undefined, true, 'https://any.example', null],
    [undefined, undefined, false, 'https://any.example', null],
  ])(
    'comes from an origin that it does not list: %s (strict %s %s) from %s',
    async (list, _, strict, origin, reason) => {
      const body = { ...claims, 'aws:access-control-allow-origin': list, 'aws:strict-origin-enforcement': strict };
      expect((await inspect(body, origin === undefined ? {} : { origin })).reason).toBe(reason);
    },
  );

  it.each([
    [{ allowedCountries: ['DE'] }, { country: 'FR' }, 'country_not_allowed'],
    [{ allowedCountries: ['DE'] }, {}, 'country_unknown'],
    [{ blockedCountries: ['FR'], unknownCountry: 'deny' as const }, {}, 'country_unknown'],
    [{ blockedCountries: ['FR'], unknownCountry: 'allow' as const }, {}, null],
    [{ allowedCountries: ['DE'] }, { country: 'DE' }, null],
    [{ opensAt: '2027-01-01T00:00:00Z' }, {}, 'channel_closed'],
    [{ allowedOrigins: ['https://tv.example'] }, { origin: 'https://evil.example' }, 'origin_not_allowed'],
  ])('would not be issued again under policy %j for %j: %s', async (body, place, reason) => {
    const policy = toPolicy('today', body);
    await store.policies.put(policy);
    await store.channels.put(toChannel(channelArn, { policyId: policy.id }));
    expect((await inspect(claims, place)).reason).toBe(reason);
  });

  it('is of a region in which no key pair signs', async () => {
    const elsewhere = toChannelArn('news', euWest1);
    await store.channels.put(toChannel(elsewhere));
    const imported = { state: 'imported', publicKey: signer.publicKey } as const;
    await addKeyPair(store, { ...toPendingKeyPair('key_3', imported), place: euWest1 });
    expect(await inspect({ ...claims, 'aws:channel-arn': elsewhere })).toMatchObject({
      ...{ reason: 'no_active_key', verdict: 'no_active_key' },
    });
  });
});

describe('a token that would be issued again', () => {
  const one = { tokens: 1, perSeconds: 30 };
  let key: SigningKey;
  beforeAll(async () => {
    key = await createSigningKey();
  });
  afterAll(() => key.remove());

  it('is told from one that would not by the reason, and the times, that issuing gives its viewer', async () => {
    const codes = new Set<string>();
    const given = fc.record({
      body: fc.option(policyBody(now), { nil: undefined }),
      request: tokenRequestBody,
      revocations: fc.array(revocation, { maxLength: 2 }),
      laterSeconds: fc.constantFrom(0, 0, 0, 250),
      isSpent: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ body, request, revocations, laterSeconds, isSpent }) => {
        const clock = { nowMs: () => (now + laterSeconds) * 1000 };
        const { store, issue } = await createIssuing(key, clock, undefined, { viewer: one });
        await addImportedPair(store, 'key_2', { publicKey: signer.publicKey });
        await store.channels.put(toChannel(watched.channelArn));
        const { ttlSeconds: _, ...asked } = tokenRequestSchema.parse(request);
        if (isSpent) await issue(admin, asked, {});
        const policy = body && toPolicy('any', body);
        if (policy !== undefined) await store.policies.put(policy);
        await store.channels.put(toChannel(watched.channelArn, { policyId: policy?.id ?? null }));
        for (const { target, agoSeconds, blockedForSeconds } of revocations) {
          const until = typeof blockedForSeconds === 'number' ? now + blockedForSeconds : null;
          const block = blockedForSeconds === undefined ? null : { until };
          await revoke(store, target, { createdAt: now - agoSeconds, block });
        }
        const inspectThere = createInspectToken({
          ...{ issuance: store.issuance, keyPairs: store.keyPairs, toPlace: toRegion, clock },
          ...{ maxTtlSeconds: 570, limits: { viewer: one } },
        });
        const token = await signer.sign({
          ...{ 'aws:channel-arn': watched.channelArn, 'aws:viewer-id': watched.viewerId },
          ...{ 'aws:viewer-session-version': 2 ** 31, exp: now + laterSeconds + 60 },
        });
        const { reason, verdict, until, opensAt, closedAt, retryAfterSeconds } = await inspectThere({
          ...{ token, ...asked.viewer },
        });
        const issued = await issue(admin, asked, {});
        await store.close();
        const refusal = issued.ok ? undefined : issued;
        expect({ reason, verdict }).toEqual({ reason: refusal?.code ?? null, verdict: refusal?.code ?? 'issued' });
        expect({ until, opensAt, closedAt, retryAfterSeconds }).toEqual({
          until: refusal?.until ?? null,
          opensAt: refusal?.opensAt ?? null,
          closedAt: refusal?.closedAt ?? null,
          retryAfterSeconds: refusal?.retryAfterSeconds ?? null,
        });
        for (const [name, value] of Object.entries({ until, opensAt, closedAt, retryAfterSeconds }))
          if (value !== null) codes.add(name);
        codes.add(verdict ?? '');
      }),
      { numRuns: 400 },
    );
    for (const met of ['issued', 'viewer_blocked', 'channel_closed', 'country_unknown', 'rate_limited'])
      expect(codes).toContain(met);
    for (const met of ['until', 'opensAt', 'closedAt', 'retryAfterSeconds']) expect(codes).toContain(met);
    for (const reason of inspectReasons) if (codes.has(reason)) seen.add(reason);
  });
});

it('every reason that can be given was given above', () => {
  expect(inspectReasons.filter((reason) => !seen.has(reason))).toEqual([]);
});

it('one flipped bit anywhere is refused, by the inspection and by a second implementation', async () => {
  const token = await signer.sign({ ...claims, 'aws:single-use-uuid': crypto.randomUUID() });
  expect(verifyToken(token, signer.publicKey)?.claims).toMatchObject(claims);
  expect((await inspectToken({ token })).plays).toBe(true);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: token.length - 1 }),
      fc.integer({ min: 0, max: 6 }),
      async (index, bit) => {
        const flipped = String.fromCharCode(token.charCodeAt(index) ^ (1 << bit));
        const spoiled = token.slice(0, index) + flipped + token.slice(index + 1);
        expect(verifyToken(spoiled, signer.publicKey)).toBeUndefined();
        expect((await inspectToken({ token: spoiled })).plays).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
});
