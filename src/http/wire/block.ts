/** Blocks as they appear on the wire, one a line. */
import { z } from 'zod';
import { type Block, blockFields } from '../../revocations/block-record.ts';
import { toIsoTime } from '../../time.ts';

const blockSchema = z.object(blockFields);

const blockDocument = {
  name: 'Block',
  schema: blockSchema,
  example: {
    id: 'rev_019aa25b6c80d1e2f3a4b5c6',
    viewerId: 'v-7f3a',
    channelArn: null,
    until: '2026-11-21T17:00:00Z',
    reason: 'shared account',
    createdAt: '2026-11-20T17:00:00Z',
  },
};

/** Blocks: `viewerId` is null for everyone on the channel, `channelArn` for all channels, `until` until lifted. */
export const blocksDocument = {
  name: 'Blocks',
  schema: z.array(blockSchema),
  example: [blockDocument.example],
  parts: [blockDocument],
};

/** The block with its times as the wire has them. */
export function toWireBlock({
  id,
  viewerId,
  channelArn,
  until,
  reason,
  createdAt,
}: Block): z.input<typeof blockSchema> {
  const times = { until: until === null ? null : toIsoTime(until), createdAt: toIsoTime(createdAt) };
  return { id, viewerId, channelArn, reason, ...times };
}

/** What became of each block that was brought. */
export const importCountsDocument = {
  name: 'ImportCounts',
  schema: z.object({
    imported: z.int(),
    repeated: z
      .int()
      .describe('Left out, because one like it stands already: of the same viewer or channel, until the same time.'),
    ended: z.int().describe('Left out, because their time is over.'),
    refused: z.int().describe('Left out, because the viewer or the channel has as many blocks as may stand at a time.'),
  }),
  example: { imported: 2, repeated: 1, ended: 0, refused: 0 },
};
