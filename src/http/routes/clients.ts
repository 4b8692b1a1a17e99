/** `/v1/admin/clients`: API clients and their keys. */
import { clientRequestSchema } from '../../access/request.ts';
import { clientIdSchema } from '../../ids.ts';
import { answer, toEmptyAnswer } from '../answer.ts';
import { admins, clientReaders } from '../callers.ts';
import { madeIdParams } from '../made-id.ts';
import { defineRoute, type Route } from '../route.ts';
import { clientDocument, createdClientDocument, toWireClient } from '../wire/client.ts';
import { pageOf, pageQuerySchema, toWirePage } from '../wire/page.ts';

const path = '/v1/admin/clients';
const shared = { tag: 'clients' } as const;

/** For admins: list API clients, make and delete them. */
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
      schema: () => clientRequestSchema,
      example: { name: 'shop', role: 'issuer', channels: ['*'] },
    },
    answers: { 201: { description: 'The client and its key', body: createdClientDocument } },
    async handle({ body }, { clients }) {
      const { client, key } = await clients.create(body);
      return answer(201, { ...toWireClient(client), key });
    },
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: `${path}/{id}`,
    operationId: 'deleteClient',
    callers: admins,
    summary: "Delete a client; its key is nobody's any more",
    description: 'Other instances may take its key for as long as they remember clients: see `CLIENT_CACHE_SECONDS`.',
    params: madeIdParams<'ClientId'>('The id of the client.'),
    answers: { 204: { description: 'Deleted' } },
    refusals: ['not_found'],
    handle: async ({ params }, { clients }) => toEmptyAnswer(await clients.delete(params.id)),
  }),
];
