/** `/v1/admin/revocations`: end sessions, block viewers, see how it went, send again, lift. */
import { z } from 'zod';
import { type Caller, isLimited, isSupporterOnly, mayUse, toCallerName } from '../../access/caller.ts';
import { fail, type Result } from '../../errors.ts';
import { type RevocationId, revocationIdSchema, viewerIdSchema } from '../../ids.ts';
import type { Revocation } from '../../revocations/record.ts';
import { revocationFilterFields, revocationRequestSchema } from '../../revocations/request.ts';
import type { RevocationUseCases } from '../../revocations/use-cases.ts';
import { answer, toAnswer, toEmptyAnswer } from '../answer.ts';
import { operators, refuseTarget, supporters, supportReaders } from '../callers.ts';
import { madeIdParams } from '../made-id.ts';
import { type Asked, defineRoute, type Route } from '../route.ts';
import { pageOf, pageQuerySchema, toWirePage } from '../wire/page.ts';
import {
  createdRevocationDocument,
  estimateDocument,
  failedDeliveryDocument,
  revocationDocument,
  toWireEstimate,
  toWireFailedDelivery,
  toWireRevocation,
  toWireRevoked,
} from '../wire/revocation.ts';
import { viewerIdDocument } from '../wire/viewer.ts';

const path = '/v1/admin/revocations';
const onePath = `${path}/{id}`;
const params = madeIdParams<'RevocationId'>('The id of the revocation.');
const shared = { tag: 'revocations' } as const;

/** As many names as a list may have fit in, when they are not much longer than viewer ids. */
const maxRequestBytes = 1024 * 1024;

/** Cursors of what the store keeps in an order of its own. */
const opaqueCursorSchema = z.string().regex(/^[\x20-\x7E]{1,512}$/);

const idempotencyKeySchema = z
  .string()
  .regex(/^[\x20-\x7E]{1,255}$/, 'must be 1 to 255 printable ASCII characters')
  .optional()
  .describe(
    'A text of 1 to 255 printable ASCII characters that the caller makes up for a decision. For 24 hours the same body with the same key is the same decision, however often it is sent. What a body may say is looked at first: one whose `block.until` is over by now is refused, though its decision stands. A stream that is to be stopped is stopped each time.',
  );

