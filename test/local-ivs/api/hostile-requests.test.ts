/** What the API makes of requests that no client of AWS sends. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startRunning } from '../running.ts';

const ivs = await startRunning();
const authorization =
  'AWS4-HMAC-SHA256 Credential=AKID/20261120/us-west-2/ivs/aws4_request, SignedHeaders=host;x-amz-date, Signature=ab';
const signed = { authorization, 'x-amz-date': '20261120T120000Z' };

interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly body?: BodyInit;
  readonly contentType?: string;
}

async function ask({ method = 'POST', path = '/CreateChannel', body = '{}', contentType = 'application/json' }: Ask) {
  const headers = { ...signed, 'content-type': contentType };
  const init = method === 'GET' || method === 'HEAD' ? { method, headers } : { method, headers, body };
  const response = await fetch(`${ivs.url}${path}`, init);
  const answered = await response.text();
  return { status: response.status, error: response.headers.get('x-amzn-errortype'), answered };
}

async function channelCount(): Promise<number> {
  const { answered } = await ask({ path: '/ListChannels' });
  return JSON.parse(answered).channels.length;
}

describe('a body that is not what it should be', () => {
  it.each<[string, BodyInit, string]>([
    ['half a JSON text', '{"name":', 'SerializationException'],
    ['an array', '[]', 'SerializationException'],
    ['null', 'null', 'SerializationException'],
    ['a number', '12', 'SerializationException'],
    ['a string', '"x"', 'SerializationException'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'SerializationException'],
    ['noise', new Uint8Array(1000).fill(0), 'SerializationException'],
    ['brackets nested 100,000 deep', '['.repeat(100_000), 'SerializationException'],
    ['lists nested where a text belongs', `{"name":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'ValidationException'],
    ['a number for a text', '{"name":1}', 'ValidationException'],
    ['a text for a truth', '{"authorized":"true"}', 'ValidationException'],
    ['a list for a map', '{"tags":[]}', 'ValidationException'],
    ['a map for a text', '{"name":{"toString":"x"}}', 'ValidationException'],
    [
      'thousands of tags',
      JSON.stringify({
        tags: Object.fromEntries(
          Array(9000)
            .fill(0)
            .map((_, i) => [`k${i}`, 'v']),
        ),
      }),
      'ValidationException',
    ],
  ])('is refused: %s', async (_, body, error) => {
    const before = await channelCount();
    expect(await ask({ body })).toMatchObject({ status: 400, error });
    expect(await channelCount()).toBe(before);
  });

  it('is refused beyond 256 KB, whether its length is said or not, before it is parsed', async () => {
    const large = JSON.stringify({ name: 'n'.repeat(262_144) });
    const unsaid = new Response(large).body;
    const tooLarge = { status: 413, error: 'RequestEntityTooLargeException' };
    expect(await ask({ body: large })).toMatchObject(tooLarge);
    const init = { method: 'POST', headers: signed, body: unsaid, duplex: 'half' };
    const response = await fetch(`${ivs.url}/CreateChannel`, init as RequestInit);
    expect(response.status).toBe(413);
  });

  it('is refused while it still comes, without waiting for an end that may never be', async () => {
    const open = request(`${ivs.url}/CreateChannel`, { method: 'POST', headers: signed });
    open.on('error', () => undefined);
    open.write('x'.repeat(300_000));
    const [response] = await once(open, 'response');
    expect(response.statusCode).toBe(413);
    open.destroy();
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonp',
    'application/xml',
  ])('is refused as %s', async (contentType) => {
    const answer = await ask({ contentType });
    expect(answer).toMatchObject({ status: 415, error: 'UnsupportedMediaTypeException' });
  });

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/x-amz-json-1.1'])(
    'is taken as %s',
    async (contentType) => {
      expect((await ask({ path: '/ListChannels', contentType })).status).toBe(200);
    },
  );

  it('may be empty where nothing is required, and is then told what is missing elsewhere', async () => {
    expect((await ask({ path: '/ListChannels', body: '' })).status).toBe(200);
    const answer = await ask({ path: '/GetChannel', body: '' });
    expect(JSON.parse(answer.answered).message).toBe('GetChannel.arn is a required attribute');
  });

  it('may hold members that are not known and members that are null', async () => {
    const body = '{"name":null,"unknown":{"a":1},"__proto__":{"authorized":true},"constructor":1}';
    const { status, answered } = await ask({ body });
    expect(status).toBe(200);
    expect(JSON.parse(answered).channel).toMatchObject({ name: '', authorized: false });
  });
});

describe('a member that belongs in the URL', () => {
  it('is not taken from the body', async () => {
    const { answered } = await ask({ body: '{"tags":{"a":"b"}}' });
    const path = `/tags/${encodeURIComponent(JSON.parse(answered).channel.arn)}`;
    const answer = await ask({ method: 'DELETE', path, body: '{"tagKeys":["a"]}' });
    expect(answer).toMatchObject({ status: 400, error: 'ValidationException' });
    expect(JSON.parse((await ask({ method: 'GET', path })).answered).tags).toEqual({ a: 'b' });
  });
});

describe('a path or method that is none', () => {
  it.each<[string, string]>([
    ['POST', '/'],
    ['POST', '/getchannel'],
    ['POST', '/GetChannel/'],
    ['POST', '//GetChannel'],
    ['POST', '/GetChannel/x'],
    ['POST', '/__proto__'],
    ['POST', '/constructor'],
    ['GET', '/GetChannel'],
    ['PUT', '/GetChannel'],
    ['DELETE', '/GetChannel'],
    ['PATCH', '/tags/x'],
    ['GET', '/tags/'],
    ['GET', '/tags'],
    ['GET', '/tags/a/b'],
    ['OPTIONS', '/GetChannel'],
  ])('is unknown: %s %s', async (method, path) => {
    expect(await ask({ method, path })).toMatchObject({ status: 404, error: 'UnknownOperationException' });
  });

  it.each(['/tags/%', '/tags/%E0%A4%A', '/tags/%ff', '/tags/%00', `/tags/${'a'.repeat(4000)}`])(
    'is refused: GET %s',
    async (path) => {
      expect(await ask({ method: 'GET', path })).toMatchObject({ status: 400, error: 'ValidationException' });
    },
  );

  it('answers HEAD as unknown, without a body', async () => {
    expect(await ask({ method: 'HEAD', path: '/GetChannel' })).toMatchObject({ status: 404, answered: '' });
  });
});

describe('what is not HTTP', () => {
  it.each([
    ['noise', '\x00\x01\x02\r\n\r\n'],
    ['a request line of nothing', 'GET\r\n\r\n'],
    ['a length that is no number', 'POST /GetChannel HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n'],
    ['a header of 100 KB', `POST /GetChannel HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['a host that is none', 'POST /GetChannel HTTP/1.1\r\nHost: a b\\c\r\nContent-Length: 0\r\n\r\n'],
    ['no host', 'POST /GetChannel HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'],
    ['an absolute URL of another host', 'POST http://[::bad/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n'],
  ])('is answered with an error of the caller, and the next request is served: %s', async (_, bytes) => {
    const socket = connect(Number(new URL(ivs.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.setTimeout(2000, () => socket.destroy());
    socket.end(bytes);
    expect(await text(socket).catch(() => '')).toMatch(/^(HTTP\/1\.1 4\d\d|$)/);
    expect((await ask({ path: '/ListChannels' })).status).toBe(200);
  });
});
