/** `/v1/admin/policies`: restriction policies. */
import { createRoute, z } from '@hono/zod-openapi';
import { policyIdSchema } from '../../ids.ts';
import { policyBodySchema } from '../../policies/request.ts';
import { readJson } from '../body.ts';
import type { App, HttpPorts } from '../context.ts';
import { orRefuse } from '../problem.ts';
import { pageQuerySchema, pageSchema, policySchema, toWirePage, toWirePolicy } from '../wire.ts';
import { bearer, json, jsonBody, problems } from './describe.ts';

const path = '/v1/admin/policies';
const params = z.object({ id: policyIdSchema });
const shared = { security: bearer, tags: ['policies'] };
const one = { 200: { description: 'The policy', ...json(policySchema) }, ...problems };

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path,
  summary: 'List policies',
  request: { query: pageQuerySchema },
  responses: { 200: { description: 'A page of policies', ...json(pageSchema(policySchema)) }, ...problems },
});
const getRoute = createRoute({
  ...shared,
  method: 'get',
  path: `${path}/{id}`,
  summary: 'Look at a policy',
  request: { params },
  responses: one,
});
const putRoute = createRoute({
  ...shared,
  method: 'put',
  path: `${path}/{id}`,
  summary: 'Write a policy; what is left out gets its default',
  request: { params, body: jsonBody(policyBodySchema) },
  responses: one,
});
const deleteRoute = createRoute({
  ...shared,
  method: 'delete',
  path: `${path}/{id}`,
  summary: 'Delete a policy that no channel uses',
  request: { params },
  responses: { 204: { description: 'Deleted' }, ...problems },
});

/** Adds the routes of policies. */
export function addPolicyRoutes(app: App, { services: { policies } }: HttpPorts): void {
  app.openapi(listRoute, async (context) => {
    const page = await policies.list(context.req.valid('query'));
    return context.json(toWirePage(page, toWirePolicy), 200);
  });
  app.openapi(getRoute, async (context) => {
    const found = orRefuse(await policies.get(context.req.valid('param').id));
    return context.json(toWirePolicy(found), 200);
  });
  // Parsed by the use case, since what is a past time depends on when it is asked.
  app.openAPIRegistry.registerPath(putRoute);
  app.put(`${path}/:id`, async (context) => {
    const policy = orRefuse(await policies.put(context.req.param('id'), await readJson(context)));
    return context.json(toWirePolicy(policy), 200);
  });
  app.openapi(deleteRoute, async (context) => {
    orRefuse(await policies.delete(context.req.valid('param').id));
    return context.body(null, 204);
  });
}
