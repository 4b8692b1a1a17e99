/** `/v1/admin/policies`: restriction policies. */
import { z } from 'zod';
import { policyIdSchema } from '../../ids.ts';
import { policyImportSchema, policyPatchSchema, policyRequestSchema } from '../../policies/request.ts';
import { answer, toAnswer, toEmptyAnswer } from '../answer.ts';
import { operators, readers } from '../callers.ts';
import { changeHeaders, tagHeader, toCondition, toWarnings, writeHeaders } from '../conditions.ts';
import { type Asked, defineRoute, type Route } from '../route.ts';
import { pageOf, pageQuerySchema, toWirePage } from '../wire/page.ts';
import { policyDocument, putPolicyDocument, toWirePolicy } from '../wire/policy.ts';

const path = '/v1/admin/policies';
const onePath = `${path}/{id}`;
const params = z.strictObject({ id: policyIdSchema.describe('The id that an operator gives the policy.') });
const shared = { tag: 'policies' } as const;
const thePolicy = { 200: { description: 'The policy', body: policyDocument, headers: tagHeader } };
const { id: _, ...requestExample } = policyDocument.example;

/** For admins: list policies, look at them, write and delete them. */
export const policyRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    operationId: 'listPolicies',
    callers: readers,
    keepsToChannels: true,
    summary: 'List policies',
    query: pageQuerySchema(policyIdSchema),
    answers: { 200: { description: 'A page of policies, by their ids', body: pageOf(policyDocument) } },
    handle: async ({ query }, { policies }) => answer(200, toWirePage(await policies.list(query), toWirePolicy)),
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: onePath,
    operationId: 'getPolicy',
    callers: readers,
    keepsToChannels: true,
    summary: 'Look at a policy',
    params,
    answers: thePolicy,
    refusals: ['not_found'],
    async handle({ params }, { policies, toTag }) {
      const policy = await policies.get(params.id);
      return policy.ok ? answer(200, toWirePolicy(policy.value), { etag: toTag(policy.value) }) : policy;
    },
  }),
  defineRoute({
    ...shared,
    method: 'put',
    path: onePath,
    operationId: 'putPolicy',
    callers: operators,
    summary: 'Write a policy; what is left out gets its default',
    description:
      'It holds for every token from now on, on each channel that it is attached to. It must not have closed already.',
    params,
    body: {
      name: 'PolicyRequest',
      schema: ({ nowSeconds }: Asked) => policyRequestSchema(nowSeconds),
      example: requestExample,
    },
    headers: writeHeaders,
    answers: { 200: { description: 'The policy', body: putPolicyDocument, headers: tagHeader } },
    refusals: ['precondition_failed'],
    async handle({ by, params, headers, body }, { policies, toTag }) {
      const written = await policies.put(by, { id: params.id, ...body }, toCondition(headers));
      if (!written.ok) return written;
      const { policy, dropped } = written.value;
      return answer(200, { ...toWirePolicy(policy), warnings: toWarnings(dropped) }, { etag: toTag(policy) });
    },
  }),
  defineRoute({
    ...shared,
    method: 'patch',
    path: onePath,
    operationId: 'patchPolicy',
    callers: operators,
    summary: 'Change a policy: what is left out stays as it is',
    description:
      '`null` gives an optional field up. The whole must be a policy then, and must not have closed already.',
    params,
    headers: changeHeaders,
    body: {
      name: 'PolicyPatch',
      schema: () => policyPatchSchema,
      example: { allowedCountries: ['DE'], closesAt: null },
    },
    answers: thePolicy,
    refusals: ['not_found', 'precondition_failed'],
    async handle({ by, params, headers, body }, { policies, toTag }) {
      const policy = await policies.patch(by, params.id, body, toCondition(headers));
      return policy.ok ? answer(200, toWirePolicy(policy.value), { etag: toTag(policy.value) }) : policy;
    },
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: onePath,
    operationId: 'deletePolicy',
    callers: operators,
    summary: 'Delete a policy that no channel uses',
    params,
    answers: { 204: { description: 'Deleted' } },
    headers: changeHeaders,
    refusals: ['not_found', 'policy_in_use', 'precondition_failed'],
    handle: async ({ by, params, headers }, { policies }) =>
      toEmptyAnswer(await policies.delete(by, params.id, toCondition(headers))),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: `${path}/import`,
    operationId: 'importPolicy',
    callers: operators,
    summary: 'Take over a restriction policy of IVS, which IVS ignores on private channels',
    description:
      'Countries, origins and strict origin enforcement are those that IVS has now; viewers whose country nobody knows are let in, as IVS does. Without an `id` it is called by its name in IVS. Attach it to its channels with `PUT /v1/admin/channels/{channelArn}`.',
    body: {
      name: 'PolicyImport',
      schema: () => policyImportSchema,
      example: { arn: 'arn:aws:ivs:us-west-2:123456789012:playback-restriction-policy/abcdABCDefgh', id: 'europe' },
    },
    answers: { 201: { description: 'The policy', body: policyDocument } },
    refusals: ['not_found', 'conflict', 'rate_limited', 'ivs_unavailable'],
    handle: async ({ by, body }, { policies }) => toAnswer(201, await policies.import(by, body), toWirePolicy),
  }),
];
