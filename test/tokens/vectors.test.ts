/** Tokens and claims that others made or wrote by hand: what OpenSSL signed is taken, what was changed is not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { originSchema, toRegion } from '../../src/ids.ts';
import { maxTtlSeconds, resolutionSchema } from '../../src/token-limits.ts';
import { toSituation } from '../../src/tokens/checks.ts';
import { decide } from '../../src/tokens/decide.ts';
import { createInspectToken } from '../../src/tokens/inspect.ts';
import { fixedNowSeconds } from '../support/issuing.ts';
import { addImportedPair } from '../support/key-pairs.ts';
import { toChannel, toChannelArn, toPendingKeyPair, toPolicy, toViewerId } from '../support/records.ts';
import { loadAsks, loadClaims, loadPublicKey, loadTamperedTokens, loadTokens } from '../support/vectors.ts';
import { verifyToken } from '../support/verify-token.ts';

const news = toChannelArn('news');

describe('inspecting a token', () => {
  let store: SqliteStore;
  beforeAll(async () => {
    store = createSqliteStore(':memory:');
    await store.channels.put(toChannel(news));
    const pair = toPendingKeyPair('key_1', { publicKey: loadPublicKey('first') });
    await addImportedPair(store, pair.id, pair);
  });
  afterAll(() => store.close());
  const inspect = (token: string) => {
    const origin = originSchema.parse('https://tv.example');
    const inspectToken = createInspectToken({
      issuance: store.issuance,
      keyPairs: store.keyPairs,
      toPlace: toRegion,
      clock: { nowMs: () => fixedNowSeconds * 1000 },
      maxTtlSeconds: 570,
      limits: {},
    });
    return inspectToken({ token, origin, country: undefined });
  };

  it.each(loadTokens())('that OpenSSL signed over %s claims says that it plays', async (name, token) => {
    expect(await inspect(token)).toMatchObject({
      plays: true,
      reason: null,
      keyId: 'key_1',
      claims: loadClaims(name),
      expiresAt: fixedNowSeconds + 120,
    });
    expect(verifyToken(token, loadPublicKey('first'))?.claims).toEqual(loadClaims(name));
  });

  it.each(loadTamperedTokens())('with %s says that it is not ours', async (_, token) => {
    expect(await inspect(token)).toMatchObject({ plays: false, reason: 'signature_not_ours', keyId: null });
    expect(verifyToken(token, loadPublicKey('first'))).toBeUndefined();
  });
});

describe('the claims of a token', () => {
  const askSchema = z.object({
    ttlSeconds: z.int().optional(),
    singleUse: z.boolean().default(false),
    maximumResolution: resolutionSchema.optional(),
    origin: originSchema.optional(),
  });
  const vectors = z
    .array(
      z.object({
        title: z.string(),
        nowSeconds: z.int(),
        ask: askSchema,
        policy: z.looseObject({}),
        floor: z.int(),
        claims: z.record(z.string(), z.unknown()),
      }),
    )
    .parse(loadAsks());

  it.each(vectors)('for $title', ({ nowSeconds, ask: { origin, ...asked }, policy, floor, claims }) => {
    const viewerId = toViewerId('v-7f3a');
    const place = origin === undefined ? {} : { origin };
    const state = {
      channel: toChannel(news),
      policy: toPolicy('evening', policy),
      activeKeyPairId: toPendingKeyPair('key_1').id,
      scopes: [{ floor, blockedUntil: 0 }],
      channelFloor: 0,
      limits: undefined,
      devices: undefined,
    };
    const limits = { ofViewer: undefined, shared: [] };
    const known = { channelArn: news, viewerId, entitlement: 'entitled', place, maxTtlSeconds, limits } as const;
    const ask = { ...known, ...asked } as const;
    const decided = decide(toSituation(ask, state, nowSeconds), '8f14e45f-ceea-467f-a8b0-3a1d0b1a2c3d');
    expect(decided).toMatchObject({ ok: true });
    expect(decided.ok && decided.value.claims).toEqual(claims);
  });
});
