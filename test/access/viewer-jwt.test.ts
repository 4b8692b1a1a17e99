/** A viewer's JWT against a real JWKS on a socket: what holds, and every way of forging one that we know. */
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import {
  CompactEncrypt,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type JwtProblem, jwtAlgorithms } from '../../src/access/jwt.ts';
import { createViewerIdentity } from '../../src/access/viewer-identity.ts';
import { createViewerAuthenticator, type ViewerJwtConfig } from '../../src/access/viewer-jwt.ts';
import { createOidcKeys } from '../../src/adapters/oidc-keys.ts';
import { systemHashing } from '../../src/adapters/system.ts';
import { type JwksServer, startJwksServer } from '../support/jwks-server.ts';
import { toChannelArn } from '../support/records.ts';

const config: ViewerJwtConfig = {
  issuer: 'https://id.example',
  audience: 'playgate',
  algorithms: ['ES256', 'RS256'],
  clockToleranceSeconds: 5,
  viewerIdClaim: 'sub',
  channelsClaim: 'channels',
};
const news = toChannelArn('news');
const now = 1_795_194_000;
const claims = { iss: config.issuer, aud: config.audience, sub: 'anna', channels: [news], exp: now + 60 };
const anna = { kind: 'viewer', viewerId: 'anna', channels: [news] };
const identity = createViewerIdentity(
  { mode: 'when_needed', hashKey: 'a key of thirty-two characters!!' },
  systemHashing,
);

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let es256: Pair;
let rs256: Pair;
let es384: Pair;
let stranger: Pair;
let server: JwksServer;

beforeAll(async () => {
  [es256, es384, stranger] = [
    await generateKeyPair('ES256'),
    await generateKeyPair('ES384'),
    await generateKeyPair('ES256'),
  ];
  rs256 = await generateKeyPair('RS256', { extractable: true });
  server = await startJwksServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.keys = [await toJwk(es256, 'ec', 'ES256'), await toJwk(rs256, 'rsa', 'RS256')];
});

const toJwk = async ({ publicKey }: Pair, kid: string, alg?: string): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  kid,
  use: 'sig',
  ...(alg !== undefined && { alg }),
});

function authenticate(jwt: string, changes: Partial<ViewerJwtConfig> = {}) {
  const findKey = createOidcKeys({ jwksUrl: server.url, timeoutMs: 5000, staleHours: 6 });
  return createViewerAuthenticator({ ...config, ...changes }, { findKey, identity, nowMs: () => now * 1000 })(jwt);
}

/** Signs any claims, right or wrong; those that are undefined are left out. */
function sign(
  claimed: object,
  { privateKey }: Pair = es256,
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  const payload: JWTPayload = JSON.parse(JSON.stringify(claimed));
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'ec', ...header }).sign(privateKey);
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a JWT that holds', () => {
  it('names its viewer and the channels it claims', async () => {
    expect(await authenticate(await sign(claims))).toEqual(anna);
    expect(await authenticate(await sign(claims, rs256, { alg: 'RS256', kid: 'rsa' }))).toEqual(anna);
  });

  it.each([
    [
      [news, '*'],
      [news, '*'],
    ],
    ['*', ['*']],
    [news, [news]],
    [[news, 'arn:aws:s3:::x', 7, null, '**'], [news]],
    ['everything', []],
    [undefined, []],
    [{ '*': true }, []],
    [7, []],
  ])('claims channels by %j: %j', async (channels, expected) => {
    expect(await authenticate(await sign({ ...claims, channels }))).toMatchObject({ channels: expected });
  });

  it('may name its viewer in another claim, and its channels in one with a URL for a name', async () => {
    const jwt = await sign({ ...claims, sub: undefined, uid: 'ben', 'https://id.example/channels': '*' });
    const changes = { viewerIdClaim: 'uid', channelsClaim: 'https://id.example/channels' };
    expect(await authenticate(jwt, changes)).toEqual({ kind: 'viewer', viewerId: 'ben', channels: ['*'] });
  });

  it('is for one audience of several', async () => {
    expect(await authenticate(await sign({ ...claims, aud: ['other', 'playgate'] }))).toEqual(anna);
  });

  it('has the clocks’ tolerance at both ends', async () => {
    expect(await authenticate(await sign({ ...claims, exp: now - 4 }))).toEqual(anna);
    expect(await authenticate(await sign({ ...claims, nbf: now + 5 }))).toEqual(anna);
  });

  it('brings a subject that may not stand in a token as its hash', async () => {
    const caller = await authenticate(await sign({ ...claims, sub: 'anna@tv.example' }));
    expect(caller).toMatchObject({ viewerId: expect.stringMatching(/^vh_[A-Za-z0-9_-]{36}$/) });
  });
});

