/** A private channel as it is stored: registered here, with its policy. */
import { z } from 'zod';
import type { ChannelArn, PolicyId } from '../ids.ts';

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
