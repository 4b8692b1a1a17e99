/** `POST /v1/tokens` and `POST /v1/tokens/inspect`. */
import type { z } from 'zod';
import { mayUse } from '../../access/caller.ts';
import { fail } from '../../errors.ts';
import { isLimitRefusal } from '../../limits/evaluate.ts';
import { isUnansweredRefusal } from '../../tokens/checks.ts';
import {
  inspectRequestSchema,
  type TokenRequest,
  tokenRequestSchema,
  viewerTokenRequestSchema,
} from '../../tokens/request.ts';
import { answer, toAnswer } from '../answer.ts';
import { supportReaders } from '../callers.ts';
import { rateLimitHeaders, toRateLimitHeaders } from '../rate-limit-headers.ts';
import { type Asked, defineRoute, type Route } from '../route.ts';
import { inspectionDocument, issuedTokenDocument, toWireInspection, toWireToken } from '../wire/token.ts';

/** Issuing is for viewers, issuers and admins, from pages of any origin; inspecting for whoever looks after viewers, or reads. */
export const tokenRoutes: readonly Route[] = [
  defineRoute({
    method: 'post',
    path: '/v1/tokens',
    operationId: 'issueToken',
    tag: 'tokens',
    summary: 'Issue a playback token',
    description:
      '`viewerId` and `viewer` are for clients only: a viewer is who its own JWT says, where it is. A client that names no viewer gets a random viewer id. What is asked for may narrow what the policy says, never widen it.',
    callers: ['viewer', 'issuer', 'admin'],
    keepsToChannels: true,
    crossOrigin: true,
    body: {
      name: 'TokenRequest',
      schema: ({ caller }: Asked): z.ZodType<TokenRequest, z.input<typeof tokenRequestSchema>> =>
        caller?.kind === 'viewer' ? viewerTokenRequestSchema : tokenRequestSchema,
      example: {
        channelArn: issuedTokenDocument.example.channelArn,
        viewerId: 'v-7f3a',
        deviceId: 'd-1c2b',
        ttlSeconds: 120,
        maximumResolution: 'HD',
        viewer: { country: 'DE', origin: 'https://tv.example' },
      },
    },
    answers: {
      201: { description: 'The token and its playback URL', body: issuedTokenDocument, headers: rateLimitHeaders },
    },
    refusals: [
      'channel_not_entitled',
      'viewer_blocked',
      'country_not_allowed',
      'country_unknown',
      'origin_not_allowed',
      'channel_closed',
      'entitlement_refused',
      'channel_not_found',
      'too_many_channels',
      'rate_limited',
      'vault_unavailable',
      'entitlement_unavailable',
      'no_active_key',
    ],
    async handle({ by, caller, body, observePlace, note, addHeaders }, { identifyViewer, tokens }) {
      const viewer = identifyViewer(caller, body, observePlace());
      note({ channelArn: body.channelArn, viewerId: viewer.viewerId, ...viewer.place });
      const issued = await tokens.issue({ by, caller, viewer, request: body });
      if (issued.ok) {
        note({ sessionVersion: issued.value.sessionVersion });
        addHeaders(toRateLimitHeaders(issued.value.quotas));
      } else if (isLimitRefusal(issued)) {
        note({ limit: issued.limit });
        addHeaders(toRateLimitHeaders(issued.quotas));
      } else if (isUnansweredRefusal(issued)) {
        note({ unansweredBecause: issued.because });
      }
      return toAnswer(201, issued, toWireToken);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/tokens/inspect',
    operationId: 'inspectToken',
    tag: 'tokens',
    summary: 'Say why a token would play or not',
    description:
      'A `token`, or the whole `playbackUrl` with one. Origin and country are those of the viewer in question. Nothing is changed by it.',
    callers: supportReaders,
    keepsToChannels: true,
    body: {
      name: 'InspectRequest',
      schema: () => inspectRequestSchema,
      example: { token: issuedTokenDocument.example.token, origin: 'https://tv.example', country: 'DE' },
    },
    answers: { 200: { description: 'What was found', body: inspectionDocument } },
    refusals: ['channel_not_entitled'],
    async handle({ caller, body }, { tokens }) {
      const inspection = await tokens.inspect(body);
      // Of a token that nobody here signed, what stands in it is all that there is to know, and whoever has it knows it.
      const channelArn = inspection.keyId === null ? undefined : inspection.claims?.['aws:channel-arn'];
      if (channelArn !== undefined && !mayUse(caller, String(channelArn))) return fail('channel_not_entitled');
      return answer(200, toWireInspection(inspection));
    },
  }),
];
