/** What a process on Node lets its connections cost. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openConnection, toHead } from '../../support/http-connection.ts';
import { plainAdminKey, startPlainService } from '../../support/plain-service.ts';
import { expectWithin } from '../../support/within.ts';

const asAdmin = { authorization: `Bearer ${plainAdminKey}` };
const halfBody = { ...asAdmin, 'content-type': 'application/json', 'content-length': '100' };

describe('a connection on which nothing is asked', () => {
  it('is kept as long as the setting says, which the answer tells', async () => {
    const { url } = await startPlainService({ HTTP_KEEP_ALIVE_TIMEOUT_MS: '2000' });
    const connection = await openConnection(url);
    const { headers } = await connection.get('/livez');
    const answeredAtMs = performance.now();
    expect(headers.get('keep-alive')).toBe('timeout=2, max=10000');
    await connection.closed;
    // Node adds a second for what is on its way.
    expect(performance.now() - answeredAtMs).toBeGreaterThan(1900);
  });

  it('is kept longer than a load balancer keeps it, unless somebody sets it otherwise', async () => {
    const { url } = await startPlainService();
    const { headers } = await (await openConnection(url)).get('/livez');
    expect(headers.get('keep-alive')).toMatch(/^timeout=65\b/);
  });
});

describe('a connection', () => {
  it('is to be closed by its client after the last of the requests that it may carry', async () => {
    const { url } = await startPlainService({ HTTP_MAX_REQUESTS_PER_SOCKET: '2' });
    const connection = await openConnection(url);
    expect((await connection.get('/livez')).headers.get('connection')).toBe('keep-alive');
    expect((await connection.get('/livez')).headers.get('connection')).toBe('close');
    expect((await connection.get('/livez')).status).toBe(503);
  });

  it('is refused when too many are open, and the log says so', async () => {
    const { url, logs } = await startPlainService({ HTTP_MAX_CONNECTIONS: '2' });
    const open = await Promise.all([openConnection(url), openConnection(url)]);
    const more = await openConnection(url);
    await expect(more.get('/livez')).rejects.toThrow();
    await expect.poll(logs).toContain('"count":1,"event":"connections_refused"');
    for (const connection of open) expect((await connection.get('/livez')).status).toBe(200);
  });
});

describe('a request that does not come in', () => {
  it('is 408 after the time of the setting, from its head on or in its body', async () => {
    const { url } = await startPlainService({ HTTP_KEEP_ALIVE_TIMEOUT_MS: '1000', HTTP_REQUEST_TIMEOUT_MS: '1100' });
    const [inHead, inBody] = await Promise.all([openConnection(url), openConnection(url)]);
    inHead.write('GET /livez HTTP/1.1\r\nhost:');
    inBody.write(`${toHead('PUT', '/v1/admin/policies/p', halfBody)}{`);
    expect((await inHead.read()).status).toBe(408);
    expect((await inBody.read()).status).toBe(408);
    await Promise.all([inHead.closed, inBody.closed]);
  });
});

describe('an answer that its client does not read', () => {
  it('is cut off after the time of the setting', async () => {
    const { url, logs } = await startPlainService({ HTTP_STALL_TIMEOUT_MS: '1000' });
    const connection = await openConnection(url);
    connection.socket.pause();
    // More than the system takes for a client that does not read.
    connection.write(toHead('GET', '/openapi.json').repeat(200));
    await expect.poll(logs).toContain('"event":"client_gone"');
  });

  it("is a line in the log where the answer is the service's, and none where it is a file of a page", async () => {
    const { url, send, logs } = await startPlainService({ HTTP_STALL_TIMEOUT_MS: '1000' });
    const [, file = ''] = /src="(\/docs\/assets\/[^"]+)"/.exec(await (await send('/docs')).text()) ?? [];
    const [page, answer] = await Promise.all([openConnection(url), openConnection(url)]);
    page.write(toHead('GET', file));
    await once(page.socket, 'data');
    page.socket.destroy();
    // A second later than the other.
    answer.socket.pause();
    answer.write(toHead('GET', '/openapi.json').repeat(200));
    await expect.poll(logs).toContain('"event":"client_gone"');
    expect(logs()).not.toContain('"requestId":null');
  });
});

describe('more requests than the process works on at a time', () => {
  it('are refused at once, but for the probes, until there is room again', async () => {
    const { url, send } = await startPlainService({ MAX_CONCURRENT_REQUESTS: '1' });
    const slow = await openConnection(url);
    slow.write(`${toHead('PUT', '/v1/admin/policies/p', halfBody)}{`);
    const ask = () => send('/v1/admin/policies', { headers: asAdmin });
    await expect.poll(async () => (await ask()).status).toBe(503);
    const refused = await expectWithin(500, ask);
    expect(await refused.json()).toMatchObject({ status: 503, code: 'overloaded' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    for (const probe of ['/livez', '/readyz']) expect((await send(probe)).status).toBe(200);
    slow.socket.destroy();
    await expect.poll(async () => (await ask()).status).toBe(200);
  });
});

describe('requests that are sent ahead', () => {
  it('are answered in their order, those too that were not read at first', async () => {
    const { url } = await startPlainService();
    const connection = await openConnection(url);
    const paths = Array.from({ length: 200 }, (_, index) => (index % 3 === 0 ? '/nowhere' : '/livez'));
    for (let times = 0; times < 3; times++) {
      connection.write(paths.map((path) => toHead('GET', path)).join(''));
      for (const path of paths) expect((await connection.read()).status).toBe(path === '/livez' ? 200 : 404);
    }
  });

  it('are not heeded behind one that closes the connection', async () => {
    const { url, logs, send } = await startPlainService();
    const connection = await openConnection(url);
    connection.write(toHead('GET', '/livez', { connection: 'close' }) + toHead('GET', '/readyz'));
    expect((await connection.read()).headers.get('connection')).toBe('close');
    await expect(connection.read()).rejects.toThrow('closed');
    await send('/nowhere');
    expect(logs()).not.toContain('/readyz');
  });

  it.each([
    ['some', 1, 200],
    ['endlessly many', 20, 2000],
  ])('cost little and keep nobody waiting when 20 clients send %s and read nothing', async (_, writes, requests) => {
    const service = await startPlainService();
    await service.send('/openapi.json');
    const before = findMemory(service.pid);
    const flood = toHead('GET', '/openapi.json').repeat(requests);
    const connections = await Promise.all(Array.from({ length: 20 }, () => openConnection(service.url)));
    for (const { socket, write } of connections) {
      socket.on('error', () => undefined);
      socket.pause();
      for (let times = 0; times < writes; times++) write(flood);
    }
    for (let times = 0; times < 5; times++)
      expect((await expectWithin(1000, () => service.send('/livez'))).status).toBe(200);
    expect(findMemory(service.pid) - before).toBeLessThan(200);
    for (const { socket } of connections) socket.destroy();
  });
});

/** The most memory that a process had so far, in MiB. */
function findMemory(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}
