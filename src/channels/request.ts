/** What an operator says of a channel when it is registered, and later. */
import { z } from 'zod';
import { channelFields } from './record.ts';

/** Who gets tokens for a channel of which nothing is said. */
export const defaultAccess = 'entitled';

/** The body of `PUT /v1/admin/channels/{channelArn}`; it replaces what was there. Without `access` it is `entitled`. */
export const channelRequestSchema = z.strictObject({
  policyId: channelFields.policyId.optional(),
  access: channelFields.access.optional().describe('`entitled` when it is left out.'),
  entitlementUrl: channelFields.entitlementUrl.optional(),
  /** Switches playback authorization on in IVS when it is off there. */
  authorize: z.literal(true).optional(),
});
export type ChannelRequest = z.output<typeof channelRequestSchema>;

/** The body of `PATCH /v1/admin/channels/{channelArn}`: what is left out stays as it is. */
export const channelPatchSchema = z.strictObject({
  policyId: channelFields.policyId.optional(),
  access: channelFields.access.optional(),
  entitlementUrl: channelFields.entitlementUrl.optional(),
});
export type ChannelPatch = z.output<typeof channelPatchSchema>;
