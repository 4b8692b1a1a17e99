/** One log line for each request: what was asked, by whom, and how it ended. Never a query, a body or a credential. */
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { Log } from '../system.ts';
import type { AppEnv } from './context.ts';
import { clientGone } from './problem.ts';

/** Logs every request when it is answered, or would be if its client were still there. */
export function logRequests(log: Log) {
  return createMiddleware<AppEnv>(async function logRequest(context, next) {
    const startedAt = performance.now();
    context.set('logFields', {});
    await next();
    const how = context.req.raw.signal.aborted
      ? clientGone
      : { status: context.res.status, code: context.get('errorCode') };
    log.info('request', {
      requestId: context.get('requestId'),
      method: context.req.method,
      route: routePath(context, -1),
      ...how,
      durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
      ...context.get('logFields'),
    });
  });
}
