/** Which playback tokens start playback of a private channel, and what the others are told. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEdge, type Edge, type EdgeOptions } from '../../../src/local-ivs/edge/edge.ts';
import { type ListeningServer, listen } from '../../support/listen.ts';
import {
  createMemoryEdgeState,
  fixedNowMs,
  type MemoryEdgeState,
  toChannelArn,
} from '../../support/memory-edge-state.ts';
import { type EdgeAnswer, fetchText, toPlaybackUrl } from '../../support/playback-client.ts';
import { createPlaybackSigner } from '../../support/playback-signer.ts';

const nowSeconds = fixedNowMs / 1000;
const tvOrigin = 'https://tv.example';
const signer = createPlaybackSigner();
let state: MemoryEdgeState;
let server: ListeningServer;
let edge: Edge;
const restart = (options: EdgeOptions = {}) => {
  edge = createEdge(state, options);
};

beforeAll(async () => {
  server = await listen((request, env) => edge.app.fetch(request, env));
});
afterAll(() => server.close());
beforeEach(() => {
  state = createMemoryEdgeState(signer);
  restart();
});

const claims = (more: Readonly<Record<string, unknown>> = {}) => ({
  'aws:channel-arn': toChannelArn('live'),
  exp: nowSeconds + 300,
  ...more,
});
const play = (token: string | undefined, headers: Readonly<Record<string, string>> = {}, channelId = 'live') =>
  fetchText(toPlaybackUrl(server.url, channelId, token), headers);
const playWith = async (more: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}) =>
  play(await signer.sign(claims(more)), headers);
const expectRefusal = (answer: EdgeAnswer, errorCode: string, error: string, status = 403) => {
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text)).toEqual([
    { url: expect.stringMatching(/^\/api\/video\/v1\//), error, error_code: errorCode, type: 'error' },
  ]);
};
const invalidToken = 'invalid_playback_auth_token';

describe('a token that holds', () => {
  it('answers the multivariant playlist to the shortest token there is', async () => {
    const { status, headers, text } = await play(await signer.sign(claims()));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    expect(text.split('\n')[0]).toBe('#EXTM3U');
  });

  it('answers it to a token with every claim', async () => {
    const { status } = await playWith(
      {
        'aws:access-control-allow-origin': `https://a.example, ${tvOrigin}`,
        'aws:strict-origin-enforcement': true,
        'aws:single-use-uuid': randomUUID(),
        'aws:viewer-id': 'v'.repeat(40),
        'aws:viewer-session-version': nowSeconds,
        'aws:maximum-resolution': 'FULL_HD',
        'aws:ads-opt-out': true,
        'aws:ads-player-params': { city: 'Berlin' },
        'aws:ads-playback-config-name': 'evening',
        'aws:ads-reporting-mode': 'SERVER',
        exp: nowSeconds + 600,
      },
      { origin: tvOrigin },
    );
    expect(status).toBe(200);
  });

  it('answers it at the older form of the playback URL', async () => {
    const url = toPlaybackUrl(server.url, 'live', await signer.sign(claims())).replace('/v1/', '/v1/aws.ivs.');
    expect((await fetchText(url)).status).toBe(200);
  });

  it('needs no kid, and a wrong kid changes nothing', async () => {
    expect((await play(await signer.sign(claims(), { kid: 'of-nobody' }))).status).toBe(200);
  });

  it('may be signed by any key of the account in that region', async () => {
    const other = createPlaybackSigner();
    state.keys.push({ arn: 'arn:aws:ivs:us-west-2:123456789012:playback-key/other', spki: other.spki });
    expect((await play(await other.sign(claims()))).status).toBe(200);
  });

  it('may be used again and again, each time for a session of its own', async () => {
    const token = await signer.sign(claims({ 'aws:viewer-id': 'v' }));
    const [first, second] = [await play(token), await play(token)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.text).not.toBe(second.text);
  });

  it('keeps playing beyond ten minutes when nothing in it can be revoked or used up', async () => {
    expect((await playWith({ exp: nowSeconds + 86_400 })).status).toBe(200);
  });
});

describe('the form of a token', () => {
  it.each([
    ['no token', undefined],
    ['an empty token', ''],
    ['one segment', 'abc'],
    ['two segments', 'a.b'],
    ['four segments', 'a.b.c.d'],
  ])('is refused with %s', async (_, token) => {
    expectRefusal(await play(token), invalidToken, 'token contains an invalid number of segments');
  });

  it.each([
    ['a header that is no JSON', 'e30x', 'e30'],
    ['a header that is an array', 'W10', 'e30'],
    ['a payload that is null', 'e30', 'bnVsbA'],
    ['a payload that is no UTF-8', 'e30', 'eyL_In0'],
    ['characters that are not base64url', 'e30', 'e30='],
  ])('is refused with %s', async (_, header, payload) => {
    const answer = await play(`${header}.${payload}.AAAA`);
    expectRefusal(answer, invalidToken, 'token is not base64url of a JSON object, twice, and a signature');
  });

  it('is refused above 2048 bytes and taken at 2048', async () => {
    const withBytes = async (padding: number) => signer.sign(claims({ padding: 'x'.repeat(padding) }));
    const base = (await withBytes(0)).length;
    let padding = Math.floor(((2048 - base) * 3) / 4);
    while ((await withBytes(padding)).length < 2048) padding += 1;
    const [fits, larger] = [await withBytes(padding), await withBytes(padding + 3)];
    expect([fits.length, larger.length > 2048]).toEqual([2048, true]);
    expect((await play(fits)).status).toBe(200);
    expectRefusal(await play(larger), invalidToken, 'token is larger than 2048 bytes');
  });

  it.each(['none', 'HS256', 'HS384', 'ES256', 'RS256', 'es384', ''])(
    'is refused with the algorithm "%s"',
    async (alg) => {
      const [, payload, signature] = (await signer.sign(claims())).split('.');
      const header = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url');
      expectRefusal(await play(`${header}.${payload}.${signature}`), invalidToken, 'signing method is not ES384');
    },
  );

  it('is refused with a critical extension', async () => {
    const header = Buffer.from(JSON.stringify({ alg: 'ES384', crit: ['x'], x: 1 })).toString('base64url');
    const [, payload, signature] = (await signer.sign(claims())).split('.');
    expectRefusal(await play(`${header}.${payload}.${signature}`), invalidToken, 'signing method is not ES384');
  });
});

describe('the signature of a token', () => {
  it('is refused when it is by a key of nobody', async () => {
    expectRefusal(await play(await createPlaybackSigner().sign(claims())), invalidToken, 'signature is invalid');
  });

  it('is refused once its key is gone', async () => {
    const token = await signer.sign(claims());
    expect((await play(token)).status).toBe(200);
    state.keys.length = 0;
    expectRefusal(await play(token), invalidToken, 'signature is invalid');
  });

  it('is refused in DER, as Node and OpenSSL write it by default', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    state.keys.push({ arn: 'k', spki: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') });
    const input = (await signer.sign(claims())).split('.').slice(0, 2).join('.');
    const der = sign('sha384', Buffer.from(input), privateKey);
    const raw = sign('sha384', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    expect((await play(`${input}.${raw.toString('base64url')}`)).status).toBe(200);
    expectRefusal(await play(`${input}.${der.toString('base64url')}`), invalidToken, 'signature is invalid');
  });

  it('is refused when the payload is that of another token', async () => {
    const [header, , signature] = (await signer.sign(claims())).split('.');
    const [, payload] = (await signer.sign(claims({ exp: nowSeconds + 301 }))).split('.');
    expectRefusal(await play(`${header}.${payload}.${signature}`), invalidToken, 'signature is invalid');
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
    expectRefusal(await playWith({ [claim]: value }), invalidToken, error);
  });

  it('are refused for another channel', async () => {
    const answer = await playWith({ 'aws:channel-arn': toChannelArn('offline') });
    expectRefusal(answer, invalidToken, 'aws:channel-arn names another channel');
  });

  it.each([
    ['aws:viewer-id', 'v'.repeat(40)],
    ['aws:viewer-id', '😀'.repeat(40)],
    ['aws:ads-player-params', { city: 'x'.repeat(996) }],
    ['aws:viewer-session-version', 2 ** 53],
    ['unknown', { of: ['any', 'type'] }],
  ])('are taken when %s is %j', async (claim, value) => {
    expect((await playWith({ [claim]: value })).status).toBe(200);
  });
});

describe('the times of a token', () => {
  const bound = { 'aws:viewer-id': 'v' };

  it.each([
    ['this second', nowSeconds],
    ['in the past', nowSeconds - 1],
    ['zero', 0],
  ])('are refused when exp is %s', async (_, exp) => {
    expectRefusal(await playWith({ exp }), invalidToken, 'Token is expired');
  });

  it.each([[bound], [{ 'aws:single-use-uuid': randomUUID() }]])(
    'let exp be ten minutes ahead and no more with %j',
    async (more) => {
      expect((await playWith({ ...more, exp: nowSeconds + 600 })).status).toBe(200);
      const answer = await playWith({ ...more, exp: nowSeconds + 601 });
      expectRefusal(answer, invalidToken, 'exp is over 10 minutes ahead, too far for this token');
    },
  );

  it.each([[{}], [bound]])('are refused in milliseconds with %j', async (more) => {
    const answer = await playWith({ ...more, exp: fixedNowMs + 300_000 });
    expectRefusal(answer, invalidToken, 'exp is in milliseconds, not in seconds');
  });

  it('may be in milliseconds where a setting says so, but not with a viewer id', async () => {
    restart({ acceptMillisecondExp: true });
    expect((await playWith({ exp: fixedNowMs })).status).toBe(200);
    expect((await playWith({ ...bound, exp: fixedNowMs })).status).toBe(403);
  });

  it('are refused before nbf', async () => {
    expectRefusal(await playWith({ nbf: nowSeconds + 1 }), invalidToken, 'Token is not valid yet');
    expect((await playWith({ nbf: nowSeconds })).status).toBe(200);
  });

  it('may miss the clock by the leeway, either way', async () => {
    restart({ clockLeewaySeconds: 5 });
    expect((await playWith({ exp: nowSeconds - 4 })).status).toBe(200);
    expect((await playWith({ exp: nowSeconds - 5 })).status).toBe(403);
    expect((await playWith({ ...bound, exp: nowSeconds + 605 })).status).toBe(200);
    expect((await playWith({ ...bound, exp: nowSeconds + 606 })).status).toBe(403);
    expect((await playWith({ nbf: nowSeconds + 5 })).status).toBe(200);
  });
});

describe('the origins of a token', () => {
  const list = { 'aws:access-control-allow-origin': `https://*.example.com,${tvOrigin}` };

  it('let in who comes from one of them, and let its page read the answer', async () => {
    const { status, headers } = await playWith(list, { origin: tvOrigin });
    expect([status, headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([
      200,
      tvOrigin,
      'Origin',
    ]);
  });

  it('refuse who comes from another, whose page cannot read the answer', async () => {
    const answer = await playWith(list, { origin: 'https://evil.example' });
    expectRefusal(answer, 'playback_auth_error', 'origin is not allowed');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('let in who sends no Origin, until they are strict', async () => {
    expect((await playWith(list)).status).toBe(200);
    const answer = await playWith({ ...list, 'aws:strict-origin-enforcement': true });
    expectRefusal(answer, 'playback_auth_error', 'origin is not allowed');
  });

  it('may be five when strict, and any number when not', async () => {
    const sixth = { 'aws:access-control-allow-origin': `a,b,c,d,e,${tvOrigin}` };
    const fifth = { 'aws:access-control-allow-origin': `a,b,c,d,${tvOrigin}` };
    const strict = { 'aws:strict-origin-enforcement': true };
    expect((await playWith(sixth, { origin: tvOrigin })).status).toBe(200);
    expect((await playWith({ ...fifth, ...strict }, { origin: tvOrigin })).status).toBe(200);
    const answer = await playWith({ ...sixth, ...strict }, { origin: tvOrigin });
    expectRefusal(answer, invalidToken, 'strict origin enforcement takes at most 5 origins');
  });

  it('are all when none is named, but strict still wants one', async () => {
    const strict = { 'aws:strict-origin-enforcement': true };
    expect((await playWith(strict, { origin: 'https://any.example' })).status).toBe(200);
    expect((await playWith(strict)).status).toBe(403);
  });
});

describe('a single-use id', () => {
  it('plays once, whatever the case of its letters', async () => {
    const uuid = 'ABCDEF00-1111-4222-8333-444444444444';
    expect((await playWith({ 'aws:single-use-uuid': uuid })).status).toBe(200);
    const again = await playWith({ 'aws:single-use-uuid': uuid.toLowerCase() });
    expectRefusal(again, 'playback_auth_error', 'playback_auth_error');
    expect([...state.usedIds.values()]).toEqual([fixedNowMs + 300_000]);
  });

  it('is not used up by a request that is refused for anything else', async () => {
    const single = { 'aws:single-use-uuid': randomUUID(), 'aws:viewer-id': 'v' };
    const token = await signer.sign(claims({ ...single, 'aws:access-control-allow-origin': tvOrigin }));
    expect((await play(token, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await play(`${token.slice(0, -4)}AAAA`)).status).toBe(403);
    const offline = await signer.sign(claims({ ...single, 'aws:channel-arn': toChannelArn('offline') }));
    expect((await play(offline, {}, 'offline')).status).toBe(404);
    expect(state.usedIds.size).toBe(0);
    expect((await play(token)).status).toBe(200);
  });

  it('lets one of many requests at the same time through', async () => {
    const token = await signer.sign(claims({ 'aws:single-use-uuid': randomUUID() }));
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await play(token)).status));
    expect(statuses.toSorted()).toEqual([200, ...Array(19).fill(403)]);
  });
});

describe('a revocation', () => {
  it('refuses every version up to its own, of that viewer on that channel', async () => {
    state.revoke('live', 'v', 7);
    const version = (viewerId: string, value?: number) => ({
      'aws:viewer-id': viewerId,
      ...(value === undefined ? {} : { 'aws:viewer-session-version': value }),
    });
    expectRefusal(await playWith(version('v')), 'playback_auth_error', 'viewer session is revoked');
    expectRefusal(await playWith(version('v', 7)), 'playback_auth_error', 'viewer session is revoked');
    expect((await playWith(version('v', 8))).status).toBe(200);
    expect((await playWith(version('w'))).status).toBe(200);
  });

  it('of version 0 refuses a token without a version, and none with one', async () => {
    state.revoke('live', 'v', 0);
    expect((await playWith({ 'aws:viewer-id': 'v' })).status).toBe(403);
    expect((await playWith({ 'aws:viewer-id': 'v', 'aws:viewer-session-version': 1 })).status).toBe(200);
  });
});

describe('a channel that cannot be watched', () => {
  it('is unknown with 404', async () => {
    const answer = await play(await signer.sign(claims()), {}, 'nobody');
    expectRefusal(answer, 'transcode_does_not_exist', 'Can not find channel', 404);
  });

  it('is refused for its token before it is called offline', async () => {
    expectRefusal(await play(undefined, {}, 'offline'), invalidToken, 'token contains an invalid number of segments');
    const token = await signer.sign(claims({ 'aws:channel-arn': toChannelArn('offline') }));
    expectRefusal(await play(token, {}, 'offline'), 'transcode_does_not_exist', 'Can not find channel', 404);
  });
});

describe('the body of a refusal', () => {
  it('never holds the token, wherever in the query it came', async () => {
    const token = await createPlaybackSigner().sign(claims());
    const url = toPlaybackUrl(server.url, 'live');
    const queries = [
      `token=${token}`,
      `token.m3u8?token=${token}`,
      `token=x&token=${token}`,
      token,
      `a=${token}&pbac=true`,
    ];
    for (const query of queries) {
      const { status, text } = await fetchText(`${url}?${query}&player_version=1.13.0`);
      expect(status).toBe(403);
      expect(text).not.toContain(token.slice(0, 24));
      expect(text).not.toContain(token.slice(-24));
      expect(text).toContain('player_version=1.13.0');
    }
  });

  it('may repeat the code or be plain text where AWS documents none, and stays where reports show it', async () => {
    const expired = { exp: nowSeconds - 1 };
    restart({ undocumentedRefusalBody: 'code' });
    expectRefusal(await playWith(expired), invalidToken, invalidToken);
    expectRefusal(await play(undefined), invalidToken, 'token contains an invalid number of segments');
    restart({ undocumentedRefusalBody: 'text' });
    expect((await playWith(expired)).text).toBe('Forbidden');
    expect((await play(undefined, {}, 'nobody')).text).toBe('Not Found');
    expectRefusal(await play(undefined), invalidToken, 'token contains an invalid number of segments');
  });

  it('can be read by the page of any origin that is not itself refused', async () => {
    const answer = await play(undefined, { origin: tvOrigin });
    expect(answer.headers.get('access-control-allow-origin')).toBe(tvOrigin);
  });
});
