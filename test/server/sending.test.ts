/** How a backend's requests are sent again, and when they are not. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createPlaygate } from '../../src/server/server.ts';

/** What the service answers next; undefined hangs up. */
type Answer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  | undefined;

let server: Server | undefined;
afterEach(() => server?.closeAllConnections());

/** A service that gives these answers, the last one again and again; it keeps what it was asked. */
async function startAnswering(answers: Answer[], options: { retries?: number; timeoutMs?: number } = {}) {
  const asked: { method: string; at: number; key: string | undefined; body: string }[] = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const key = request.headers['idempotency-key'];
    asked.push({
      method: request.method ?? '',
      at: performance.now(),
      key: key === undefined ? key : String(key),
      body,
    });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined) return void request.socket.destroy();
    const isProblem = answer.status >= 400;
    response.writeHead(answer.status, {
      'content-type': isProblem ? 'application/problem+json' : 'application/json',
      ...answer.headers,
    });
    response.end(JSON.stringify(answer.body ?? { code: 'store_unavailable', title: 'No', status: answer.status }));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { asked, playgate: createPlaygate({ url: `http://127.0.0.1:${port}`, apiKey: 'a key', ...options }) };
}

const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';
const outage: Answer = { status: 503 };
const good: Answer = { status: 200, body: { items: [], nextCursor: null, id: 'it' } };

describe('a request', () => {
  it('is sent again after as long as the service says', async () => {
    const { asked, playgate } = await startAnswering([{ status: 503, headers: { 'retry-after': '1' } }, good]);
    await playgate.keys.list();
    const [first, second] = asked;
    expect(asked).toHaveLength(2);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it('is not waited for longer than anybody would', async () => {
    const { asked, playgate } = await startAnswering([{ status: 429, headers: { 'retry-after': '3600' } }]);
    await expect(playgate.keys.list()).rejects.toMatchObject({ status: 429 });
    expect(asked).toHaveLength(1);
  });

  it('is sent again when the connection broke, as often as is said, and then rejects', async () => {
    const { asked, playgate } = await startAnswering([undefined], { retries: 1 });
    await expect(playgate.tokens.create({ channelArn })).rejects.toThrow('fetch failed');
    expect(asked).toHaveLength(2);
    expect(asked[1]?.body).toBe(asked[0]?.body);
  });

  it('that revokes carries one key through all its tries', async () => {
    const { asked, playgate } = await startAnswering([outage, undefined, { status: 201, body: { id: 'rev_1' } }]);
    expect(await playgate.revocations.create({ channelArn })).toEqual({ id: 'rev_1' });
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
    expect(asked[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each<[string, (playgate: ReturnType<typeof createPlaygate>) => Promise<unknown>]>([
    ['makes a client', (playgate) => playgate.clients.create({ name: 'shop', role: 'auditor' })],
    ['makes a key pair', (playgate) => playgate.keys.create({ region: 'us-west-2' })],
    ['changes a part of a policy', (playgate) => playgate.policies.patch('eu', { singleUse: true })],
    ['deletes', (playgate) => playgate.channels.delete(channelArn)],
  ])('that %s is sent once: nobody knows what came of it', async (_, ask) => {
    const { asked, playgate } = await startAnswering([outage]);
    await expect(ask(playgate)).rejects.toMatchObject({ code: 'store_unavailable', status: 503 });
    expect(asked).toHaveLength(1);
  });

  it('that is refused for good is sent once', async () => {
    const { asked, playgate } = await startAnswering([{ status: 403, body: { code: 'forbidden', title: 'No' } }]);
    await expect(playgate.keys.list()).rejects.toMatchObject({ name: 'ApiError', code: 'forbidden' });
    expect(asked).toHaveLength(1);
  });

  it('ends when the service takes too long', async () => {
    const silent = createServer(() => undefined);
    server = silent;
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const playgate = createPlaygate({ url: `http://127.0.0.1:${port}`, apiKey: 'k', timeoutMs: 50, retries: 0 });
    await expect(playgate.stats()).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
