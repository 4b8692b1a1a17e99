/** A private channel: its fields, each stated once, and the channel as it is stored. */
import { z } from 'zod';
import { entitlementUrlSchema } from '../entitlements/url.ts';
import { channelArnSchema, policyIdSchema } from '../ids.ts';

/** What an operator says of a channel. */
export const channelFields = {
  policyId: policyIdSchema.nullable(),
  /** `entitled`: only viewers whose credential names the channel. `authenticated`: every authenticated viewer. */
  access: z.enum(['entitled', 'authenticated']),
  /** The operator's own service that is asked whether a viewer may watch, in place of the policy's. */
  entitlementUrl: entitlementUrlSchema.nullable(),
};

/** A channel as it is registered here, and shown. */
export const channelSchema = z.object({
  channelArn: channelArnSchema,
  name: z.string(),
  /** The multivariant playlist, without a token. */
  playbackUrl: z.string(),
  ...channelFields,
  /** Absent from what was stored before there was one: null. */
  entitlementUrl: channelFields.entitlementUrl.optional(),
});
export type Channel = Readonly<z.output<typeof channelSchema>>;
