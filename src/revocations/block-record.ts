/** A block as it is carried from one store to another: whom it keeps out, where, until when, and why. */
import { z } from 'zod';
import { channelArnSchema, viewerIdSchema } from '../ids.ts';
import { timeSchema } from '../time.ts';
import { revocationFields } from './record.ts';

/** The fields of a block. Viewer ids are those of tokens. */
export const blockFields = {
  /** The revocation that it came with. */
  id: revocationFields.id,
  /** Null: everyone on the channel. */
  viewerId: viewerIdSchema.nullable(),
  /** Null: everywhere. */
  channelArn: channelArnSchema.nullable(),
  /** Null: until lifted. */
  until: timeSchema.nullable(),
  reason: revocationFields.reason,
  createdAt: timeSchema,
};
const blockSchema = z.object(blockFields);

/** One viewer's block, or one of everyone on a channel. Times are unix seconds. */
export interface Block extends Readonly<z.output<typeof blockSchema>> {}
