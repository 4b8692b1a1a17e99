/** Speaks HTTP to the instances over kept connections, and writes down every exchange. */
import { Agent, request } from 'node:http';
import type { Json } from '../../black-box/answer.ts';
import type { Asked, Exchange, Facts } from '../history.ts';

/** Longer than any answer may take: whoever waits so long was forgotten. */
const patienceMs = 60_000;
const maxConnections = 128;

/** An answer with its body read as JSON where it is that, else as text; status null when none came. */
export interface Heard {
  readonly status: number | null;
  readonly error?: string;
  readonly body: Json;
  /** The id that the answer gives the request. */
  readonly requestId?: string;
}

/** A request as a client makes it. */
interface Call {
  readonly instance: number;
  /** With the path as the OpenAPI document writes it. */
  readonly operation: string;
  /** In place of each parameter of the path, in order; percent-encoded here. */
  readonly params?: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The bearer credential. */
  readonly as: string;
  /** What it was about; a function where only the answer's body says that. */
  readonly asked?: Asked | ((body: Json) => Asked);
}

export interface Client {
  send(call: Call): Promise<Heard & { readonly exchange: Exchange }>;
  readonly exchanges: readonly Exchange[];
  close(): void;
}

/** A client of the instances at these URLs. */
export function createClient(urls: readonly string[]): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: maxConnections });
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    async send(call) {
      const { instance, operation } = call;
      const beganMs = performance.now();
      const heard = await sendOnce(agent, new URL(toPath(call), urls[instance]), call);
      const { status, error, body } = heard;
      const span = { beganMs, endedMs: performance.now() };
      const reason = error === undefined ? {} : { error };
      const exchange = {
        operation,
        instance,
        ...span,
        status,
        ...reason,
        asked: toAsked(call, body),
        facts: toFacts(body),
      };
      exchanges.push(exchange);
      return { ...heard, exchange };
    },
    close: () => agent.destroy(),
  };
}

function toPath({ operation, params = [], query }: Call): string {
  const values = [...params];
  const path = operation
    .slice(operation.indexOf(' ') + 1)
    .replaceAll(/\{\w+\}/g, () => encodeURIComponent(values.shift() ?? ''));
  return query === undefined ? path : `${path}?${new URLSearchParams(query)}`;
}

function sendOnce(agent: Agent, url: URL, { operation, body, headers, as }: Call): Promise<Heard> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const [method = ''] = operation.split(' ');
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ status: null, error: error.message, body: undefined });
    const sent = request(url, {
      agent,
      method,
      headers: {
        authorization: `Bearer ${as}`,
        ...(text !== '' && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...headers,
      },
      timeout: patienceMs,
    });
    sent.on('error', fail);
    sent.on('timeout', () => sent.destroy(new Error(`nothing for ${patienceMs} ms`)));
    sent.on('response', (response) => {
      let received = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        received += chunk;
      });
      response.on('error', fail);
      const requestId = String(response.headers['x-request-id']);
      response.on('end', () => resolve({ status: response.statusCode ?? null, body: parse(received), requestId }));
    });
    sent.end(text);
  });
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toAsked({ asked = { kind: 'other' } }: Call, body: Json): Asked {
  return typeof asked === 'function' ? asked(body) : asked;
}

function toFacts(body: Json): Facts {
  return {
    ...(typeof body?.code === 'string' && { code: body.code }),
    ...(typeof body?.sessionVersion === 'number' && { sessionVersion: body.sessionVersion }),
    ...(typeof body?.floor === 'number' && { floor: body.floor, revocationId: String(body.id) }),
  };
}
