/** `/v1/admin/channels`: private channels and the policies attached to them. */
import { z } from 'zod';
import { mayUse } from '../../access/caller.ts';
import { channelPatchSchema, channelRequestSchema } from '../../channels/request.ts';
import { fail } from '../../errors.ts';
import { channelArnSchema } from '../../ids.ts';
import { answer, toAnswer, toEmptyAnswer } from '../answer.ts';
import { operators, readers } from '../callers.ts';
import { changeHeaders, tagHeader, toCondition, toWarnings, writeHeaders } from '../conditions.ts';
import { defineRoute, type Route } from '../route.ts';
import { channelDocument, putChannelDocument, streamDocument, toWireChannel, toWireStream } from '../wire/channel.ts';
import { pageOf, pageQuerySchema, toWirePage } from '../wire/page.ts';

const path = '/v1/admin/channels';
const onePath = `${path}/{channelArn}`;
const params = z.strictObject({
  channelArn: channelArnSchema.describe("The channel's ARN, percent-encoded."),
});
const shared = { tag: 'channels' } as const;
const theChannel = { 200: { description: 'The channel', body: channelDocument, headers: tagHeader } };

/** For admins: list channels, look at them, register and forget them. */
export const channelRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    operationId: 'listChannels',
    callers: readers,
    keepsToChannels: true,
    summary: 'List registered channels',
    description:
      'A caller who is limited to channels sees these: a page may have fewer than `limit`, even none, and still a next one.',
    query: pageQuerySchema(channelArnSchema),
    answers: { 200: { description: 'A page of channels, by their ARNs', body: pageOf(channelDocument) } },
    async handle({ caller, query }, { channels }) {
      const page = await channels.list(query);
      const items = page.items.filter(({ channelArn }) => mayUse(caller, channelArn));
      return answer(200, toWirePage({ ...page, items }, toWireChannel));
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: onePath,
    operationId: 'getChannel',
    callers: readers,
    keepsToChannels: true,
    summary: 'Look at a channel',
    params,
    answers: theChannel,
    refusals: ['channel_not_found', 'channel_not_entitled'],
    async handle({ caller, params }, { channels, toTag }) {
      if (!mayUse(caller, params.channelArn)) return fail('channel_not_entitled');
      const channel = await channels.get(params.channelArn);
      return channel.ok ? answer(200, toWireChannel(channel.value), { etag: toTag(channel.value) }) : channel;
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: `${onePath}/stream`,
    operationId: 'getStream',
    callers: readers,
    keepsToChannels: true,
    summary: 'Ask IVS whether the channel is live',
    description: 'IVS is asked each time. Who watches is counted by IVS, about.',
    params,
    answers: { 200: { description: 'What IVS says', body: streamDocument } },
    refusals: ['channel_not_found', 'channel_not_entitled', 'rate_limited', 'ivs_unavailable'],
    async handle({ caller, params }, { channels }) {
      if (!mayUse(caller, params.channelArn)) return fail('channel_not_entitled');
      return toAnswer(200, await channels.getStream(params.channelArn), toWireStream);
    },
  }),
  defineRoute({
    ...shared,
    method: 'put',
    path: onePath,
    operationId: 'putChannel',
    callers: operators,
    keepsToChannels: true,
    summary: 'Register a private channel, or replace its registration',
    description: 'Name and playback URL are those that IVS has now. What is left out of the body gets its default.',
    params,
    headers: writeHeaders,
    body: {
      name: 'ChannelRequest',
      schema: () => channelRequestSchema,
      example: { policyId: 'evening', access: 'entitled', authorize: true },
    },
    answers: { 200: { description: 'The channel', body: putChannelDocument, headers: tagHeader } },
    refusals: [
      'precondition_failed',
      'channel_not_found',
      'channel_not_entitled',
      'channel_not_private',
      'conflict',
      'rate_limited',
      'ivs_unavailable',
    ],
    async handle({ by, caller, params, headers, body }, { channels, keyPairs, toTag }) {
      if (!mayUse(caller, params.channelArn)) return fail('channel_not_entitled');
      const written = await channels.put(by, params.channelArn, body, toCondition(headers));
      if (!written.ok) return written;
      const { channel, dropped } = written.value;
      const lack = await keyPairs.findLack(params.channelArn);
      const warnings = [...(lack === undefined ? [] : [lack]), ...toWarnings(dropped)];
      return answer(200, { ...toWireChannel(channel), warnings }, { etag: toTag(channel) });
    },
  }),
  defineRoute({
    ...shared,
    method: 'patch',
    path: onePath,
    operationId: 'patchChannel',
    callers: operators,
    keepsToChannels: true,
    summary: 'Change a channel: what is left out stays as it is',
    params,
    headers: changeHeaders,
    body: { name: 'ChannelPatch', schema: () => channelPatchSchema, example: { policyId: 'evening' } },
    answers: theChannel,
    refusals: ['channel_not_found', 'channel_not_entitled', 'precondition_failed'],
    async handle({ by, caller, params, headers, body }, { channels, toTag }) {
      if (!mayUse(caller, params.channelArn)) return fail('channel_not_entitled');
      const channel = await channels.patch(by, params.channelArn, body, toCondition(headers));
      return channel.ok ? answer(200, toWireChannel(channel.value), { etag: toTag(channel.value) }) : channel;
    },
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: onePath,
    operationId: 'deleteChannel',
    callers: operators,
    keepsToChannels: true,
    summary: 'Forget a channel; in IVS it stays as it is',
    description: 'No tokens for it any more. Revoke first: a channel that is not registered cannot be revoked.',
    params,
    answers: { 204: { description: 'Forgotten' } },
    headers: changeHeaders,
    refusals: ['channel_not_found', 'channel_not_entitled', 'precondition_failed'],
    async handle({ by, caller, params, headers }, { channels }) {
      if (!mayUse(caller, params.channelArn)) return fail('channel_not_entitled');
      return toEmptyAnswer(await channels.delete(by, params.channelArn, toCondition(headers)));
    },
  }),
];
