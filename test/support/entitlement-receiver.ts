/** An operator's own service on a socket: it verifies what it is asked, and answers, or does not, as a test says. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import type { EntitlementQuestion } from '../../src/entitlements/record.ts';
import { listenOnFreePort } from './free-port.ts';

/** Signs what is asked in tests. */
export const entitlementSecret = `whsec_${Buffer.from('entitlement-secret-of-the-tests!').toString('base64')}`;

/** A question as it came in, with a signature that holds. */
interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly question: Record<keyof EntitlementQuestion, string | null>;
}

/** How a question is answered. */
export type Respond = (response: ServerResponse, received: Received) => unknown;

export interface EntitlementReceiver {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** The URL of a path of its own, which is answered so from now on. */
  answer(name: string, respond: Respond): string;
  /** What was asked at the path. */
  received(name: string): readonly Received[];
  close(): Promise<void>;
}

/** Answers with this JSON, and lets it be kept for so long. */
export function json(body: unknown, maxAgeSeconds?: number): Respond {
  return function respondJson(response) {
    const headers = { ...(maxAgeSeconds !== undefined && { 'cache-control': `max-age=${maxAgeSeconds}` }) };
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** Answers as services do that are out of order, by what is wrong with them. None of it is an answer. */
export const misbehaviours: Readonly<Record<string, Respond>> = {
  'that never answers': () => undefined,
  'that answers drop by drop': (response) => {
    response.writeHead(200, { 'content-length': '16' });
    const dripping = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(dripping));
  },
  'that says yes as a text': json({ allowed: 'yes' }),
  'that says yes as a number': json({ allowed: 1 }),
  'that says yes and more': json({ allowed: true, viewer: 'anna' }),
  'that says nothing of it': json({}),
  'that says true': json(true),
  'that answers with a page': (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>yes</html>'),
  'that answers with nothing': (response) => response.writeHead(200).end(),
  'that says yes with another status': (response) => response.writeHead(201).end('{"allowed":true}'),
  'that is broken': (response) => response.writeHead(500).end('{"allowed":true}'),
  'that answers too much': (response) => response.writeHead(200).end(`${' '.repeat(16 * 1024)}{"allowed":true}`),
  'that answers without end': (response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write('{"allowed":true}'.repeat(64)));
    };
    response.on('drain', more);
    more();
  },
  'that sends elsewhere': (response, { headers }) =>
    response.writeHead(307, { location: `http://${headers.host}/elsewhere` }).end('{"allowed":true}'),
  'that sends to a private address': (response) =>
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
  'that wants another protocol': ({ socket }) =>
    socket?.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n{"allowed":true}'),
  'that speaks no HTTP': ({ socket }) => socket?.end('{"allowed":true}'),
  'that has too many headers': ({ socket }) => socket?.end(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}\r\n{}`),
  'that packs a bomb': (response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000, ' '))),
  'that hangs up': (response) => response.destroy(),
  'that hangs up in its answer': (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"allowed":true}', () => response.destroy());
  },
};

/** Starts it. What is asked at a path that nobody named, or has no signature that holds, is answered 401. */
export async function startEntitlementReceiver(): Promise<EntitlementReceiver> {
  const webhook = new Webhook(entitlementSecret);
  const answers = new Map<string, Respond>();
  const all: Received[] = [];
  const server = createServer(async (request, response) => {
    const { url: path = '', headers, method } = request;
    response.on('error', () => undefined);
    const body = await text(request);
    const respond = answers.get(path);
    try {
      const { data } = webhook.verify(body, headers as Record<string, string>) as { data: Received['question'] };
      const received = { path, headers, body, question: data };
      all.push(received);
      if (respond === undefined || method !== 'POST') response.writeHead(401).end();
      else await respond(response, received);
    } catch {
      response.writeHead(401).end();
    }
  });
  const host = `127.0.0.1:${await listenOnFreePort(server)}`;
  return {
    host,
    answer(name, respond) {
      answers.set(`/${encodeURIComponent(name)}`, respond);
      return `http://${host}/${encodeURIComponent(name)}`;
    },
    received: (name) => all.filter(({ path }) => path === `/${encodeURIComponent(name)}`),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
