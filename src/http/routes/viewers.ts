/** `/v1/admin/viewers`: what is known of a viewer, and all that blocks them. */
import { z } from 'zod';
import { type Caller, mayUse } from '../../access/caller.ts';
import type { ChannelArn } from '../../ids.ts';
import { viewerNameSchema } from '../../revocations/request.ts';
import type { KnownViewer } from '../../revocations/viewer-use-cases.ts';
import { toAnswer } from '../answer.ts';
import { supporters, supportReaders } from '../callers.ts';
import { defineRoute, type Route } from '../route.ts';
import { toWireViewer, viewerDocument } from '../wire/viewer.ts';

const onePath = '/v1/admin/viewers/{viewerId}';
const params = z.strictObject({
  viewerId: viewerNameSchema.describe(
    "A viewer id, or the identity provider's own name for the viewer, percent-encoded.",
  ),
});
const shared = { tag: 'viewers' } as const;

/** For admins: look at a viewer, and lift all blocks of one. */
export const viewerRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: onePath,
    operationId: 'getViewer',
    callers: supportReaders,
    keepsToChannels: true,
    summary: 'Look at a viewer: recent channels, floors, blocks',
    description:
      'There is no list of viewers to be in: of one who got no token within 48 hours and whom nothing ends or blocks, nothing is known, and the lists are empty. What holds for everyone on a channel is with the revocations.',
    params,
    answers: { 200: { description: 'What is known', body: viewerDocument } },
    async handle({ caller, params, note }, { viewers }) {
      const viewer = await viewers.get(params.viewerId);
      if (viewer.ok) note({ viewerId: viewer.value.viewerId });
      return toAnswer(200, viewer, (known) => toWireViewer(keepOwn(caller, known)));
    },
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: `${onePath}/blocks`,
    operationId: 'liftViewerBlocks',
    callers: supporters,
    summary: 'Lift every block of a viewer; what was ended stays ended',
    description:
      'On channels and everywhere, those that came with a list of viewers among them: its other viewers stay blocked. A block of everyone on a channel stays.',
    params,
    answers: {
      200: {
        description: 'How many blocks there were',
        body: { name: 'LiftedBlocks', schema: z.object({ lifted: z.int() }), example: { lifted: 2 } },
      },
    },
    async handle({ by, params, note }, { viewers }) {
      const lifting = await viewers.liftBlocks(by, params.viewerId);
      if (lifting.ok) note({ viewerId: lifting.value.viewerId, counts: { lifted: lifting.value.lifted } });
      return toAnswer(200, lifting, ({ lifted }) => ({ lifted }));
    },
  }),
];

/** What a caller who is limited to channels may know: what is said of all channels holds on theirs too. */
function keepOwn(caller: Caller, { channels, floors, blocks, ...viewer }: KnownViewer): KnownViewer {
  const isOwn = ({ channelArn }: { readonly channelArn: ChannelArn | null }) =>
    channelArn === null || mayUse(caller, channelArn);
  return { ...viewer, channels: channels.filter(isOwn), floors: floors.filter(isOwn), blocks: blocks.filter(isOwn) };
}
