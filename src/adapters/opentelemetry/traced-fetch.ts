/** Calls by `fetch` as spans, and the trace's context on their way. */
import type { Tracer } from '@opentelemetry/api';
import { attribute } from './span-names.ts';
import { injectTraceContext, inSpan, markFailed } from './spans.ts';

/** `fetch` to one place, as those take it who call by HTTP. */
export type TracedFetch = (url: string, init: RequestInit) => Promise<Response>;

/** A `fetch` whose calls are spans such as `GET`, and which sends `traceparent`. Of the URL a span says its host and port alone. */
export function createTracedFetch(tracer: Tracer): TracedFetch {
  return function tracedFetch(url, init) {
    const { hostname, port, protocol } = new URL(url);
    const method = init.method ?? 'GET';
    const attributes = {
      [attribute.httpMethod]: method,
      [attribute.serverAddress]: hostname,
      [attribute.serverPort]: Number(port) || (protocol === 'https:' ? 443 : 80),
    };
    return inSpan(tracer, method, { attributes }, async (span) => {
      const headers = Object.fromEntries(new Headers(init.headers));
      injectTraceContext(headers);
      const answer = await fetch(url, { ...init, headers });
      span.setAttribute(attribute.httpStatus, answer.status);
      if (answer.status >= 400) markFailed(span, String(answer.status));
      return answer;
    });
  };
}
