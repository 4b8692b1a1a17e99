/** An OpenTelemetry collector on a socket, as far as spans go: it takes OTLP over HTTP as JSON, or does what collectors do that are unwell. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnFreePort } from './free-port.ts';

/** A span as it came in. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client (OTLP, `SpanKind`). */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 2 is an error (OTLP, `StatusCode`). */
  readonly status: { readonly code?: number };
}

/** `hang` takes a batch and never answers, `slow` answers after two seconds, `broken` answers 503. */
type OtlpTrouble = 'none' | 'hang' | 'slow' | 'broken';

export interface OtlpReceiver {
  /** What a service is told: without the path. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** All that came in, as it came in. */
  readonly bodies: readonly string[];
  /** Those of the last batch. */
  headers: IncomingHttpHeaders;
  trouble: OtlpTrouble;
  close(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    receiver.headers = request.headers;
    bodies.push(body);
    if (receiver.trouble === 'hang') return;
    if (receiver.trouble === 'slow') await new Promise((resolve) => setTimeout(resolve, 2000));
    if (request.url !== '/v1/traces' || receiver.trouble === 'broken') return void response.writeHead(503).end();
    spans.push(...toSpans(JSON.parse(body)));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const port = await listenOnFreePort(server);
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${port}`,
    spans,
    bodies,
    headers: {},
    trouble: 'none',
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return receiver;
}

interface OtlpSpan extends Omit<ReceivedSpan, 'attributes'> {
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
}

interface OtlpBody {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[] }[];
}

function toSpans({ resourceSpans }: OtlpBody): ReceivedSpan[] {
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map(({ attributes, ...span }) => ({
      ...span,
      attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
    }));
}
