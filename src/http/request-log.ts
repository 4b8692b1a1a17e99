/** One log line for each request: what was asked, by whom, and how it ended. Never a query, a body or a credential. */
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
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
    const asked = { method: context.req.method, route: routePath(context, -1) };
    const fields = context.get('logFields');
    log.info('request', {
      requestId: context.get('requestId'),
      ...asked,
      ...how,
      durationMs: Math.round(durationMs * 10) / 10,
      ...fields,
    });
    onAnswered?.({ ...asked, ...how, durationMs, channelArn: fields.channelArn, limit: fields.limit });
  });
}
