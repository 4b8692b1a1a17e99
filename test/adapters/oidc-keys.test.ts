/** The identity provider's keys over a socket: fetched once, again for an unknown kid, and given up on in time. */
import { exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOidcKeys } from '../../src/adapters/oidc-keys.ts';
import { type JwksServer, startJwksServer } from '../support/jwks-server.ts';
import { expectWithin } from '../support/within.ts';

const timeoutMs = 300;
/** Where the provider is well. */
const patientMs = 5000;
const slackMs = 200;
const outage = { code: 'identity_provider_unavailable' };

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

const open = (timeoutMs = patientMs) => createOidcKeys({ jwksUrl: server.url, timeoutMs });

describe('the keys of the identity provider', () => {
  it('are fetched at first use, once for many', async () => {
    const findKey = open();
    expect(server.requests).toBe(0);
    await Promise.all(Array.from({ length: 20 }, () => jwtVerify(old.jwt, findKey)));
    for (let call = 0; call < 20; call++) await jwtVerify(old.jwt, findKey);
    expect(server.requests).toBe(1);
  });

  it('are fetched again for a kid that is not among them, but not at every stranger’s wish', async () => {
    const findKey = open();
    await jwtVerify(old.jwt, findKey);
    server.keys = [old.jwk, young.jwk];
    await expect(jwtVerify(young.jwt, findKey)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    expect(server.requests).toBe(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5001 });
    await jwtVerify(young.jwt, findKey);
    expect(server.requests).toBe(2);
  });

  it('are fetched again when they are old, so that a withdrawn key ends', async () => {
    const findKey = open();
    await jwtVerify(old.jwt, findKey);
    server.keys = [young.jwk];
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60 * 1000 + 1 });
    await expect(jwtVerify(old.jwt, findKey)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    expect(server.requests).toBe(2);
  });

  it.each(['hang', 'stall', 'broken', 'garbage'] as const)(
    'are given up on in time when the provider does %s, and had when it is well',
    async (trouble) => {
      const findKey = open(timeoutMs);
      server.trouble = trouble;
      await expectWithin(timeoutMs + slackMs, () => expect(jwtVerify(old.jwt, findKey)).rejects.toMatchObject(outage));
      server.trouble = 'none';
      await jwtVerify(old.jwt, findKey);
    },
  );

  it('that were fetched are used on while the provider is away', async () => {
    const findKey = open();
    await jwtVerify(old.jwt, findKey);
    server.trouble = 'hang';
    for (let call = 0; call < 5; call++) await jwtVerify(old.jwt, findKey);
    expect(server.requests).toBe(1);
  });

  it('are an outage where nothing listens', async () => {
    const findKey = open();
    await server.close();
    await expect(jwtVerify(old.jwt, findKey)).rejects.toMatchObject(outage);
    server = await startJwksServer();
  });
});
