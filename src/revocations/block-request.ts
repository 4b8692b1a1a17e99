/** What may be written of blocks that are brought from elsewhere. */
import { z } from 'zod';
import { blockFields } from './block-record.ts';
import { boundedListSchema } from './bounded-list.ts';

/** Most blocks that one request may bring: each is two calls to the store, of which a Worker may make 10,000 for a request (Cloudflare: Workers, limits). */
const maxImportedBlocks = 4000;

const { id, viewerId, channelArn, until, reason, createdAt } = blockFields;

/** A block as it was exported, or written by hand, with whom it keeps out and what else is known. Its time may be over. */
const blockRequestSchema = z
  .strictObject({
    id: id.optional(),
    viewerId: viewerId.default(null),
    channelArn: channelArn.default(null),
    until: until.default(null),
    reason: reason.default(null),
    createdAt: createdAt.optional(),
  })
  .refine((block) => (block.viewerId ?? block.channelArn) !== null, {
    message: 'needs a viewerId, a channelArn, or both',
    when: ({ value }) => typeof value === 'object' && value !== null,
  });
export type BlockRequest = z.output<typeof blockRequestSchema>;

/** The body of `POST /v1/admin/blocks`, line by line. */
export const blockRequestsSchema = boundedListSchema(blockRequestSchema, maxImportedBlocks);
