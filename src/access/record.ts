/** An API client: its fields, each stated once, and the client as it is stored. */
import { z } from 'zod';
import { channelArnSchema, clientIdSchema } from '../ids.ts';
import { timeSchema } from '../time.ts';
import { clientRoles } from './caller.ts';

/** What an operator says of a client. */
export const clientFields = {
  name: z.string().min(1).max(128),
  role: z.enum(clientRoles),
  channels: z
    .array(z.union([z.literal('*'), channelArnSchema], { error: 'must be "*" or the ARN of an IVS channel' }))
    .max(100)
    .readonly(),
};

/** A client as it is shown: without anything of its key. */
export const clientSchema = z.object({ id: clientIdSchema, ...clientFields, createdAt: timeSchema });

/** A stored client. Its key is not here: only the key's hash is. Times are unix seconds. */
export interface ApiClient extends Readonly<z.output<typeof clientSchema>> {
  /** SHA-256 of the whole key, in hex. */
  readonly keyHash: string;
}
