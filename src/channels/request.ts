/** What an operator says of a channel when it is registered. */
import { z } from 'zod';
import { channelFields } from './record.ts';

/** The body of `PUT /v1/admin/channels/{channelArn}`; it replaces what was there. */
export const channelRequestSchema = z.strictObject({
  policyId: channelFields.policyId.optional(),
  access: channelFields.access.default('entitled'),
  /** Switches playback authorization on in IVS when it is off there. */
  authorize: z.literal(true).optional(),
});
export type ChannelRequest = z.output<typeof channelRequestSchema>;
