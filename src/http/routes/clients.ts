/** `/v1/admin/clients`: API clients and their keys. */
import { createRoute, z } from '@hono/zod-openapi';
import { clientRequestSchema } from '../../access/request.ts';
import type { ClientId } from '../../ids.ts';
import type { App, HttpPorts } from '../context.ts';
import { orRefuse } from '../problem.ts';
import { clientSchema, pageQuerySchema, pageSchema, toWireClient, toWirePage } from '../wire.ts';
import { bearer, json, jsonBody, problems } from './describe.ts';

const path = '/v1/admin/clients';
const shared = { security: bearer, tags: ['clients'] };

const createdClientSchema = clientSchema.extend({ key: z.string() }).openapi('CreatedClient');

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path,
  summary: 'List API clients',
  request: { query: pageQuerySchema },
  responses: { 200: { description: 'A page of clients', ...json(pageSchema(clientSchema)) }, ...problems },
});
const createClientRoute = createRoute({
  ...shared,
  method: 'post',
  path,
  summary: 'Make an API client; its key is in this answer and nowhere else',
  request: { body: jsonBody(clientRequestSchema) },
  responses: { 201: { description: 'The client and its key', ...json(createdClientSchema) }, ...problems },
});
const deleteRoute = createRoute({
  ...shared,
  method: 'delete',
  path: `${path}/{id}`,
  summary: 'Delete a client; its key is nobody any more',
  request: { params: z.object({ id: z.string().transform((id) => id as ClientId) }) },
  responses: { 204: { description: 'Deleted' }, ...problems },
});

/** Adds the routes of API clients. */
export function addClientRoutes(app: App, { services: { clients } }: HttpPorts): void {
  app.openapi(listRoute, async (context) => {
    const page = await clients.list(context.req.valid('query'));
    return context.json(toWirePage(page, toWireClient), 200);
  });
  app.openapi(createClientRoute, async (context) => {
    const { client, key } = await clients.create(context.req.valid('json'));
    return context.json({ ...toWireClient(client), key }, 201);
  });
  app.openapi(deleteRoute, async (context) => {
    orRefuse(await clients.delete(context.req.valid('param').id));
    return context.body(null, 204);
  });
}
