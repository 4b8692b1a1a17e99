/** `/livez` and `/readyz`. */
import { createRoute, z } from '@hono/zod-openapi';
import type { App, HttpPorts } from '../context.ts';
import { json } from './describe.ts';

const check = z.enum(['ok', 'unavailable']);
const readinessSchema = z
  .object({ ready: z.boolean(), checks: z.object({ store: check, vault: check, keyRing: check }) })
  .openapi('Readiness');

const livezRoute = createRoute({
  method: 'get',
  path: '/livez',
  summary: 'The process runs',
  responses: { 200: { description: 'It does', ...json(z.object({ live: z.literal(true) })) } },
});
const readyzRoute = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Store, vault and key ring can be used',
  responses: {
    200: { description: 'All of them', ...json(readinessSchema) },
    503: { description: 'Not all of them', ...json(readinessSchema) },
  },
});

/** Adds the routes of health. */
export function addHealthRoutes(app: App, { services }: HttpPorts): void {
  app.openapi(livezRoute, (context) => context.json({ live: true as const }, 200));
  app.openapi(readyzRoute, async (context) => {
    const readiness = await services.checkReadiness();
    return context.json(readiness, readiness.ready ? 200 : 503);
  });
}
