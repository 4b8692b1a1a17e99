/** `/v1/admin/caller`: who is asking. */
import { z } from 'zod';
import { type Caller, clientRoles } from '../../access/caller.ts';
import { channelArnSchema } from '../../ids.ts';
import { timeSchema, toIsoOrNull } from '../../time.ts';
import { answer } from '../answer.ts';
import { supportReaders } from '../callers.ts';
import { defineRoute, type Route } from '../route.ts';

const callerDocument = {
  name: 'Caller',
  schema: z.object({
    kind: z.enum(['client', 'person']).describe('`client`: known by an API key. `person`: an operator who signed in.'),
    id: z.string().describe("A client's id, `bootstrap-admin`, or the subject of an operator."),
    name: z.string().nullable().describe('What people call them; null where nobody said.'),
    roles: z.array(z.enum(clientRoles)),
    channels: z.array(z.union([z.literal('*'), channelArnSchema])).describe('`*` is all of them.'),
    expiresAt: timeSchema.nullable().describe("From then on the credential is nobody's; null: it does not expire."),
  }),
  example: {
    kind: 'person' as const,
    id: 'ann@staff.example',
    name: 'Ann',
    roles: ['operator' as const],
    channels: ['*'],
    expiresAt: '2026-11-20T17:00:00Z',
  },
};

/** For every role of administration: what a page may offer to whoever holds the credential. */
export const callerRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/v1/admin/caller',
    operationId: 'getCaller',
    tag: 'callers',
    callers: supportReaders,
    keepsToChannels: true,
    summary: 'Say who is asking: roles, channels, and until when the credential holds',
    answers: { 200: { description: 'The caller', body: callerDocument } },
    handle: async ({ caller }) => answer(200, toWireCaller(caller)),
  }),
];

function toWireCaller(caller: Caller): z.input<typeof callerDocument.schema> {
  if (caller.kind === 'viewer') throw new TypeError('a viewer may not call this route');
  const { kind, id, name = null, roles, channels, expiresAt } = caller;
  return { kind, id, name, roles: [...roles], channels: [...channels], expiresAt: toIsoOrNull(expiresAt) };
}