/** For this reason, or any. */
const refused = (because: unknown = expect.any(String)) => ({ kind: 'refused', because });

describe('a JWT that does not hold', () => {
  it.each<[string, JwtProblem, object]>([
    ['expired', 'expired', { exp: now - 5 }],
    ['without an end', 'bad_claims', { exp: undefined }],
    ['not yet valid', 'not_yet_valid', { nbf: now + 6 }],
    ['of another issuer', 'wrong_issuer', { iss: 'https://evil.example' }],
    ['of no issuer', 'wrong_issuer', { iss: undefined }],
    ['for another audience', 'wrong_audience', { aud: 'someone-else' }],
    ['for no audience', 'wrong_audience', { aud: undefined }],
    ['of nobody', 'no_viewer', { sub: undefined }],
    ['of an empty subject', 'no_viewer', { sub: '' }],
    ['of a subject that is no text', 'no_viewer', { sub: 7 }],
    ['of a subject that is a list', 'no_viewer', { sub: ['anna'] }],
    ['with an end that is no number', 'bad_claims', { exp: String(now + 60) }],
    ['with a beginning that is no number', 'bad_claims', { nbf: 'now' }],
  ])('is %s: %s', async (_, because, change) => {
    expect(await authenticate(await sign({ ...claims, ...change }))).toEqual(refused(because));
  });

  it('is of a key that the identity provider does not have', async () => {
    expect(await authenticate(await sign(claims, es256, { kid: 'gone' }))).toEqual(refused('unknown_kid'));
  });

  it('is not signed: alg none, in any spelling', async () => {
    for (const alg of ['none', 'None', 'NONE', '', null, undefined])
      for (const signature of ['', 'AAAA'])
        expect(await authenticate(`${encode({ alg, kid: 'ec' })}.${encode(claims)}.${signature}`)).toEqual(refused());
  });

  it('is an HMAC with the public key as its secret', async () => {
    const secrets = [await exportSPKI(rs256.publicKey), JSON.stringify(server.keys[1]), String(server.keys[1]?.n)];
    for (const secret of secrets)
      for (const [alg, hash] of [
        ['HS256', 'sha256'],
        ['HS384', 'sha384'],
        ['HS512', 'sha512'],
      ] as const) {
        const signed = `${encode({ alg, kid: 'rsa' })}.${encode(claims)}`;
        const signature = createHmac(hash, secret).update(signed).digest('base64url');
        expect(await authenticate(`${signed}.${signature}`)).toEqual(refused());
      }
  });

  it('is signed with a symmetric key, though the JWKS holds it', async () => {
    const secret = Buffer.from('a symmetric secret of 32 bytes!!');
    server.keys = [{ kty: 'oct', k: secret.toString('base64url'), kid: 'oct', alg: 'HS256' }];
    const jwt = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'oct' }).sign(secret);
    expect(await authenticate(jwt)).toEqual(refused());
  });

  it('is signed with an algorithm that is not listed, though the key is known', async () => {
    const rs512 = await sign(claims, rs256, { alg: 'RS256', kid: 'rsa' });
    expect(await authenticate(rs512, { algorithms: ['ES256'] })).toEqual(refused('alg'));
    server.keys = [await toJwk(es384, 'ec384', 'ES384')];
    expect(await authenticate(await sign(claims, es384, { alg: 'ES384', kid: 'ec384' }))).toEqual(refused());
  });

  it('says one curve and is of another', async () => {
    server.keys = [await toJwk(es384, 'ec')];
    expect(await authenticate(await sign(claims))).toEqual(refused());
    const k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    server.keys = [{ ...k1.publicKey.export({ format: 'jwk' }), kid: 'ec', use: 'sig' }];
    expect(await authenticate(await sign(claims))).toEqual(refused());
  });

  it('is signed by a stranger under a known kid, or under the kid of another key', async () => {
    expect(await authenticate(await sign(claims, stranger))).toEqual(refused('bad_signature'));
    expect(await authenticate(await sign(claims, es256, { kid: 'rsa' }))).toEqual(refused());
    expect(await authenticate(await sign(claims, rs256, { alg: 'RS256', kid: 'ec' }))).toEqual(refused());
  });

  it('brings its own key along', async () => {
    const jwk = await exportJWK(stranger.publicKey);
    for (const header of [
      { jwk },
      { jwk, kid: 'ec' },
      { jku: 'https://evil.example/jwks.json' },
      { x5u: 'https://evil.example' },
    ])
      expect(await authenticate(await sign(claims, stranger, header))).toEqual(refused());
  });

  it('asks for an extension that nobody here knows', async () => {
    const jwt = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'ec', crit: ['exp'], exp: 1 });
    const signed = await jwt.sign(es256.privateKey, { crit: { exp: true } });
    expect(await authenticate(signed)).toEqual(refused());
  });

  it('has one character changed, anywhere', async () => {
    const jwt = await sign(claims);
    for (let index = 0; index < jwt.length; index += 7) {
      const other = jwt[index] === 'A' ? 'B' : 'A';
      if (jwt[index] !== '.')
        expect(await authenticate(jwt.slice(0, index) + other + jwt.slice(index + 1)), `at ${index}`).toEqual(
          refused(),
        );
    }
  });

  it('is encrypted instead of signed', async () => {
    const jwe = await new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'rsa' })
      .encrypt(
        await crypto.subtle.importKey(
          'jwk',
          { ...(await exportJWK(rs256.publicKey)) },
          { name: 'RSA-OAEP', hash: 'SHA-256' },
          false,
          ['encrypt'],
        ),
      );
    expect(await authenticate(jwe)).toEqual(refused());
  });

  it('is longer than 8192 characters, and is not even looked at', async () => {
    const long = await sign({ ...claims, padding: 'x'.repeat(5700) });
    expect(long.length).toBeLessThan(8193);
    expect(await authenticate(long)).toEqual(anna);
    const before = server.requests;
    const tooLong = await sign({ ...claims, padding: 'x'.repeat(6200) });
    expect(tooLong.length).toBeGreaterThan(8192);
    expect(await authenticate(tooLong)).toEqual(refused('too_long'));
    expect(server.requests).toBe(before);
  });

  it.each([
    '',
    '.',
    '..',
    '...',
    'a',
    'a.b.c',
    'e30.e30.e30',
    '{}.{}.{}',
    'null',
    '💥.💥.💥',
    `${'a'.repeat(100)}.`,
    randomUUID(),
  ])('is garbage: %j', async (text) => {
    expect(await authenticate(text)).toEqual(refused());
  });

  it('has a payload that is no object', async () => {
    for (const payload of ['"text"', '[]', '7', 'null', '{', '']) {
      const signed = `${encode({ alg: 'ES256', kid: 'ec' })}.${Buffer.from(payload).toString('base64url')}`;
      const signature = await crypto.subtle.sign(
        { name: 'ECDSA', hash: 'SHA-256' },
        es256.privateKey,
        Buffer.from(signed),
      );
      expect(await authenticate(`${signed}.${Buffer.from(signature).toString('base64url')}`)).toEqual(refused());
    }
  });
});

it('an operator can list no algorithm that needs no public key', () => {
  expect(jwtAlgorithms.filter((name) => !/^(RS|PS|ES)\d{3}$|^Ed(DSA|25519)$/.test(name))).toEqual([]);
});
