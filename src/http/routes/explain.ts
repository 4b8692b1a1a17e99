/** `POST /v1/admin/explain`: why a viewer would get a token, or not. */
import { type Caller, mayUse } from '../../access/caller.ts';
import { fail } from '../../errors.ts';
import type { Explanation } from '../../tokens/explain.ts';
import { explainRequestSchema } from '../../tokens/request.ts';
import { toAnswer } from '../answer.ts';
import { supportReaders } from '../callers.ts';
import { defineRoute, type Route } from '../route.ts';
import { explanationDocument, toWireExplanation } from '../wire/explanation.ts';

/** For whoever looks after viewers, or reads. It signs nothing and records nothing. */
export const explainRoutes: readonly Route[] = [
  defineRoute({
    method: 'post',
    path: '/v1/admin/explain',
    operationId: 'explainDecision',
    tag: 'tokens',
    summary: 'Say what would be decided for a viewer, check by check',
    description:
      'One of `viewerId` (as it stands in tokens, or the identity provider’s own name), `subject` (the identity provider’s own name) and `jwt` (the viewer’s, which is checked as on asking for a token). `at` is now when it is left out. The checks are those of `POST /v1/tokens`; nothing is signed, recorded or counted.',
    callers: supportReaders,
    keepsToChannels: true,
    body: {
      name: 'ExplainRequest',
      schema: () => explainRequestSchema,
      example: { channelArn: explanationDocument.example.channelArn, viewerId: 'ann@example.com', country: 'DE' },
    },
    answers: { 200: { description: 'What would be decided', body: explanationDocument } },
    refusals: ['channel_not_entitled'],
    async handle({ caller, body, note }, { tokens }) {
      if (!mayUse(caller, body.channelArn)) return fail('channel_not_entitled');
      const explained = await tokens.explain(body);
      if (explained.ok) note({ channelArn: body.channelArn, viewerId: explained.value.viewerId ?? undefined });
      return toAnswer(200, explained, (explanation) => toWireExplanation(keepOwn(caller, explanation)));
    },
  }),
];

/** What a caller who is limited to channels may know of a viewer: not what they watch on others. */
function keepOwn(caller: Caller, { channels, ...explanation }: Explanation): Explanation {
  return { ...explanation, channels: channels.filter(({ channelArn }) => mayUse(caller, channelArn)) };
}
