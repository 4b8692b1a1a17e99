/** How a running session lives and ends: what its URLs open, for whom, and for how long. */
import { describe, expect, it } from 'vitest';
import { createEdge, type EdgeOptions } from '../../../src/local-ivs/edge/edge.ts';
import { fetchText, listedUrl, listedUrls, toPlaybackUrl } from '../../support/playback-client.ts';
import { useEdge } from './edge-under-test.ts';
import { fixedNowMs } from './edge-world.ts';

const tvOrigin = 'https://tv.example';
const minuteMs = 60_000;
const edge = useEdge();

const startWith = async (
  claims: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
) => {
  const token = await edge.signer.sign(edge.claims(claims));
  return { token, answer: await edge.play(token, headers) };
};
/** The URLs of a new session's lowest variant and of that variant's newest segment. */
const startSession = async (
  claims: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
) => {
  const { answer } = await startWith(claims, headers);
  const variantUrl = listedUrl(answer.text, -1);
  const variant = await fetchText(variantUrl, headers);
  return { variantUrl, segmentUrl: listedUrl(variant.text, -1), playlist: variant.text };
};
const statusOf = async (url: string, headers: Readonly<Record<string, string>> = {}) =>
  (await fetchText(url, headers)).status;

describe('the URLs of a session', () => {
  it('are absolute, carry no part of the token, and open without it', async () => {
    const { token, answer } = await startWith();
    const variant = await fetchText(listedUrl(answer.text, 0));
    expect(variant.status).toBe(200);
    const urls = [...listedUrls(answer.text), ...listedUrls(variant.text)];
    for (const url of urls) {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/(playlist|segment)\/[\w-]{56}\.(m3u8|ts)$/);
      for (const part of token.split('.')) expect(url).not.toContain(part.slice(0, 12));
    }
    expect(new Set(urls).size).toBe(3 + 15);
  });

  it('begin with the public origin where one is set', async () => {
    edge.restart({ publicOrigin: 'https://ivs.example' });
    const { answer } = await startWith();
    expect(listedUrl(answer.text, 0)).toMatch(/^https:\/\/ivs\.example\/v1\/playlist\//);
  });

  it('open nothing when changed, cut, or made for another kind', async () => {
    const { variantUrl, segmentUrl } = await startSession();
    const changed = [variantUrl, segmentUrl].flatMap((url) => {
      const [opaque = ''] = /[\w-]{56}/.exec(url) ?? [];
      const places = Array.from({ length: opaque.length }, (_, place) => place);
      const replace = (place: number) =>
        opaque.slice(0, place) + (opaque[place] === 'A' ? 'B' : 'A') + opaque.slice(place + 1);
      return [...places.map((place) => url.replace(opaque, replace(place))), url.replace(opaque, opaque.slice(1))];
    });
    const crossed = [
      variantUrl.replace('/playlist/', '/segment/').replace('.m3u8', '.ts'),
      segmentUrl.replace('/segment/', '/playlist/').replace('.ts', '.m3u8'),
      variantUrl.replace('.m3u8', '.ts'),
      `${edge.url()}/v1/playlist/.m3u8`,
      `${edge.url()}/v1/segment/${'A'.repeat(56)}.ts`,
    ];
    const statuses = await Promise.all([...changed, ...crossed].map((url) => statusOf(url)));
    expect(new Set(statuses)).toEqual(new Set([404]));
  });

  it('of one session differ from those of any other, for the same segment too', async () => {
    const [one, other] = [await startSession(), await startSession()];
    expect(listedUrls(one.playlist).filter((url) => listedUrls(other.playlist).includes(url))).toEqual([]);
  });

  it('open nothing at an edge that did not make them', async () => {
    const { variantUrl, segmentUrl } = await startSession();
    edge.restart();
    expect([await statusOf(variantUrl), await statusOf(segmentUrl)]).toEqual([404, 404]);
  });
});

