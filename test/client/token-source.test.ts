/** Where a page has its tokens from, against a service that answers as the test says. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTokenSource } from '../../src/client/client.ts';
import { listen } from '../support/listen.ts';

type Answer = readonly [status: number, body: object];

const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';
let answers: Answer[] = [];
let asked: { authorization: string | undefined; body: Record<string, unknown> }[] = [];
let issued = 0;
let service: { url: string; close(): Promise<void> };

beforeAll(async () => {
  service = await listen(async (request) => {
    asked.push({ authorization: request.headers.get('authorization') ?? undefined, body: await request.json() });
    const [status, body] = answers.shift() ?? issue();
    return Response.json(body, { status });
  });
});
afterAll(() => service.close());
beforeEach(() => {
  answers = [];
  asked = [];
});

function issue(life: object = {}): Answer {
  issued++;
  return [
    201,
    { token: `t${issued}`, playbackUrl: `https://edge/?token=t${issued}`, expiresIn: 120, renewAfter: 96, ...life },
  ];
}

const create = () => createTokenSource({ url: `${service.url}/`, getJwt: async () => 'jwt-of-ann' });

describe('a token source', () => {
  it('asks once for all who ask at once, with the JWT, and keeps what it got', async () => {
    const source = create();
    const tokens = await Promise.all(Array.from({ length: 5 }, () => source.get(channelArn)));
    expect(new Set([...tokens, await source.get(channelArn)]).size).toBe(1);
    expect(asked).toEqual([{ authorization: 'Bearer jwt-of-ann', body: { channelArn } }]);
  });

  it('asks anew for another channel, for other wishes, and for a fresh one', async () => {
    const source = create();
    const first = await source.get(channelArn);
    await source.get(`${channelArn}2`);
    await source.get(channelArn, { maximumResolution: 'SD' });
    const fresh = await source.get(channelArn, { fresh: true });
    expect(fresh.token).not.toBe(first.token);
    expect(await source.get(channelArn)).toBe(fresh);
    expect(asked).toHaveLength(4);
  });

  it('gives no single-use token twice', async () => {
    const source = create();
    const get = () => source.get(channelArn, { singleUse: true });
    const tokens = [...(await Promise.all([get(), get(), get()])), await get()];
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(4);
    expect(asked.every(({ body }) => body.singleUse === true)).toBe(true);
  });

  it('renews what is due, and gives what is still good while nobody answers', async () => {
    const source = create();
    answers = [issue({ renewAfter: 0 }), [503, { code: 'store_unavailable', retryAfter: 30 }]];
    const first = await source.get(channelArn);
    const begunAt = performance.now();
    expect(await source.get(channelArn)).toBe(first);
    expect(performance.now() - begunAt).toBeLessThan(10_000);
    expect(asked).toHaveLength(2);
  });

  it('tries on after an outage, and gives up after its time', async () => {
    answers = [
      [503, { code: 'store_unavailable' }],
      [502, { code: 'ivs_unavailable' }],
    ];
    expect((await create().get(channelArn)).expiresIn).toBe(120);
    expect(asked).toHaveLength(3);
    answers = [[429, { code: 'rate_limited', retryAfter: 60 }]];
    await expect(create().get(channelArn, { timeoutMs: 1_000 })).rejects.toMatchObject({
      ...{ name: 'PlaybackError', code: 'rate_limited', isFinal: false, retryAfter: 60 },
    });
    const nobody = createTokenSource({ url: 'http://127.0.0.1:9', getJwt: () => 'jwt' });
    await expect(nobody.get(channelArn, { timeoutMs: 0 })).rejects.toMatchObject({
      code: 'unreachable',
      isFinal: false,
    });
  });

  it('says what the service said no with, and until when, and forgets what it had', async () => {
    const source = create();
    await source.get(channelArn);
    answers = [[403, { code: 'viewer_blocked', until: '2026-11-27T17:00:00Z', requestId: 'r-1' }]];
    await expect(source.get(channelArn, { fresh: true })).rejects.toMatchObject({
      ...{ code: 'viewer_blocked', isFinal: true, until: new Date('2026-11-27T17:00:00Z'), requestId: 'r-1' },
    });
    answers = [[403, { code: 'channel_closed', opensAt: '2026-11-28T20:00:00Z' }]];
    await expect(source.get(channelArn)).rejects.toMatchObject({ until: new Date('2026-11-28T20:00:00Z') });
    expect(asked).toHaveLength(3);
  });

  it('ends the waiting of whoever wants no more, and of nobody else', async () => {
    const source = create();
    const leaving = new AbortController();
    const left = source.get(channelArn, { signal: leaving.signal });
    const staying = source.get(channelArn);
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect((await staying).expiresIn).toBe(120);
    expect(asked).toHaveLength(1);
  });

  it("takes a backend's JSON and its response, and nothing else for a token", async () => {
    const [, token] = issue();
    const ofBackend = (answer: unknown) =>
      createTokenSource({ getToken: async () => answer as Response }).get(channelArn);
    expect(await ofBackend(token)).toBe(token);
    expect(await ofBackend(Response.json(token))).toEqual(token);
    await expect(ofBackend(Response.json({ code: 'viewer_blocked' }, { status: 403 }))).rejects.toMatchObject({
      ...{ code: 'viewer_blocked', isFinal: true },
    });
    await expect(ofBackend(new Response('<html>', { status: 404 }))).rejects.toMatchObject({ code: 'unexpected' });
    await expect(ofBackend({ url: 'x' })).rejects.toMatchObject({ code: 'unexpected', isFinal: true });
  });
});
