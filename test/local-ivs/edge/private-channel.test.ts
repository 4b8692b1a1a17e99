/** Who may watch a private channel with a token that is well made, and what the others are told. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fetchText, toPlaybackUrl } from '../../support/playback-client.ts';
import { createPlaybackSigner } from '../../support/playback-signer.ts';
import { useEdge } from './edge-under-test.ts';
import { fixedNowMs, unknownChannelArn } from './edge-world.ts';
import { expectRefusal, invalidToken } from './refusal.ts';

const nowSeconds = fixedNowMs / 1000;
const tvOrigin = 'https://tv.example';
const edge = useEdge();

describe('a token that holds', () => {
  it('answers the multivariant playlist to the shortest token there is', async () => {
    const { status, headers, text } = await edge.play(await edge.signer.sign(edge.claims()));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    expect(text.split('\n')[0]).toBe('#EXTM3U');
  });

  it('answers it to a token with every claim', async () => {
    const { status } = await edge.playWith(
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
    const url = toPlaybackUrl(edge.url(), edge.world.toArn('live'), await edge.signer.sign(edge.claims())).replace(
      '/v1/',
      '/v1/aws.ivs.',
    );
    expect((await fetchText(url)).status).toBe(200);
  });

  it('needs no kid, and a wrong kid changes nothing', async () => {
    expect((await edge.play(await edge.signer.sign(edge.claims(), { kid: 'of-nobody' }))).status).toBe(200);
  });

  it('may be signed by any key of the account in that region', async () => {
    const other = createPlaybackSigner();
    edge.world.importKey(other);
    expect((await edge.play(await other.sign(edge.claims()))).status).toBe(200);
  });

  it('may be used again and again, each time for a session of its own', async () => {
    const token = await edge.signer.sign(edge.claims({ 'aws:viewer-id': 'v' }));
    const [first, second] = [await edge.play(token), await edge.play(token)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.text).not.toBe(second.text);
  });

  it('keeps playing beyond ten minutes when nothing in it can be revoked or used up', async () => {
    expect((await edge.playWith({ exp: nowSeconds + 86_400 })).status).toBe(200);
  });
});

describe('the origins of a token', () => {
  const list = { 'aws:access-control-allow-origin': `https://*.example.com,${tvOrigin}` };

  it('let in who comes from one of them, and let its page read the answer', async () => {
    const { status, headers } = await edge.playWith(list, { origin: tvOrigin });
    expect([status, headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([
      200,
      tvOrigin,
      'Origin',
    ]);
  });

  it('refuse who comes from another, whose page cannot read the answer', async () => {
    const answer = await edge.playWith(list, { origin: 'https://evil.example' });
    expectRefusal(answer, 'playback_auth_error', 'origin is not allowed');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('let in who sends no Origin, until they are strict', async () => {
    expect((await edge.playWith(list)).status).toBe(200);
    const answer = await edge.playWith({ ...list, 'aws:strict-origin-enforcement': true });
    expectRefusal(answer, 'playback_auth_error', 'origin is not allowed');
  });

  it('may be five when strict, and any number when not', async () => {
    const sixth = { 'aws:access-control-allow-origin': `a,b,c,d,e,${tvOrigin}` };
    const fifth = { 'aws:access-control-allow-origin': `a,b,c,d,${tvOrigin}` };
    const strict = { 'aws:strict-origin-enforcement': true };
    expect((await edge.playWith(sixth, { origin: tvOrigin })).status).toBe(200);
    expect((await edge.playWith({ ...fifth, ...strict }, { origin: tvOrigin })).status).toBe(200);
    const answer = await edge.playWith({ ...sixth, ...strict }, { origin: tvOrigin });
    expectRefusal(answer, invalidToken, 'strict origin enforcement takes at most 5 origins');
  });

  it('are all when none is named, but strict still wants one', async () => {
    const strict = { 'aws:strict-origin-enforcement': true };
    expect((await edge.playWith(strict, { origin: 'https://any.example' })).status).toBe(200);
    expect((await edge.playWith(strict)).status).toBe(403);
  });
});

describe('a single-use id', () => {
  it('plays once, whatever the case of its letters', async () => {
    const uuid = 'ABCDEF00-1111-4222-8333-444444444444';
    expect((await edge.playWith({ 'aws:single-use-uuid': uuid })).status).toBe(200);
    const again = await edge.playWith({ 'aws:single-use-uuid': uuid.toLowerCase() });
    expectRefusal(again, 'playback_auth_error', 'playback_auth_error');
    expect(edge.world.usedIds()).toMatchObject([{ forgetAtMs: fixedNowMs + 300_000 }]);
  });

  it('is not used up by a request that is refused for anything else', async () => {
    const single = { 'aws:single-use-uuid': randomUUID(), 'aws:viewer-id': 'v' };
    const token = await edge.signer.sign(edge.claims({ ...single, 'aws:access-control-allow-origin': tvOrigin }));
    expect((await edge.play(token, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await edge.play(`${token.slice(0, -4)}AAAA`)).status).toBe(403);
    const offline = await edge.signer.sign(edge.claims({ ...single, 'aws:channel-arn': edge.world.toArn('offline') }));
    expect((await edge.play(offline, {}, 'offline')).status).toBe(404);
    expect(edge.world.usedIds()).toEqual([]);
    expect((await edge.play(token)).status).toBe(200);
  });

  it('lets one of many requests at the same time through', async () => {
    const token = await edge.signer.sign(edge.claims({ 'aws:single-use-uuid': randomUUID() }));
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await edge.play(token)).status));
    expect(statuses.toSorted()).toEqual([200, ...Array(19).fill(403)]);
  });
});

describe('a revocation', () => {
  it('refuses every version up to its own, of that viewer on that channel', async () => {
    edge.world.revoke('live', 'v', 7);
    const version = (viewerId: string, value?: number) => ({
      'aws:viewer-id': viewerId,
      ...(value === undefined ? {} : { 'aws:viewer-session-version': value }),
    });
    expectRefusal(await edge.playWith(version('v')), 'playback_auth_error', 'viewer session is revoked');
    expectRefusal(await edge.playWith(version('v', 7)), 'playback_auth_error', 'viewer session is revoked');
    expect((await edge.playWith(version('v', 8))).status).toBe(200);
    expect((await edge.playWith(version('w'))).status).toBe(200);
  });

  it('of version 0 refuses a token without a version, and none with one', async () => {
    edge.world.revoke('live', 'v', 0);
    expect((await edge.playWith({ 'aws:viewer-id': 'v' })).status).toBe(403);
    expect((await edge.playWith({ 'aws:viewer-id': 'v', 'aws:viewer-session-version': 1 })).status).toBe(200);
  });
});

describe('a channel that cannot be watched', () => {
  it('is unknown with 404', async () => {
    const answer = await fetchText(toPlaybackUrl(edge.url(), unknownChannelArn, await edge.signer.sign(edge.claims())));
    expectRefusal(answer, 'transcode_does_not_exist', 'Can not find channel', 404);
  });

  it('is refused for its token before it is called offline', async () => {
    expectRefusal(
      await edge.play(undefined, {}, 'offline'),
      invalidToken,
      'token contains an invalid number of segments',
    );
    const token = await edge.signer.sign(edge.claims({ 'aws:channel-arn': edge.world.toArn('offline') }));
    expectRefusal(await edge.play(token, {}, 'offline'), 'transcode_does_not_exist', 'Can not find channel', 404);
  });
});

describe('the body of a refusal', () => {
  it('never holds the token, wherever in the query it came', async () => {
    const token = await createPlaybackSigner().sign(edge.claims());
    const url = toPlaybackUrl(edge.url(), edge.world.toArn('live'));
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
    edge.restart({ undocumentedRefusalBody: 'code' });
    expectRefusal(await edge.playWith(expired), invalidToken, invalidToken);
    expectRefusal(await edge.play(undefined), invalidToken, 'token contains an invalid number of segments');
    edge.restart({ undocumentedRefusalBody: 'text' });
    expect((await edge.playWith(expired)).text).toBe('Forbidden');
    expect((await fetchText(toPlaybackUrl(edge.url(), unknownChannelArn))).text).toBe('Not Found');
    expectRefusal(await edge.play(undefined), invalidToken, 'token contains an invalid number of segments');
  });

  it('can be read by the page of any origin that is not itself refused', async () => {
    const answer = await edge.play(undefined, { origin: tvOrigin });
    expect(answer.headers.get('access-control-allow-origin')).toBe(tvOrigin);
  });
});
