/** `/v1/admin/keys`: key pairs, and `/.well-known/jwks.json`: their public halves. */
import { createRoute, z } from '@hono/zod-openapi';
import type { KeyPairId } from '../../ids.ts';
import { keyPairRequestSchema } from '../../keys/request.ts';
import type { App, HttpPorts } from '../context.ts';
import { orRefuse } from '../problem.ts';
import { keyPairSchema, pageSchema, toWireKeyPair } from '../wire.ts';
import { bearer, json, jsonBody, problems } from './describe.ts';

const path = '/v1/admin/keys';
const params = z.object({ id: z.string().transform((id) => id as KeyPairId) });
const shared = { security: bearer, tags: ['keys'] };

const jwkSchema = z
  .object({
    kty: z.literal('EC'),
    crv: z.literal('P-384'),
    x: z.string(),
    y: z.string(),
    kid: z.string(),
    alg: z.literal('ES384'),
    use: z.literal('sig'),
  })
  .openapi('Jwk');

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path,
  summary: 'List key pairs: all of them, as IVS allows three in a region',
  responses: { 200: { description: 'Key pairs', ...json(pageSchema(keyPairSchema)) }, ...problems },
});
const createKeyRoute = createRoute({
  ...shared,
  method: 'post',
  path,
  summary: 'Generate a key pair and import its public half into IVS',
  request: { body: jsonBody(keyPairRequestSchema) },
  responses: { 201: { description: 'The key pair', ...json(keyPairSchema) }, ...problems },
});
const getRoute = createRoute({
  ...shared,
  method: 'get',
  path: `${path}/{id}`,
  summary: 'Look at a key pair',
  request: { params },
  responses: { 200: { description: 'The key pair', ...json(keyPairSchema) }, ...problems },
});
const deleteRoute = createRoute({
  ...shared,
  method: 'delete',
  path: `${path}/{id}`,
  summary: 'Delete a key pair, in IVS too: no playback starts with its tokens any more',
  request: { params },
  responses: { 204: { description: 'Deleted' }, ...problems },
});
const jwksRoute = createRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  summary: 'Public keys in use',
  responses: {
    200: { description: 'A JWK set', ...json(z.object({ keys: z.array(jwkSchema) })) },
    ...problems,
  },
});

/** Adds the routes of key pairs. */
export function addKeyRoutes(app: App, { services: { keyPairs } }: HttpPorts): void {
  app.openapi(listRoute, async (context) => {
    const items = (await keyPairs.list()).map(toWireKeyPair);
    return context.json({ items, nextCursor: null }, 200);
  });
  app.openapi(createKeyRoute, async (context) => {
    const created = orRefuse(await keyPairs.create(context.req.valid('json')));
    return context.json(toWireKeyPair(created), 201);
  });
  app.openapi(getRoute, async (context) => {
    const found = orRefuse(await keyPairs.get(context.req.valid('param').id));
    return context.json(toWireKeyPair(found), 200);
  });
  app.openapi(deleteRoute, async (context) => {
    orRefuse(await keyPairs.delete(context.req.valid('param').id));
    return context.body(null, 204);
  });
  app.openapi(jwksRoute, async (context) => {
    return context.json({ keys: [...(await keyPairs.listPublicKeys())] }, 200);
  });
}
