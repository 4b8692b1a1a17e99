/** `/v1/admin/keys`: key pairs, and `/.well-known/jwks.json`: their public halves. */
import { z } from 'zod';
import { adoptionRequestSchema, keyPairRequestSchema } from '../../keys/request.ts';
import { answer, toAnswer, toEmptyAnswer } from '../answer.ts';
import { admins, readers } from '../callers.ts';
import { madeIdParams } from '../made-id.ts';
import { defineRoute, type Route } from '../route.ts';
import { jwkSetDocument } from '../wire/jwk-set.ts';
import { keyPairDocument, keyPairsDocument, toWireKeyPair, toWireKeys } from '../wire/key-pair.ts';
import { reconcileRoutes } from './reconcile.ts';
import { rotationRoutes } from './rotations.ts';

const path = '/v1/admin/keys';
const onePath = `${path}/{id}`;
const params = madeIdParams<'KeyPairId'>('The id of the key pair.');
const shared = { tag: 'keys' } as const;

/** For admins: list key pairs, look at them, make and delete them. The JWK set is for anyone. */
export const keyRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    operationId: 'listKeyPairs',
    callers: readers,
    summary: 'List key pairs: all of them, as IVS allows three in a region',
    description:
      'With them, for each region, the rotation that is under way, the one before, and when the schedule begins the next.',
    answers: { 200: { description: 'Key pairs, the newest last', body: keyPairsDocument } },
    handle: async (_, { keyPairs, rotations }) =>
      answer(200, toWireKeys(await keyPairs.list(), rotations.rotationDays)),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path,
    operationId: 'createKeyPair',
    callers: admins,
    summary: 'Generate a key pair and import its public half into IVS',
    description: 'The first pair of a region signs at once; others wait as `imported`.',
    body: {
      name: 'KeyPairRequest',
      schema: () => keyPairRequestSchema,
      example: { region: 'us-west-2', name: 'first' },
    },
    answers: { 201: { description: 'The key pair', body: keyPairDocument } },
    refusals: ['key_quota_exceeded', 'conflict', 'rate_limited', 'ivs_unavailable', 'vault_unavailable'],
    handle: async ({ by, body }, { keyPairs }) => toAnswer(201, await keyPairs.create(by, body), toWireKeyPair),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: `${path}/adopt`,
    operationId: 'adoptKeyPair',
    callers: admins,
    summary: 'Take over a key pair that IVS has already, by its private key',
    description:
      'A PEM of PKCS#8 or SEC1, of a key on P-384 that is not encrypted. It is known in IVS by its fingerprint. Asking again answers the same pair. Activate it, and tokens that were signed with it elsewhere go on.',
    body: {
      name: 'AdoptionRequest',
      schema: () => adoptionRequestSchema,
      example: { region: 'us-west-2', privateKey: '-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n' },
    },
    answers: { 201: { description: 'The key pair', body: keyPairDocument } },
    refusals: ['conflict', 'rate_limited', 'ivs_unavailable', 'vault_unavailable'],
    handle: async ({ by, body }, { keyPairs }) => toAnswer(201, await keyPairs.adopt(by, body), toWireKeyPair),
  }),
  ...rotationRoutes,
  ...reconcileRoutes,
  defineRoute({
    ...shared,
    method: 'get',
    path: onePath,
    operationId: 'getKeyPair',
    callers: readers,
    summary: 'Look at a key pair',
    params,
    answers: { 200: { description: 'The key pair', body: keyPairDocument } },
    refusals: ['not_found'],
    handle: async ({ params }, { keyPairs }) => toAnswer(200, await keyPairs.get(params.id), toWireKeyPair),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: `${onePath}/activate`,
    operationId: 'activateKeyPair',
    callers: admins,
    summary: 'Have a key pair sign in its region; the one before retires',
    description:
      'It is tried first: loaded from the vault, one signature made and verified, its fingerprint compared with that in IVS. The pair before can be deleted once its last token is dead, at `deletableAt`.',
    params,
    answers: { 200: { description: 'The key pair', body: keyPairDocument } },
    refusals: ['not_found', 'conflict', 'rate_limited', 'ivs_unavailable'],
    handle: async ({ by, params }, { keyPairs }) =>
      toAnswer(200, await keyPairs.activate(by, params.id), toWireKeyPair),
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: onePath,
    operationId: 'deleteKeyPair',
    callers: admins,
    summary: 'Delete a key pair, in IVS too: no playback starts with its tokens any more',
    description:
      'Refused with `key_in_use`, and why, where it would refuse viewers: of a pair that signs, whose tokens may still be used, that is the last of a region with channels, or whose heir cannot sign. A deletion that failed half-way is finished by asking again, or by itself.',
    params,
    query: z.strictObject({
      force: z.enum(['true', 'false']).optional().describe('`true`: delete it whatever speaks against it.'),
    }),
    answers: { 204: { description: 'Deleted' } },
    refusals: ['not_found', 'key_in_use', 'conflict', 'rate_limited', 'ivs_unavailable', 'vault_unavailable'],
    handle: async ({ by, params, query }, { keyPairs }) =>
      toEmptyAnswer(await keyPairs.delete(by, params.id, { force: query.force === 'true' })),
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
