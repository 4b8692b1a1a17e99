/** The whole HTTP surface: what every request meets first, then which resources there are. Who may call what stands in each route's statement. */
import { Hono } from 'hono';
import type { App, AppEnv, HttpPorts } from './http/context.ts';
import { describeApi } from './http/describe-api.ts';
import { limitConcurrency } from './http/limit-concurrency.ts';
import { createNotFound, mountRoutes } from './http/mount.ts';
import { createErrorHandler } from './http/problem.ts';
import { provideRequestId } from './http/request-id.ts';
import { logRequests } from './http/request-log.ts';
import type { Route } from './http/route.ts';
import { auditRoutes } from './http/routes/audit.ts';
import { blockRoutes } from './http/routes/blocks.ts';
import { callerRoutes } from './http/routes/caller.ts';
import { channelRoutes } from './http/routes/channels.ts';
import { clientRoutes } from './http/routes/clients.ts';
import { createDescriptionRoute } from './http/routes/description.ts';
import { explainRoutes } from './http/routes/explain.ts';
import { healthRoutes } from './http/routes/health.ts';
import { keyRoutes } from './http/routes/keys.ts';
import { metricsRoutes } from './http/routes/metrics.ts';
import { policyRoutes } from './http/routes/policies.ts';
import { revocationRoutes } from './http/routes/revocations.ts';
import { signInRoutes } from './http/routes/sign-in.ts';
import { statsRoutes } from './http/routes/stats.ts';
import { tokenRoutes } from './http/routes/tokens.ts';
import { viewerRoutes } from './http/routes/viewers.ts';

/** Every route of the service. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  ...metricsRoutes,
  createDescriptionRoute(createApiDescription),
  ...tokenRoutes,
  ...explainRoutes,
  ...keyRoutes,
  ...channelRoutes,
  ...policyRoutes,
  ...revocationRoutes,
  ...viewerRoutes,
  ...blockRoutes,
  ...clientRoutes,
  ...auditRoutes,
  ...statsRoutes,
  ...callerRoutes,
  ...signInRoutes,
];

/** The OpenAPI document of the service. Needs nothing that runs. */
export function createApiDescription(): Readonly<Record<string, unknown>> {
  return describeApi(routes);
}

/** Binds the HTTP surface to its ports. Knows no runtime. */
export function createApp(ports: HttpPorts): App {
  const app = new Hono<AppEnv>();
  app.use(async function provideOutside(context, next) {
    context.set('random', ports.random);
    context.set('clock', ports.clock);
    context.set('headers', { 'cache-control': 'no-store' });
    await next();
  });
  app.use(provideRequestId(ports));
  if (ports.traceRequests !== undefined) app.use(ports.traceRequests);
  app.use(logRequests(ports));
  app.use(limitConcurrency(routes, ports.maxConcurrentRequests));
  app.onError(createErrorHandler(ports.log, ports));
  app.notFound(createNotFound(ports));
  mountRoutes(app, routes, ports);
  return app;
}
