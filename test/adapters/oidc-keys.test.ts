/** The identity provider's keys over a socket: fetched seldom, used on while it is away, and given up on in time. */
import { exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createNoteFetch } from '../../src/adapters/measured-ports.ts';
import { createOidcKeys } from '../../src/adapters/oidc-keys.ts';
import type { OutsideCall } from '../../src/metrics.ts';
import { type JwksServer, startJwksServer } from '../support/jwks-server.ts';
import { expectWithin } from '../support/within.ts';

const timeoutMs = 300;
/** Where the provider is well, or nobody is to wait for it. */
const patientMs = 60_000;
const slackMs = 200;
const cooldownMs = 5000;
const refreshAfterMs = 10 * 60 * 1000;
const staleHours = 6;
const staleMs = staleHours * 3_600_000;
const outage = { code: 'identity_provider_unavailable', retryAfterSeconds: 5 };
const unknown = { code: 'ERR_JWKS_NO_MATCHING_KEY' };

let server: JwksServer;
let old: { jwk: JWK; jwt: string };
let young: { jwk: JWK; jwt: string };

beforeAll(async () => {
  [old, young] = [await createKey('old'), await createKey('young')];
});
beforeEach(async () => {
  server = await startJwksServer();
  server.keys = [old.jwk];
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

async function createKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwt = await new SignJWT({ sub: kid }).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' }, jwt };
}

const open = (timeoutMs = patientMs) => createOidcKeys({ jwksUrl: server.url, timeoutMs, staleHours });
type FindKey = ReturnType<typeof open>;

/** Whether a JWT is accepted, refused or cannot be judged. */
const judge = (jwt: string, findKey: FindKey) =>
  jwtVerify(jwt, findKey).then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  );
const pass = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
const untilFetched = (count: number) => expect.poll(() => server.requests).toBe(count);

describe('the keys of the identity provider', () => {
  it('are fetched at first use, once for many', async () => {
    const findKey = open();
    expect(server.requests).toBe(0);
    await Promise.all(Array.from({ length: 20 }, () => jwtVerify(old.jwt, findKey)));
    for (let call = 0; call < 20; call++) await jwtVerify(old.jwt, findKey);
    expect(server.requests).toBe(1);
  });

  it('are fetched with the time that it took told, and whether it brought any', async () => {
    const calls: OutsideCall[] = [];
    const noteFetch = createNoteFetch({ noteCall: (call) => calls.push(call) }, 'viewers');
    const findKey = createOidcKeys({ jwksUrl: server.url, timeoutMs: patientMs, staleHours }, { noteFetch });
    for (let call = 0; call < 5; call++) await jwtVerify(old.jwt, findKey);
    await server.close();
    pass(cooldownMs + 1);
    expect(await judge(young.jwt, findKey)).toBe(outage.code);
    server = await startJwksServer();
    const called = { part: 'identity_provider', operation: 'viewers', seconds: expect.any(Number) };
    expect(calls).toEqual([
      { ...called, outcome: 'ok' },
      { ...called, outcome: outage.code },
    ]);
    for (const { seconds } of calls) expect(seconds).toBeGreaterThan(0);
  });

  it('are fetched again for a kid that is not among them, but not at every stranger’s wish', async () => {
    const findKey = open();
    await jwtVerify(old.jwt, findKey);
    server.keys = [old.jwk, young.jwk];
    await expect(jwtVerify(young.jwt, findKey)).rejects.toMatchObject(unknown);
    expect(server.requests).toBe(1);
    pass(cooldownMs + 1);
    await jwtVerify(young.jwt, findKey);
    expect(server.requests).toBe(2);
  });

  it('are fetched once in a cooldown by a flood of unknown kids, which is refused', async () => {
    const findKey = open();
    await jwtVerify(old.jwt, findKey);
    for (const fetches of [2, 3]) {
      pass(cooldownMs + 1);
      const flood = await Promise.all(Array.from({ length: 50 }, () => judge(young.jwt, findKey)));
      expect(new Set(flood)).toEqual(new Set([unknown.code]));
      expect(server.requests).toBe(fetches);
    }
  });

  it('are fetched anew from an age of 10 minutes on, and a key that was withdrawn ends with that', async () => {
    const findKey = open();
    await jwtVerify(old.jwt, findKey);
    pass(refreshAfterMs - 1000);
    await jwtVerify(old.jwt, findKey);
    expect(server.requests).toBe(1);
    server.keys = [young.jwk];
    pass(2000);
    await jwtVerify(old.jwt, findKey);
    await expect.poll(() => judge(old.jwt, findKey)).toBe(unknown.code);
    expect(server.requests).toBe(2);
    await jwtVerify(young.jwt, findKey);
  });

  it('are fetched first after a quiet time, so that a key that was withdrawn is not accepted once more', async () => {
    const findKey = open();
    await jwtVerify(old.jwt, findKey);
    server.keys = [young.jwk];
    pass(2 * refreshAfterMs);
    expect(await judge(old.jwt, findKey)).toBe(unknown.code);
    expect(server.requests).toBe(2);
  });

  it.each(['hang', 'stall', 'broken', 'garbage'] as const)(
    'are given up on in time when the provider does %s, and had when it is well',
    async (trouble) => {
      const findKey = open(timeoutMs);
      server.trouble = trouble;
      await expectWithin(timeoutMs + slackMs, () => expect(jwtVerify(old.jwt, findKey)).rejects.toMatchObject(outage));
      server.trouble = 'none';
      pass(cooldownMs + 1);
      await jwtVerify(old.jwt, findKey);
    },
  );

  it('are an outage where nothing listens', async () => {
    const findKey = open();
    await server.close();
    const cause = { message: expect.stringContaining('ECONNREFUSED') };
    await expect(jwtVerify(old.jwt, findKey)).rejects.toMatchObject({ ...outage, cause });
    server = await startJwksServer();
  });

  it('that nobody has yet are asked for once in a cooldown while the provider fails', async () => {
    const findKey = open();
    server.trouble = 'broken';
    for (const fetches of [1, 2]) {
      const crowd = await Promise.all(Array.from({ length: 20 }, () => judge(old.jwt, findKey)));
      expect(new Set(crowd)).toEqual(new Set([outage.code]));
      expect(await judge(old.jwt, findKey)).toBe(outage.code);
      expect(server.requests).toBe(fetches);
      pass(cooldownMs + 1);
    }
  });
});

