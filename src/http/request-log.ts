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

/** What a middleware of all requests is mounted on. */
const everyPath = '/*';

/** The pattern of the route that answers: the first, beside the middlewares. A later one may fit as well (`/keys/:id` does for `/keys/rotate`). */
function findRoute(context: Context): string {
  return matchedRoutes(context).find(({ path }) => path !== everyPath)?.path ?? everyPath;
}

/** The trace that the caller says the request belongs to (W3C Trace Context, `traceparent`); undefined where it says none. */
function findTraceId(traceparent: string | undefined): string | undefined {
  return /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/.exec(traceparent ?? '')?.[1];
}
