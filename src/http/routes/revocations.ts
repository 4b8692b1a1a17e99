/** `/v1/admin/revocations`: end sessions, block viewers, see how it went, lift. */
import { createRoute, z } from '@hono/zod-openapi';
import type { RevocationId } from '../../ids.ts';
import { revocationRequestSchema } from '../../revocations/request.ts';
import { readJson } from '../body.ts';
import type { App, HttpPorts } from '../context.ts';
import { orRefuse } from '../problem.ts';
import { pageQuerySchema, pageSchema, revocationSchema, toWirePage, toWireRevocation } from '../wire.ts';
import { bearer, json, jsonBody, problems } from './describe.ts';

const path = '/v1/admin/revocations';
const params = z.object({ id: z.string().transform((id) => id as RevocationId) });
const shared = { security: bearer, tags: ['revocations'] };

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path,
  summary: 'List revocations, newest first',
  request: { query: pageQuerySchema },
  responses: { 200: { description: 'A page of revocations', ...json(pageSchema(revocationSchema)) }, ...problems },
});
const revokeRoute = createRoute({
  ...shared,
  method: 'post',
  path,
  summary: 'Revoke a viewer on a channel, a viewer everywhere, or everyone on a channel',
  request: { body: jsonBody(revocationRequestSchema) },
  responses: {
    201: { description: 'Durable; IVS is being told', ...json(revocationSchema) },
    ...problems,
  },
});
const getRoute = createRoute({
  ...shared,
  method: 'get',
  path: `${path}/{id}`,
  summary: 'Look at a revocation and its delivery',
  request: { params },
  responses: { 200: { description: 'The revocation', ...json(revocationSchema) }, ...problems },
});
const liftRoute = createRoute({
  ...shared,
  method: 'delete',
  path: `${path}/{id}`,
  summary: 'Lift the block; what was ended stays ended',
  request: { params },
  responses: { 204: { description: 'Lifted' }, ...problems },
});

/** Adds the routes of revocations. */
export function addRevocationRoutes(app: App, { services: { revocations } }: HttpPorts): void {
  app.openapi(listRoute, async (context) => {
    const page = await revocations.list(context.req.valid('query'));
    return context.json(toWirePage(page, toWireRevocation), 200);
  });
  // Parsed by the use case, since what is a past time depends on when it is asked.
  app.openAPIRegistry.registerPath(revokeRoute);
  app.post(path, async (context) => {
    const revocation = orRefuse(await revocations.revoke(await readJson(context)));
    const { id, target, floor } = revocation;
    Object.assign(context.get('logFields'), { revocationId: id, ...target, floor });
    return context.json(toWireRevocation(revocation), 201);
  });
  app.openapi(getRoute, async (context) => {
    const found = orRefuse(await revocations.get(context.req.valid('param').id));
    return context.json(toWireRevocation(found), 200);
  });
  app.openapi(liftRoute, async (context) => {
    orRefuse(await revocations.lift(context.req.valid('param').id));
    return context.body(null, 204);
  });
}
