/** One log line for each request: what was asked, by whom, and how it ended. Never a query, a body or a credential. */
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { AppEnv, HttpPorts } from './context.ts';
import { clientGone } from './problem.ts';

/** Logs every request when it is answered, or would be if its client were still there, and tells whoever counts. */
export function logRequests({ log, onAnswered }: Pick<HttpPorts, 'log' | 'onAnswered'>) {
  return createMiddleware<AppEnv>(async function logRequest(context, next) {
    const startedAt = performance.now();
    context.set('logFields', {});
    await next();
    const how = context.req.raw.signal.aborted
      ? clientGone
      : { status: context.res.status, code: context.get('errorCode') };
    const durationMs = performance.now() - startedAt;
    const asked = { method: context.req.method, route: findRoute(context) };
    const fields = context.get('logFields');
    log.info('request', {
      requestId: context.get('requestId'),
      ...asked,
      ...how,
      durationMs: Math.round(durationMs * 10) / 10,
      traceId: findTraceId(context.req.header('traceparent')),
      ...fields,
    });
    onAnswered?.({ ...asked, ...how, durationMs, channelArn: fields.channelArn, limit: fields.limit });
  });
}

/** The pattern of the route that answers: the first that is for this method alone, where there is one. What is for all methods is a middleware, or a last resort. */
function findRoute(context: Context): string {
  const routes = matchedRoutes(context);
  return (routes.find(({ method }) => method !== 'ALL') ?? routes.at(-1))?.path ?? '*';
}

/** The trace that the caller says the request belongs to (W3C Trace Context, `traceparent`); undefined where it says none. */
function findTraceId(traceparent: string | undefined): string | undefined {
  return /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/.exec(traceparent ?? '')?.[1];
}