describe('maximum-resolution', () => {
  it.each([
    [undefined, ['1920x1080', '1280x720', '640x360']],
    ['FULL_HD', ['1920x1080', '1280x720', '640x360']],
    ['HD', ['1280x720', '640x360']],
    ['SD', ['640x360']],
  ])('%s leaves these renditions: %j', async (value, resolutions) => {
    const { answer } = await startWith(value === undefined ? {} : { 'aws:maximum-resolution': value });
    const listed = [...answer.text.matchAll(/RESOLUTION=(\d+x\d+)/g)].map((match) => match[1]);
    expect(listed).toEqual(resolutions);
  });
});

describe('a revocation', () => {
  it("ends a running session's next request, playlist and segment alike", async () => {
    const { variantUrl, segmentUrl } = await startSession({ 'aws:viewer-id': 'v', 'aws:viewer-session-version': 7 });
    edge.world.revoke('live', 'v', 6);
    expect([await statusOf(variantUrl), await statusOf(segmentUrl)]).toEqual([200, 200]);
    edge.world.revoke('live', 'v', 7);
    const [variant, segment] = [await fetchText(variantUrl), await fetchText(segmentUrl)];
    for (const { status, text } of [variant, segment]) {
      expect(status).toBe(403);
      const path = expect.stringMatching(/^\/v1\/(playlist|segment)\/redacted$/);
      const error = { error: 'viewer session is revoked', error_code: 'playback_auth_error', type: 'error' };
      expect(JSON.parse(text)).toEqual([{ url: path, ...error }]);
    }
  });

  it('leaves the sessions of other viewers and of nobody alone', async () => {
    const other = await startSession({ 'aws:viewer-id': 'w' });
    const nobody = await startSession();
    edge.world.revoke('live', 'v', 2 ** 31 - 1);
    expect([await statusOf(other.variantUrl), await statusOf(nobody.variantUrl)]).toEqual([200, 200]);
  });
});

describe('the origin of a session', () => {
  const list = { 'aws:access-control-allow-origin': tvOrigin };
  const strict = { ...list, 'aws:strict-origin-enforcement': true };

  it('is asked for at every request when strict', async () => {
    const { variantUrl, segmentUrl } = await startSession(strict, { origin: tvOrigin });
    for (const url of [variantUrl, segmentUrl]) {
      expect(await statusOf(url, { origin: tvOrigin })).toBe(200);
      for (const headers of [{}, { origin: 'https://evil.example' }, { referer: `${tvOrigin}/` }]) {
        const { status, text, headers: answered } = await fetchText(url, headers);
        expect([status, text, answered.get('access-control-allow-origin')]).toEqual([403, 'origin required', null]);
      }
    }
  });

  it('is asked for at the first request only when not strict', async () => {
    const { variantUrl, segmentUrl } = await startSession(list, { origin: tvOrigin });
    const elsewhere = { origin: 'https://evil.example' };
    expect([await statusOf(variantUrl, elsewhere), await statusOf(segmentUrl)]).toEqual([200, 200]);
  });
});

