/** `/v1/admin/revocations`: end sessions, block viewers, see how it went, lift. */
import { revocationIdSchema } from '../../ids.ts';
import { revocationRequestSchema } from '../../revocations/request.ts';
import { answer, toAnswer, toEmptyAnswer } from '../answer.ts';
import { madeIdParams } from '../made-id.ts';
import { type Asked, defineRoute, type Route } from '../route.ts';
import { pageOf, pageQuerySchema, toWirePage } from '../wire/page.ts';
import { revocationDocument, toWireRevocation } from '../wire/revocation.ts';

const path = '/v1/admin/revocations';
const onePath = `${path}/{id}`;
const params = madeIdParams<'RevocationId'>('The id of the revocation.');
const shared = { tag: 'revocations', callers: ['admin'] } as const;

/** For admins: list revocations, look at them, revoke, and lift blocks. */
export const revocationRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    operationId: 'listRevocations',
    summary: 'List revocations, newest first',
    query: pageQuerySchema(revocationIdSchema),
    answers: { 200: { description: 'A page of revocations', body: pageOf(revocationDocument) } },
    handle: async ({ query }, { revocations }) =>
      answer(200, toWirePage(await revocations.list(query), toWireRevocation)),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path,
    operationId: 'createRevocation',
    summary: 'Revoke a viewer on a channel, a viewer everywhere, or everyone on a channel',
    description:
      'When it is answered the decision is durable: sessions up to the floor are dead, and no blocked viewer gets a token. IVS is told after that; `delivery` counts how far.',
    body: {
      name: 'RevocationRequest',
      schema: ({ nowSeconds }: Asked) => revocationRequestSchema(nowSeconds),
      example: {
        viewerId: 'v-7f3a',
        channelArn: 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh',
        reason: 'shared account',
        block: { until: '2026-11-21T17:00:00Z' },
      },
    },
    answers: { 201: { description: 'Durable; IVS is being told', body: revocationDocument } },
    refusals: ['channel_not_found'],
    async handle({ body, note }, { revocations }) {
      const revoked = await revocations.revoke(body);
      if (revoked.ok) note({ revocationId: revoked.value.id, ...revoked.value.target, floor: revoked.value.floor });
      return toAnswer(201, revoked, toWireRevocation);
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: onePath,
    operationId: 'getRevocation',
    summary: 'Look at a revocation and its delivery',
    params,
    answers: { 200: { description: 'The revocation', body: revocationDocument } },
    refusals: ['not_found'],
    handle: async ({ params }, { revocations }) => toAnswer(200, await revocations.get(params.id), toWireRevocation),
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: onePath,
    operationId: 'liftRevocation',
    summary: 'Lift the block; what was ended stays ended',
    params,
    answers: { 204: { description: 'Lifted' } },
    refusals: ['not_found'],
    handle: async ({ params }, { revocations }) => toEmptyAnswer(await revocations.lift(params.id)),
  }),
];
