/** `/v1/admin/clients`: API clients and their keys. */
import { clientPatchSchema, clientRequestSchema, keyRotationSchema } from '../../access/request.ts';
import { clientIdSchema } from '../../ids.ts';
import { answer, toAnswer, toEmptyAnswer } from '../answer.ts';
import { admins, clientReaders } from '../callers.ts';
import { changeHeaders, tagHeader, toCondition } from '../conditions.ts';
import { madeIdParams } from '../made-id.ts';
import { type Asked, defineRoute, type Route } from '../route.ts';
import { clientDocument, createdClientDocument, toWireClient, toWireKeyedClient } from '../wire/client.ts';
import { pageOf, pageQuerySchema, toWirePage } from '../wire/page.ts';

const path = '/v1/admin/clients';
const onePath = `${path}/{id}`;
const params = madeIdParams<'ClientId'>('The id of the client.');
const shared = { tag: 'clients' } as const;

/** For admins: list API clients, make them, change their keys, delete them. */
export const clientRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    operationId: 'listClients',
    callers: clientReaders,
    summary: 'List API clients',
    query: pageQuerySchema(clientIdSchema),
    answers: { 200: { description: 'A page of clients, by their ids', body: pageOf(clientDocument) } },
    handle: async ({ query }, { clients }) => answer(200, toWirePage(await clients.list(query), toWireClient)),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path,
    operationId: 'createClient',
    callers: admins,
    summary: 'Make an API client; its key is in this answer and nowhere else',
    description: 'Keep the key where secrets are kept: here only its hash is.',
    body: {
      name: 'ClientRequest',
      schema: ({ nowSeconds }: Asked) => clientRequestSchema(nowSeconds),
      example: { name: 'shop', role: 'issuer', channels: ['*'] },
    },
    answers: { 201: { description: 'The client and its key', body: createdClientDocument } },
    async handle({ by, body }, { clients }) {
      return answer(201, toWireKeyedClient(await clients.create(by, body)));
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: onePath,
    operationId: 'getClient',
    callers: clientReaders,
    summary: 'Look at an API client',
    params,
    answers: { 200: { description: 'The client', body: clientDocument, headers: tagHeader } },
    refusals: ['not_found'],
    async handle({ params }, { clients, toTag }) {
      const found = await clients.get(params.id);
      if (!found.ok) return found;
      const { lastUsedAt: _, ...client } = found.value;
      return answer(200, toWireClient(found.value), { etag: toTag(client) });
    },
  }),
  defineRoute({
    ...shared,
    method: 'patch',
    path: onePath,
    operationId: 'patchClient',
    callers: admins,
    summary: 'Change a client: what is left out stays as it is, its key too',
    params,
    headers: changeHeaders,
    body: {
      name: 'ClientPatch',
      schema: ({ nowSeconds }: Asked) => clientPatchSchema(nowSeconds),
      example: { name: 'shop 2', expiresAt: null },
    },
    answers: { 200: { description: 'The client', body: clientDocument, headers: tagHeader } },
    refusals: ['not_found', 'precondition_failed'],
    async handle({ by, params, headers, body }, { clients, toTag }) {
      const client = await clients.patch(by, params.id, body, toCondition(headers));
      return client.ok ? answer(200, toWireClient(client.value), { etag: toTag(client.value) }) : client;
    },
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: `${onePath}/rotate-key`,
    operationId: 'rotateClientKey',
    callers: admins,
    summary: 'Make another key for a client; it is in this answer and nowhere else',
    description:
      'The key before holds on for `overlapSeconds`, a day when nothing is said; one from before that one ends at once. 0 ends the key at once, on other instances after `CLIENT_CACHE_SECONDS`.',
    params,
    body: { name: 'KeyRotationRequest', schema: () => keyRotationSchema, example: { overlapSeconds: 86_400 } },
    answers: { 200: { description: 'The client and its new key', body: createdClientDocument } },
    refusals: ['not_found'],
    handle: async ({ by, params, body }, { clients }) =>
      toAnswer(200, await clients.rotateKey(by, params.id, body), toWireKeyedClient),
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: onePath,
    operationId: 'deleteClient',
    callers: admins,
    summary: "Delete a client; its key is nobody's any more",
    description: 'Other instances may take its key for as long as they remember clients: see `CLIENT_CACHE_SECONDS`.',
    params,
    answers: { 204: { description: 'Deleted' } },
    headers: changeHeaders,
    refusals: ['not_found', 'precondition_failed'],
    handle: async ({ by, params, headers }, { clients }) =>
      toEmptyAnswer(await clients.delete(by, params.id, toCondition(headers))),
  }),
];