describe('what a session outlives', () => {
  it('the expiry of its token and the deletion of its key', async () => {
    const { variantUrl } = await startSession({ exp: fixedNowMs / 1000 + 1 });
    edge.world.nowMs = fixedNowMs + 10 * minuteMs;
    edge.world.deleteKeys();
    expect(await statusOf(variantUrl)).toBe(200);
  });

  it('hours of watching, by default', async () => {
    const { variantUrl } = await startSession();
    for (let minutes = 5; minutes <= 180; minutes += 5) {
      edge.world.nowMs = fixedNowMs + minutes * minuteMs;
      expect([minutes, await statusOf(variantUrl)]).toEqual([minutes, 200]);
    }
  });

  it('an hour without a request it does not', async () => {
    const { variantUrl, segmentUrl } = await startSession();
    edge.world.nowMs = fixedNowMs + 59 * minuteMs;
    expect(await statusOf(variantUrl)).toBe(200);
    edge.world.nowMs += 60 * minuteMs;
    for (const url of [variantUrl, segmentUrl]) {
      const { status, text } = await fetchText(url);
      expect([status, text]).toEqual([403, 'Forbidden']);
    }
  });

  it('its age limit it does not', async () => {
    edge.restart({ maxSessionAgeMs: 5 * minuteMs });
    const { variantUrl, segmentUrl } = await startSession();
    edge.world.nowMs = fixedNowMs + 5 * minuteMs - 1;
    expect(await statusOf(variantUrl)).toBe(200);
    edge.world.nowMs = fixedNowMs + 5 * minuteMs;
    for (const url of [variantUrl, segmentUrl]) {
      const { status, text } = await fetchText(url);
      expect([status, text]).toEqual([403, 'Forbidden']);
    }
  });
});

describe('the end of a stream', () => {
  it('answers the last window with EXT-X-ENDLIST, whose segments still play, and 404 to who starts then', async () => {
    const { variantUrl, segmentUrl, playlist } = await startSession();
    expect(playlist).not.toContain('#EXT-X-ENDLIST');
    edge.world.goOffline('live');
    edge.world.nowMs = fixedNowMs + minuteMs;
    const ended = await fetchText(variantUrl);
    expect(ended.text).toBe(`${playlist}#EXT-X-ENDLIST\n`);
    expect(await statusOf(segmentUrl)).toBe(200);
    expect((await startWith()).answer.status).toBe(404);
  });

  it('is seen by a session of the old stream when a new one has begun', async () => {
    const { variantUrl } = await startSession();
    edge.world.goLive('live', fixedNowMs);
    expect((await fetchText(variantUrl)).text).toContain('#EXT-X-ENDLIST');
    expect((await startSession()).playlist).not.toContain('#EXT-X-ENDLIST');
  });

  it('is 404 once the channel is deleted', async () => {
    const { variantUrl, segmentUrl } = await startSession();
    edge.world.deleteChannel('live');
    expect([await statusOf(variantUrl), await statusOf(segmentUrl)]).toEqual([404, 404]);
  });
});

describe('the views', () => {
  it('are the sessions with a request within a minute, each with who watches what and nothing that opens a URL', async () => {
    const { variantUrl } = await startSession(
      { 'aws:viewer-id': 'v', 'aws:viewer-session-version': 7 },
      { origin: tvOrigin },
    );
    const [view] = edge.sessions();
    expect(view).toMatchObject({
      channelArn: edge.world.toArn('live'),
      viewerId: 'v',
      sessionVersion: 7,
      origin: tvOrigin,
      startedAtMs: fixedNowMs,
      lastRequestAtMs: fixedNowMs,
    });
    expect(JSON.stringify(view)).not.toContain(/[\w-]{56}/.exec(variantUrl)?.[0]);
    edge.world.nowMs = fixedNowMs + minuteMs;
    expect(edge.sessions()).toEqual([]);
    expect(await statusOf(variantUrl)).toBe(200);
    expect(edge.sessions()).toHaveLength(1);
  });

  it('do not count the refused requests of a revoked session', async () => {
    const { variantUrl } = await startSession({ 'aws:viewer-id': 'v' });
    edge.world.revoke('live', 'v', 0);
    edge.world.nowMs = fixedNowMs + minuteMs - 1;
    expect(await statusOf(variantUrl)).toBe(403);
    edge.world.nowMs = fixedNowMs + minuteMs;
    expect(edge.sessions()).toEqual([]);
  });

  it('have a limit, beyond which the edge answers 429 and uses no single-use id up', async () => {
    edge.restart({ maxConcurrentViews: 2 });
    await startSession();
    const kept = await startSession();
    const { answer } = await startWith({ 'aws:single-use-uuid': crypto.randomUUID() });
    expect(answer.status).toBe(429);
    expect(JSON.parse(answer.text)).toEqual([expect.objectContaining({ error_code: 'concurrent_views_limit' })]);
    expect(edge.world.usedIds()).toEqual([]);
    expect(await statusOf(kept.variantUrl)).toBe(200);
  });

  it('make room for new ones by the session that was idle longest, once it is no view any more', async () => {
    edge.restart({ maxConcurrentViews: 2 });
    const first = await startSession();
    const second = await startSession();
    edge.world.nowMs = fixedNowMs + minuteMs - 1;
    expect(await statusOf(first.variantUrl)).toBe(200);
    edge.world.nowMs = fixedNowMs + minuteMs;
    const third = await startSession();
    const statuses = await Promise.all([first, second, third].map(({ variantUrl }) => statusOf(variantUrl)));
    expect(statuses).toEqual([200, 403, 200]);
  });
});

