/** `/v1/admin/channels`: private channels and the policies attached to them. */
import { createRoute, z } from '@hono/zod-openapi';
import { channelBodySchema } from '../../channels/request.ts';
import { channelArnSchema } from '../../ids.ts';
import type { App, HttpPorts } from '../context.ts';
import { orRefuse } from '../problem.ts';
import { channelSchema, pageQuerySchema, pageSchema, toWirePage } from '../wire.ts';
import { bearer, json, jsonBody, problems } from './describe.ts';

const path = '/v1/admin/channels';
const params = z.object({ channelArn: channelArnSchema });
const shared = { security: bearer, tags: ['channels'] };
const one = { 200: { description: 'The channel', ...json(channelSchema) }, ...problems };

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path,
  summary: 'List registered channels',
  request: { query: pageQuerySchema },
  responses: { 200: { description: 'A page of channels', ...json(pageSchema(channelSchema)) }, ...problems },
});
const getRoute = createRoute({
  ...shared,
  method: 'get',
  path: `${path}/{channelArn}`,
  summary: 'Look at a channel',
  request: { params },
  responses: one,
});
const putRoute = createRoute({
  ...shared,
  method: 'put',
  path: `${path}/{channelArn}`,
  summary: 'Register a private channel, or replace its registration',
  request: { params, body: jsonBody(channelBodySchema) },
  responses: one,
});
const deleteRoute = createRoute({
  ...shared,
  method: 'delete',
  path: `${path}/{channelArn}`,
  summary: 'Forget a channel; in IVS it stays as it is',
  request: { params },
  responses: { 204: { description: 'Forgotten' }, ...problems },
});

/** Adds the routes of channels. */
export function addChannelRoutes(app: App, { services: { channels } }: HttpPorts): void {
  app.openapi(listRoute, async (context) => {
    const page = await channels.list(context.req.valid('query'));
    return context.json(
      toWirePage(page, (channel) => ({ ...channel })),
      200,
    );
  });
  app.openapi(getRoute, async (context) => {
    return context.json(orRefuse(await channels.get(context.req.valid('param').channelArn)), 200);
  });
  app.openapi(putRoute, async (context) => {
    return context.json(
      orRefuse(await channels.put(context.req.valid('param').channelArn, context.req.valid('json'))),
      200,
    );
  });
  app.openapi(deleteRoute, async (context) => {
    orRefuse(await channels.delete(context.req.valid('param').channelArn));
    return context.body(null, 204);
  });
}
