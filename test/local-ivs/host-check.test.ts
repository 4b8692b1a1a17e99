/** Which hosts a request may name. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createLocalIvs } from '../../src/local-ivs/local-ivs.ts';
import { startRunning } from './running.ts';

const open = await startRunning({ publicUrl: 'https://ivs.example.test/base' });
const allowing = await startRunning({ allowedHosts: ['Local-IVS', 'ivs.internal', '192.0.2.7', '[FD00::1]'] });
const guarded = await startRunning({ credentials: [{ accessKeyId: 'AKID', secretAccessKey: 'secret' }] });

/** The answer to a request with this Host header as it stands, over a socket. */
async function ask(url: string, host: string, start = 'GET /_local/'): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const authorization =
    'AWS4-HMAC-SHA256 Credential=AKID/20261120/us-west-2/ivs/aws4_request, SignedHeaders=host, Signature=ab';
  socket.write(
    `${start} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: 0\r\n` +
      `Authorization: ${authorization}\r\nX-Amz-Date: 20261120T120000Z\r\n\r\n`,
  );
  return text(socket);
}

const own = ['localhost', 'LOCALHOST:8788', '127.0.0.1', '127.0.0.1:1', '[::1]', '[::1]:8788', 'ivs.example.test'];
const foreign = ['evil.example', 'evil.example:8788', 'localhost.evil.example', '127.0.0.1.evil.example', '192.0.2.1'];
const list = 'POST /ListChannels';

describe('a request to a local IVS', () => {
  it.each(own)('is answered for the host %s', async (host) => {
    expect(await ask(open.url, host)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask(open.url, host, list)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each(foreign)('is refused for the host %s, which may be a page that had its name changed', async (host) => {
    const control = await ask(open.url, host);
    expect(control).toMatch(/^HTTP\/1\.1 403 /);
    expect(control).toContain('Host header');
    const api = await ask(open.url, host, list);
    expect(api).toMatch(/^HTTP\/1\.1 403 /);
    expect(api).toContain('x-amzn-errortype: AccessDeniedException');
  });

  it.each(['local-ivs:8788', 'LOCAL-ivs', 'ivs.internal', '192.0.2.7:1', '[fd00::1]:8788', 'localhost'])(
    'is answered for the allowed host %s, at the control endpoint too',
    async (host) => {
      expect(await ask(allowing.url, host)).toMatch(/^HTTP\/1\.1 200 /);
      expect(await ask(allowing.url, host, list)).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  it.each([...foreign, 'sub.ivs.internal', 'ivs.internal.', '[fd00::2]'])(
    'is refused for the host %s, which is none of the allowed ones',
    async (host) => {
      expect(await ask(allowing.url, host)).toMatch(/^HTTP\/1\.1 403 .*LOCAL_IVS_ALLOWED_HOSTS/s);
      expect(await ask(allowing.url, host, list)).toMatch(/^HTTP\/1\.1 403 /);
    },
  );

  it('cannot be allowed for what no Host header says', () => {
    for (const host of ['ivs:8788', 'http://ivs', 'fd00::1', '*', ''])
      expect(() => createLocalIvs({ allowedHosts: [host] })).toThrow('without a port');
  });

  it('is judged by its Host header, whatever its request line says', async () => {
    const start = 'GET http://localhost/_local/';
    expect(await ask(open.url, 'evil.example', start)).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('may be for any host at the API when credentials are asked for, and at the playback edge', async () => {
    expect(await ask(guarded.url, 'evil.example', list)).toContain('x-amzn-errortype: InvalidSignatureException');
    expect(await ask(guarded.url, 'evil.example')).toMatch(/^HTTP\/1\.1 403 .*Host header/s);
    const path = '/api/video/v1/us-west-2.123456789012.channel.abcdABCDefgh.m3u8';
    expect(await ask(open.url, 'cdn.example', `GET ${path}`)).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('is judged by its URL where there is no socket', async () => {
    const localIvs = createLocalIvs();
    const status = async (url: string) => (await localIvs.fetch(new Request(url))).status;
    expect(await status('http://localhost/_local/')).toBe(200);
    expect(await status('http://evil.example/_local/')).toBe(403);
  });
});