describe('keys that were fetched, while the provider is away', () => {
  it('are used without waiting while a fetch hangs, which there is one of', async () => {
    const findKey = open();
    await jwtVerify(old.jwt, findKey);
    server.trouble = 'hang';
    pass(refreshAfterMs);
    for (let call = 0; call < 5; call++) await jwtVerify(old.jwt, findKey);
    await untilFetched(2);
  });

  it('are used for as long as they may, and asked for once in a cooldown', async () => {
    const findKey = open();
    await jwtVerify(old.jwt, findKey);
    server.trouble = 'broken';
    for (let fetches = 2; fetches < 20; fetches++) {
      pass(15 * 60 * 1000);
      for (let call = 0; call < 10; call++) await jwtVerify(old.jwt, findKey);
      await untilFetched(fetches);
      // It waits for the end of that fetch.
      expect(await judge(young.jwt, findKey)).toBe(outage.code);
      expect(server.requests).toBe(fetches);
    }
  });

  it('are fetched first after a quiet time, though the last fetch failed', async () => {
    const findKey = open();
    await jwtVerify(old.jwt, findKey);
    server.trouble = 'broken';
    pass(cooldownMs + 1);
    expect(await judge(young.jwt, findKey)).toBe(outage.code);
    server.trouble = 'none';
    server.keys = [young.jwk];
    pass(2 * refreshAfterMs);
    expect(await judge(old.jwt, findKey)).toBe(unknown.code);
  });

  it('are used after one fetch in vain where nobody asked for long', async () => {
    const findKey = open(timeoutMs);
    await jwtVerify(old.jwt, findKey);
    server.trouble = 'hang';
    pass(staleMs - 10_000);
    await jwtVerify(old.jwt, findKey);
    await jwtVerify(old.jwt, findKey);
    expect(server.requests).toBe(2);
  });

  it('are an outage when they are too old, until it is back', async () => {
    const findKey = open(timeoutMs);
    await jwtVerify(old.jwt, findKey);
    server.trouble = 'hang';
    pass(staleMs);
    await expect(jwtVerify(old.jwt, findKey)).rejects.toMatchObject(outage);
    server.trouble = 'none';
    await expect(jwtVerify(old.jwt, findKey)).rejects.toMatchObject(outage);
    expect(server.requests).toBe(2);
    pass(cooldownMs + 1);
    await jwtVerify(old.jwt, findKey);
  });

  it('leave an unknown kid unjudged, since it may be a new one, and cost one fetch in a cooldown', async () => {
    const findKey = open(timeoutMs);
    await jwtVerify(old.jwt, findKey);
    server.trouble = 'broken';
    pass(cooldownMs + 1);
    const flood = await Promise.all(Array.from({ length: 50 }, () => judge(young.jwt, findKey)));
    expect(new Set(flood)).toEqual(new Set([outage.code]));
    await jwtVerify(old.jwt, findKey);
    expect(server.requests).toBe(2);
    server.trouble = 'none';
    server.keys = [old.jwk, young.jwk];
    pass(cooldownMs + 1);
    await jwtVerify(young.jwt, findKey);
  });
});
