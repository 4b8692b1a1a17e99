/** What an operator says of a channel when it is registered. */
import { z } from 'zod';
import { policyIdSchema } from '../ids.ts';
import { channelAccessSchema } from './record.ts';

/** The body of `PUT /v1/admin/channels/{channelArn}`; it replaces what was there. */
export const channelBodySchema = z.strictObject({
  policyId: policyIdSchema.nullish(),
  access: channelAccessSchema.default('entitled'),
  /** Switches playback authorization on in IVS when it is off there. */
  authorize: z.literal(true).optional(),
});
export type ChannelBody = z.output<typeof channelBodySchema>;
