/** A private channel that is registered here, with its policy. */
import { z } from 'zod';
import { type ChannelArn, type PolicyId, policyIdSchema } from '../ids.ts';

/** `entitled`: only viewers whose credential names the channel. `authenticated`: every authenticated viewer. */
export const channelAccessSchema = z.enum(['entitled', 'authenticated']);
export type ChannelAccess = z.infer<typeof channelAccessSchema>;

export interface Channel {
  readonly channelArn: ChannelArn;
  readonly name: string;
  /** The multivariant playlist, without a token. */
  readonly playbackUrl: string;
  readonly policyId: PolicyId | null;
  readonly access: ChannelAccess;
}

/** The body of `PUT /v1/admin/channels/{channelArn}`; it replaces what was there. */
export const channelBodySchema = z.strictObject({
  policyId: policyIdSchema.nullish(),
  access: channelAccessSchema.default('entitled'),
  /** Switches playback authorization on in IVS when it is off there. */
  authorize: z.literal(true).optional(),
});
export type ChannelBody = z.output<typeof channelBodySchema>;