/** For admins: list revocations, look at them and at whom they meet, revoke, send again, and lift blocks. */
export const revocationRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    operationId: 'listRevocations',
    callers: supportReaders,
    keepsToChannels: true,
    summary: 'List revocations, newest first',
    description:
      "Every filter that is given must hold. `viewerId` may be the identity provider's own name for the viewer; a list with this viewer is `active` as long as its block stands on any of its viewers: what blocks this one is with the viewer. A page of a filtered list may have fewer items than `limit`, even none, and still a `nextCursor`.",
    query: pageQuerySchema(revocationIdSchema).extend(revocationFilterFields),
    answers: { 200: { description: 'A page of revocations', body: pageOf(revocationDocument) } },
    async handle({ caller, query }, { revocations }) {
      const refusal = refuseTarget(caller, query);
      if (refusal !== undefined) return refusal;
      return toAnswer(200, await revocations.list(query), (page) => toWirePage(page, toWireRevocation));
    },
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path,
    operationId: 'createRevocation',
    callers: supporters,
    keepsToChannels: true,
    summary: 'Revoke a viewer or a list of viewers, on a channel or everywhere, or everyone on a channel',
    description:
      "When it is answered the decision is durable: sessions up to the floor are dead, and no blocked viewer gets a token. IVS is told after that; `delivery` counts how far. `viewerId` and `viewerIds` (which exclude each other) may be the identity provider's own names for viewers. With `dryRun` nothing is done, and the answer says whom it would meet. With `stopStream`, for a whole channel alone, its stream is stopped in IVS as well; the revocation stands whatever becomes of that.",
    headers: z.strictObject({ 'Idempotency-Key': idempotencyKeySchema }),
    body: {
      name: 'RevocationRequest',
      schema: ({ nowSeconds }: Asked) => revocationRequestSchema(nowSeconds),
      example: {
        viewerId: 'v-7f3a',
        channelArn: revocationDocument.example.channelArn,
        reason: 'shared account',
        block: { until: '2026-11-21T17:00:00Z' },
      },
      maxBytes: maxRequestBytes,
    },
    answers: {
      200: { description: 'With `dryRun`: whom it would meet; nothing was done', body: estimateDocument },
      201: {
        description: 'Durable; IVS is being told',
        body: createdRevocationDocument,
        headers: {
          'Idempotent-Replayed': '`true` when this decision was made before, under the same `Idempotency-Key`.',
        },
      },
    },
    refusals: ['channel_not_found', 'channel_not_entitled', 'conflict'],
    async handle({ by, caller, headers, body, note }, { revocations }) {
      const refusal = refuseTarget(caller, body) ?? refuseMany(caller, body.viewerId !== undefined);
      if (refusal !== undefined) return refusal;
      if (body.dryRun) return toAnswer(200, await revocations.estimate(body), toWireEstimate);
      const revoked = await revocations.revoke(by, body, toSentKey(caller, headers['Idempotency-Key']));
      if (!revoked.ok) return revoked;
      const { revocation, repeated } = revoked.value;
      note({ revocationId: revocation.id, ...revocation.target, floor: revocation.floor });
      return answer(201, toWireRevoked(revoked.value), repeated ? { 'idempotent-replayed': 'true' } : {});
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: onePath,
    operationId: 'getRevocation',
    callers: supportReaders,
    keepsToChannels: true,
    summary: 'Look at a revocation and its delivery',
    params,
    answers: { 200: { description: 'The revocation', body: revocationDocument } },
    refusals: ['not_found'],
    handle: async ({ caller, params }, { revocations }) =>
      toAnswer(200, await findOwn(caller, params.id, revocations), toWireRevocation),
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: onePath,
    operationId: 'liftRevocation',
    callers: supporters,
    keepsToChannels: true,
    summary: 'Lift the block; what was ended stays ended',
    params,
    answers: { 204: { description: 'Lifted' } },
    refusals: ['not_found'],
    async handle({ by, caller, params, note }, { revocations }) {
      note({ revocationId: params.id });
      const own = await findOwn(caller, params.id, revocations);
      if (!own.ok) return own;
      const refusal = refuseMany(caller, 'viewerId' in own.value.target);
      return refusal ?? toEmptyAnswer(await revocations.lift(by, params.id));
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: `${onePath}/viewers`,
    operationId: 'listRevokedViewers',
    callers: supportReaders,
    keepsToChannels: true,
    summary: 'List the viewers of a revocation of many',
    description: 'Nobody for a revocation of one viewer, or of everyone on a channel.',
    params,
    query: pageQuerySchema(viewerIdSchema),
    answers: { 200: { description: 'A page of viewer ids, in their order', body: pageOf(viewerIdDocument) } },
    refusals: ['not_found'],
    async handle({ caller, params, query }, { revocations }) {
      const own = await findOwn(caller, params.id, revocations);
      if (!own.ok) return own;
      return toAnswer(200, await revocations.listViewers(params.id, query), (page) => toWirePage(page, (id) => id));
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: `${onePath}/failed`,
    operationId: 'listFailedDeliveries',
    callers: supportReaders,
    keepsToChannels: true,
    summary: 'List of whom IVS refused to be told, and why',
    description: 'At most 10,000 are kept; `delivery.failed` of the revocation counts all.',
    params,
    query: pageQuerySchema(opaqueCursorSchema),
    answers: { 200: { description: 'A page of them, in no particular order', body: pageOf(failedDeliveryDocument) } },
    refusals: ['not_found'],
    async handle({ caller, params, query }, { revocations }) {
      const own = await findOwn(caller, params.id, revocations);
      if (!own.ok) return own;
      const failed = await revocations.listFailed(params.id, query);
      return toAnswer(200, failed, (page) => toWirePage(page, toWireFailedDelivery));
    },
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: `${onePath}/retry`,
    operationId: 'retryRevocation',
    callers: operators,
    keepsToChannels: true,
    summary: 'Tell IVS again of what it refused',
    description: 'Once what it refused for is put right: a channel that was gone, a permission that was missing.',
    params,
    answers: {
      200: {
        description: 'How many deliveries are pending again',
        body: { name: 'RetriedRevocation', schema: z.object({ retried: z.int() }), example: { retried: 3 } },
      },
    },
    refusals: ['not_found'],
    async handle({ by, caller, params, note }, { revocations }) {
      const own = await findOwn(caller, params.id, revocations);
      if (!own.ok) return own;
      const retried = await revocations.retry(by, params.id);
      note({ revocationId: params.id, ...(retried.ok && { counts: { retried: retried.value } }) });
      return toAnswer(200, retried, (count) => ({ retried: count }));
    },
  }),
];

/** The key of one caller is not another's. */
function toSentKey(caller: Caller, key: string | undefined) {
  if (key === undefined) return undefined;
  return { sender: toCallerName(caller), key };
}

/** Whoever supports viewers ends and blocks one at a time. */
function refuseMany(caller: Caller, isOfOneViewer: boolean) {
  const isRefused = isSupporterOnly(caller) && !isOfOneViewer;
  return isRefused ? fail('forbidden', 'The role viewer-support is for one viewer at a time') : undefined;
}

/** The revocation, for whoever may know of it. */
async function findOwn(
  caller: Caller,
  id: RevocationId,
  revocations: Pick<RevocationUseCases, 'get'>,
): Promise<Result<Revocation>> {
  const found = await revocations.get(id);
  if (!found.ok || !isLimited(caller)) return found;
  const { target } = found.value;
  return 'channelArn' in target && mayUse(caller, target.channelArn) ? found : fail('not_found');
}
