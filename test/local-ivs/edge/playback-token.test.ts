/** Which playback tokens are well made: their form, signature, claims and times. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createPlaybackSigner } from '../../support/playback-signer.ts';
import { useEdge } from './edge-under-test.ts';
import { fixedNowMs } from './edge-world.ts';
import { expectRefusal, invalidToken } from './refusal.ts';

const nowSeconds = fixedNowMs / 1000;
const edge = useEdge();

describe('the form of a token', () => {
  it.each([
    ['no token', undefined],
    ['an empty token', ''],
    ['one segment', 'abc'],
    ['two segments', 'a.b'],
    ['four segments', 'a.b.c.d'],
  ])('is refused with %s', async (_, token) => {
    expectRefusal(await edge.play(token), invalidToken, 'token contains an invalid number of segments');
  });

  it.each([
    ['a header that is no JSON', 'e30x', 'e30'],
    ['a header that is an array', 'W10', 'e30'],
    ['a payload that is null', 'e30', 'bnVsbA'],
    ['a payload that is no UTF-8', 'e30', 'eyL_In0'],
    ['characters that are not base64url', 'e30', 'e30='],
  ])('is refused with %s', async (_, header, payload) => {
    const answer = await edge.play(`${header}.${payload}.AAAA`);
    expectRefusal(answer, invalidToken, 'token is not base64url of a JSON object, twice, and a signature');
  });

  it('is refused above 2048 bytes and taken at 2048', async () => {
    const withBytes = async (padding: number) => edge.signer.sign(edge.claims({ padding: 'x'.repeat(padding) }));
    const base = (await withBytes(0)).length;
    let padding = Math.floor(((2048 - base) * 3) / 4);
    while ((await withBytes(padding)).length < 2048) padding += 1;
    const [fits, larger] = [await withBytes(padding), await withBytes(padding + 3)];
    expect([fits.length, larger.length > 2048]).toEqual([2048, true]);
    expect((await edge.play(fits)).status).toBe(200);
    expectRefusal(await edge.play(larger), invalidToken, 'token is larger than 2048 bytes');
  });

  it.each(['none', 'HS256', 'HS384', 'ES256', 'RS256', 'es384', ''])(
    'is refused with the algorithm "%s"',
    async (alg) => {
      const [, payload, signature] = (await edge.signer.sign(edge.claims())).split('.');
      const header = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url');
      expectRefusal(await edge.play(`${header}.${payload}.${signature}`), invalidToken, 'signing method is not ES384');
    },
  );

  it('is refused with a critical extension', async () => {
    const header = Buffer.from(JSON.stringify({ alg: 'ES384', crit: ['x'], x: 1 })).toString('base64url');
    const [, payload, signature] = (await edge.signer.sign(edge.claims())).split('.');
    expectRefusal(await edge.play(`${header}.${payload}.${signature}`), invalidToken, 'signing method is not ES384');
  });
});

describe('the signature of a token', () => {
  it('is refused when it is by a key of nobody', async () => {
    expectRefusal(
      await edge.play(await createPlaybackSigner().sign(edge.claims())),
      invalidToken,
      'signature is invalid',
    );
  });

  it('is refused once its key is gone', async () => {
    const token = await edge.signer.sign(edge.claims());
    expect((await edge.play(token)).status).toBe(200);
    edge.world.deleteKeys();
    expectRefusal(await edge.play(token), invalidToken, 'signature is invalid');
  });

  it('is refused in DER, as Node and OpenSSL write it by default', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    edge.world.importKey({ spki: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') });
    const input = (await edge.signer.sign(edge.claims())).split('.').slice(0, 2).join('.');
    const der = sign('sha384', Buffer.from(input), privateKey);
    const raw = sign('sha384', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    expect((await edge.play(`${input}.${raw.toString('base64url')}`)).status).toBe(200);
    expectRefusal(await edge.play(`${input}.${der.toString('base64url')}`), invalidToken, 'signature is invalid');
  });

  it('is refused when the payload is that of another token', async () => {
    const [header, , signature] = (await edge.signer.sign(edge.claims())).split('.');
    const [, payload] = (await edge.signer.sign(edge.claims({ exp: nowSeconds + 301 }))).split('.');
    expectRefusal(await edge.play(`${header}.${payload}.${signature}`), invalidToken, 'signature is invalid');
  });
});

describe('the claims of a token', () => {
  it.each([
    ['aws:channel-arn', undefined],
    ['aws:channel-arn', 7],
    ['aws:access-control-allow-origin', ['https://tv.example']],
    ['aws:strict-origin-enforcement', 'true'],
    ['aws:single-use-uuid', 'not-a-uuid'],
    ['aws:viewer-id', ''],
    ['aws:viewer-id', 'v'.repeat(41)],
    ['aws:viewer-id', 12],
    ['aws:viewer-session-version', '1'],
    ['aws:viewer-session-version', -1],
    ['aws:viewer-session-version', 1.5],
    ['aws:viewer-session-version', 2 ** 63],
    ['aws:maximum-resolution', '4K'],
    ['aws:maximum-resolution', 'hd'],
    ['aws:ads-opt-out', 1],
    ['aws:ads-player-params', { city: 1 }],
    ['aws:ads-player-params', { city: 'x'.repeat(997) }],
    ['aws:ads-playback-config-name', 1],
    ['aws:ads-reporting-mode', 'BOTH'],
    ['exp', undefined],
    ['exp', `${nowSeconds + 300}`],
    ['exp', nowSeconds + 300.5],
    ['nbf', 'now'],
  ])('are refused when %s is %j, and the answer names the claim', async (claim, value) => {
    const error = `${claim}: claim is missing, of a wrong type or out of its range`;
    expectRefusal(await edge.playWith({ [claim]: value }), invalidToken, error);
  });

  it('are refused for another channel', async () => {
    const answer = await edge.playWith({ 'aws:channel-arn': edge.world.toArn('offline') });
    expectRefusal(answer, invalidToken, 'aws:channel-arn names another channel');
  });

  it.each([
    ['aws:viewer-id', 'v'.repeat(40)],
    ['aws:viewer-id', '😀'.repeat(40)],
    ['aws:ads-player-params', { city: 'x'.repeat(996) }],
    ['aws:viewer-session-version', 2 ** 53],
    ['unknown', { of: ['any', 'type'] }],
  ])('are taken when %s is %j', async (claim, value) => {
    expect((await edge.playWith({ [claim]: value })).status).toBe(200);
  });
});

describe('the times of a token', () => {
  const bound = { 'aws:viewer-id': 'v' };

  it.each([
    ['this second', nowSeconds],
    ['in the past', nowSeconds - 1],
    ['zero', 0],
  ])('are refused when exp is %s', async (_, exp) => {
    expectRefusal(await edge.playWith({ exp }), invalidToken, 'Token is expired');
  });

  it.each([[bound], [{ 'aws:single-use-uuid': randomUUID() }]])(
    'let exp be ten minutes ahead and no more with %j',
    async (more) => {
      expect((await edge.playWith({ ...more, exp: nowSeconds + 600 })).status).toBe(200);
      const answer = await edge.playWith({ ...more, exp: nowSeconds + 601 });
      expectRefusal(answer, invalidToken, 'exp is over 10 minutes ahead, too far for this token');
    },
  );

  it.each([[{}], [bound]])('are refused in milliseconds with %j', async (more) => {
    const answer = await edge.playWith({ ...more, exp: fixedNowMs + 300_000 });
    expectRefusal(answer, invalidToken, 'exp is in milliseconds, not in seconds');
  });

  it('may be in milliseconds where a setting says so, but not with a viewer id', async () => {
    edge.restart({ acceptMillisecondExp: true });
    expect((await edge.playWith({ exp: fixedNowMs })).status).toBe(200);
    expect((await edge.playWith({ ...bound, exp: fixedNowMs })).status).toBe(403);
  });

  it('are refused before nbf', async () => {
    expectRefusal(await edge.playWith({ nbf: nowSeconds + 1 }), invalidToken, 'Token is not valid yet');
    expect((await edge.playWith({ nbf: nowSeconds })).status).toBe(200);
  });

  it('may miss the clock by the leeway, either way', async () => {
    edge.restart({ clockLeewaySeconds: 5 });
    expect((await edge.playWith({ exp: nowSeconds - 4 })).status).toBe(200);
    expect((await edge.playWith({ exp: nowSeconds - 5 })).status).toBe(403);
    expect((await edge.playWith({ ...bound, exp: nowSeconds + 605 })).status).toBe(200);
    expect((await edge.playWith({ ...bound, exp: nowSeconds + 606 })).status).toBe(403);
    expect((await edge.playWith({ nbf: nowSeconds + 5 })).status).toBe(200);
  });
});
