/** What an API client is made from. */
import { z } from 'zod';
import { channelArnSchema } from '../ids.ts';
import { clientRoles } from './caller.ts';

/** The body of `POST /v1/admin/clients`. */
export const clientRequestSchema = z.strictObject({
  name: z.string().min(1).max(128),
  role: z.enum(clientRoles),
  channels: z
    .array(z.union([z.literal('*'), channelArnSchema], { error: 'must be "*" or the ARN of an IVS channel' }))
    .max(100)
    .default(['*']),
});
export type ClientRequest = z.output<typeof clientRequestSchema>;
