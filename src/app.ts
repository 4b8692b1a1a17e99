/** The whole HTTP surface: middleware, then routes, in the order in which a request meets them. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { requestId } from 'hono/request-id';
import { requireCaller } from './http/authenticate.ts';
import { limitBody, requireJson } from './http/body.ts';
import type { App, AppEnv, HttpPorts } from './http/context.ts';
import { refuseInvalidInput } from './http/input.ts';
import { createErrorHandler, sendProblem } from './http/problem.ts';
import { logRequests } from './http/request-log.ts';
import { addChannelRoutes } from './http/routes/channels.ts';
import { addClientRoutes } from './http/routes/clients.ts';
import { addHealthRoutes } from './http/routes/health.ts';
import { addKeyRoutes } from './http/routes/keys.ts';
import { addPolicyRoutes } from './http/routes/policies.ts';
import { addRevocationRoutes } from './http/routes/revocations.ts';
import { addTokenRoutes } from './http/routes/tokens.ts';

/** Binds the HTTP surface to the services. Knows no runtime. */
export function createApp(ports: HttpPorts): App {
  const { services, log } = ports;
  const app = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalidInput });

  app.use(requestId());
  app.use(logRequests(log));
  app.use(async function forbidStoring(context, next) {
    context.header('cache-control', 'no-store');
    await next();
  });
  app.onError(createErrorHandler(log));
  app.notFound((context) => sendProblem(context, 'not_found'));

  addHealthRoutes(app, ports);
  addTokenRoutes(app, ports);

  app.use('/v1/admin/*', requireCaller(services.authenticate, ['admin']));
  app.on(['POST', 'PUT'], '/v1/admin/*', limitBody, requireJson);
  addKeyRoutes(app, ports);
  addChannelRoutes(app, ports);
  addPolicyRoutes(app, ports);
  addRevocationRoutes(app, ports);
  addClientRoutes(app, ports);

  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Playgate', version: '1' } });
  return app;
}