describe('a request of the wrong kind', () => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('is 405 with %s on every path', async (method) => {
    const { variantUrl, segmentUrl } = await startSession();
    for (const url of [toPlaybackUrl(edge.url(), edge.world.toArn('live')), variantUrl, segmentUrl]) {
      const answer = await fetch(url, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
  });

  it('is answered with HEAD as with GET, without the body', async () => {
    const { variantUrl } = await startSession();
    const answer = await fetch(variantUrl, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/vnd.apple.mpegurl']);
    expect(await answer.text()).toBe('');
  });

  it('is 404 for a name that is no playlist of a channel', async () => {
    const names = [
      'x.m3u8',
      'us-west-2.1.channel.a.mpd',
      'us-west-2.x.channel.a.m3u8',
      '%E0%A4%A.m3u8',
      '..%2f..%2fetc',
    ];
    const statuses = await Promise.all(names.map((name) => statusOf(`${edge.url()}/api/video/v1/${name}`)));
    expect(statuses).toEqual(names.map(() => 404));
  });

  it('is answered as a preflight with OPTIONS, for any page', async () => {
    const headers = {
      origin: tvOrigin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'range',
    };
    const { status, headers: answered } = await fetch(toPlaybackUrl(edge.url(), edge.world.toArn('live')), {
      method: 'OPTIONS',
      headers,
    });
    expect(status).toBe(204);
    expect(Object.fromEntries(answered)).toMatchObject({
      'access-control-allow-origin': tvOrigin,
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-headers': 'range',
      vary: 'Origin',
    });
  });
});

it('answers 500 to what it cannot remember, tells who wants to know, and starts no session', async () => {
  const errors: unknown[] = [];
  const full = new Error('disk full');
  const useSingleUseId = () => {
    throw full;
  };
  const { app, sessions } = createEdge(
    { ...edge.world.edgeState, useSingleUseId },
    { onError: (error) => errors.push(error) },
  );
  const token = await edge.signer.sign(edge.claims({ 'aws:single-use-uuid': crypto.randomUUID() }));
  const answer = await app.request(toPlaybackUrl('http://127.0.0.1', edge.world.toArn('live'), token));
  expect([answer.status, await answer.text()]).toEqual([500, 'Internal Server Error']);
  expect(errors).toEqual([full]);
  expect(sessions()).toEqual([]);
});

it('tells who set an option out of its bounds', () => {
  const wrong: readonly EdgeOptions[] = [
    { clockLeewaySeconds: -1 },
    { clockLeewaySeconds: 301 },
    { maxSessionAgeMs: 999 },
    { maxSessionIdleMs: 999 },
    { viewTimeoutMs: Number.NaN },
    { maxConcurrentViews: 0 },
    { windowSegments: 2.5 },
    { publicOrigin: 'https://ivs.example/path' },
    { publicOrigin: 'ivs.example' },
  ];
  for (const options of wrong) expect(() => createEdge(edge.world.edgeState, options)).toThrow(TypeError);
});
