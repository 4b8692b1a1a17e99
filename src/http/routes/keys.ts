/** `/v1/admin/keys`: key pairs, and `/.well-known/jwks.json`: their public halves. */
import { keyPairRequestSchema } from '../../keys/request.ts';
import { answer, toAnswer, toEmptyAnswer } from '../answer.ts';
import { madeIdParams } from '../made-id.ts';
import { defineRoute, type Route } from '../route.ts';
import { jwkSetDocument } from '../wire/jwk-set.ts';
import { keyPairDocument, toWireKeyPair } from '../wire/key-pair.ts';
import { pageOf, toWirePage } from '../wire/page.ts';

const path = '/v1/admin/keys';
const onePath = `${path}/{id}`;
const params = madeIdParams<'KeyPairId'>('The id of the key pair.');
const shared = { tag: 'keys', callers: ['admin'] } as const;

/** For admins: list key pairs, look at them, make and delete them. The JWK set is for anyone. */
export const keyRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    operationId: 'listKeyPairs',
    summary: 'List key pairs: all of them, as IVS allows three in a region',
    answers: { 200: { description: 'Key pairs, the newest last', body: pageOf(keyPairDocument) } },
    handle: async (_, { keyPairs }) => answer(200, toWirePage({ items: await keyPairs.list() }, toWireKeyPair)),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path,
    operationId: 'createKeyPair',
    summary: 'Generate a key pair and import its public half into IVS',
    description: 'The first pair of a region signs at once; others wait as `imported`.',
    body: {
      name: 'KeyPairRequest',
      schema: () => keyPairRequestSchema,
      example: { region: 'us-west-2', name: 'first' },
    },
    answers: { 201: { description: 'The key pair', body: keyPairDocument } },
    refusals: ['key_quota_exceeded', 'conflict', 'rate_limited', 'ivs_unavailable', 'vault_unavailable'],
    handle: async ({ body }, { keyPairs }) => toAnswer(201, await keyPairs.create(body), toWireKeyPair),
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: onePath,
    operationId: 'getKeyPair',
    summary: 'Look at a key pair',
    params,
    answers: { 200: { description: 'The key pair', body: keyPairDocument } },
    refusals: ['not_found'],
    handle: async ({ params }, { keyPairs }) => toAnswer(200, await keyPairs.get(params.id), toWireKeyPair),
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: onePath,
    operationId: 'deleteKeyPair',
    summary: 'Delete a key pair, in IVS too: no playback starts with its tokens any more',
    description: 'A deletion that failed half-way is finished by asking again.',
    params,
    answers: { 204: { description: 'Deleted' } },
    refusals: ['not_found', 'rate_limited', 'ivs_unavailable', 'vault_unavailable'],
    handle: async ({ params }, { keyPairs }) => toEmptyAnswer(await keyPairs.delete(params.id)),
  }),
  defineRoute({
    method: 'get',
    path: '/.well-known/jwks.json',
    operationId: 'getPublicKeys',
    tag: 'keys',
    summary: 'Public keys in use',
    description: 'As a JWK set (RFC 7517). `kid` is the id of the key pair.',
    callers: 'anyone',
    answers: { 200: { description: 'A JWK set', body: jwkSetDocument } },
    refusals: ['store_unavailable'],
    handle: async (_, { keyPairs }) => answer(200, { keys: [...(await keyPairs.listPublicKeys())] }),
  }),
];
