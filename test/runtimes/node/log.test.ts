/** The log of a process on Node: no line of an answered request is lost, and nobody waits for who reads it. */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { listenOnFreePort } from '../../support/free-port.ts';
import { openConnection, toHead } from '../../support/http-connection.ts';
import { plainAdminKey, startPlainService } from '../../support/plain-service.ts';
import { expectWithin } from '../../support/within.ts';

const asAdmin = { authorization: `Bearer ${plainAdminKey}` };

describe('a process that is killed', () => {
  it('has logged every request that it answered', async () => {
    const service = await startPlainService({ TRUSTED_PROXIES: '127.0.0.1' });
    const answered: string[] = [];
    const ask = async () => {
      const connection = await openConnection(service.url);
      for (;;) answered.push((await connection.get('/v1/admin/policies', asAdmin)).headers.get('x-request-id') ?? '');
    };
    const clients = Promise.allSettled(Array.from({ length: 16 }, ask));
    await expect.poll(() => answered.length).toBeGreaterThan(500);
    await service.kill();
    for (const { status } of await clients) expect(status).toBe('rejected');
    const findMissing = () => answered.filter((id) => !service.logs().includes(`"requestId":"${id}"`));
    await expect.poll(findMissing).toEqual([]);
  });
});

describe('a reader of the log who hangs', () => {
  it('keeps nobody waiting, and gets every line when reading again', async () => {
    const service = await startPlainService({ TRUSTED_PROXIES: '127.0.0.1' });
    service.readLogs(false);
    // More than the pipe and the reader's own buffer take.
    const ids = Array.from({ length: 1500 }, (_, index) => `${'i'.repeat(200)}-${index}`);
    const connection = await openConnection(service.url);
    for (const id of ids) expect((await connection.get('/livez', { 'x-request-id': id })).status).toBe(200);
    expect((await expectWithin(500, () => service.send('/livez'))).status).toBe(200);
    expect(service.logs()).not.toContain(ids.at(-1));
    service.readLogs(true);
    await expect.poll(() => ids.filter((id) => !service.logs().includes(`"${id}"`))).toEqual([]);
    await service.stop();
  });

  it('does not keep the process from ending', async () => {
    const service = await startPlainService({ TRUSTED_PROXIES: '127.0.0.1' });
    service.readLogs(false);
    const connection = await openConnection(service.url);
    for (let count = 0; count < 1500; count++) await connection.get('/livez', { 'x-request-id': 'i'.repeat(200) });
    service.signal('SIGTERM');
    expect(await service.exited).toBe(0);
  });
});

describe('a client that hangs up', () => {
  it('before its request has come in is one line, and no mistake of the service', async () => {
    const { url, logs } = await startPlainService({ TRUSTED_PROXIES: '127.0.0.1' });
    const connection = await openConnection(url);
    const headers = { ...asAdmin, 'content-type': 'application/json', 'content-length': '100' };
    connection.write(`${toHead('PUT', '/v1/admin/policies/p', { ...headers, 'x-request-id': 'half' })}{`);
    const chunked = await openConnection(url);
    const inChunks = { ...asAdmin, 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    chunked.write(`${toHead('PUT', '/v1/admin/policies/p', { ...inChunks, 'x-request-id': 'chunk' })}1\r\n{\r\n`);
    await expect.poll(async () => (await (await openConnection(url)).get('/livez')).status).toBe(200);
    for (const { socket } of [connection, chunked]) socket.destroy();
    for (const id of ['half', 'chunk'])
      await expect
        .poll(() => findLines(logs(), id))
        .toEqual([expect.objectContaining({ event: 'request', status: 499, code: 'client_gone' })]);
    expect(logs()).not.toMatch(/internal|stack/);
  });

  it('while its answer is made is one line, with what was done', async () => {
    const silent = createServer();
    const port = await listenOnFreePort(silent);
    const { url, logs } = await startPlainService({
      TRUSTED_PROXIES: '127.0.0.1',
      OIDC_ISSUER: 'https://id.example',
      OIDC_AUDIENCE: 'playgate',
      OIDC_JWKS_URL: `http://127.0.0.1:${port}/`,
      OIDC_TIMEOUT_MS: '300',
      VIEWER_ID_HASH_KEY: plainAdminKey,
    });
    const connection = await openConnection(url);
    const jwt = [{ alg: 'RS256', kid: 'k' }, { iss: 'https://id.example', aud: 'playgate' }, 'signature']
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    connection.write(
      toHead('POST', '/v1/tokens', { authorization: `Bearer ${jwt}`, 'content-length': '0', 'x-request-id': 'gone' }),
    );
    const asked = new Promise((resolve) => silent.once('connection', resolve));
    await asked;
    connection.socket.destroy();
    await expect
      .poll(() => findLines(logs(), 'gone').filter(({ event }) => event === 'request'))
      .toEqual([expect.objectContaining({ route: '/v1/tokens', status: 499, code: 'client_gone' })]);
    expect(logs()).not.toContain('internal_error');
    silent.close();
  });

  it('while its answer is sent is named beside the line of the request', async () => {
    const { url, logs } = await startPlainService({ TRUSTED_PROXIES: '127.0.0.1' });
    const connection = await openConnection(url);
    connection.socket.pause();
    // More than the system takes for a client that does not read.
    for (let count = 0; count < 200; count++)
      connection.write(toHead('GET', '/openapi.json', { 'x-request-id': `sent-${count}` }));
    await expect.poll(() => /"requestId":"sent-\d+"/.test(logs())).toBe(true);
    await settle(logs);
    connection.socket.destroy();
    await expect.poll(logs).toMatch(/"requestId":"sent-\d+","event":"client_gone"/);
    expect(logs()).not.toMatch(/internal|stack/);
  });
});

/** The lines that name a request, as they are. */
function findLines(logs: string, requestId: string): readonly { readonly event?: string }[] {
  return logs
    .split('\n')
    .filter((line) => line.includes(`"requestId":"${requestId}"`))
    .map((line) => JSON.parse(line));
}

/** Resolves when nothing is logged any more, as no answer can go out. */
async function settle(logs: () => string): Promise<void> {
  for (let before = ''; before !== logs(); await sleep(100)) before = logs();
}
