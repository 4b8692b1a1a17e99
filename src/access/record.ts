/** An API client: its fields, each stated once, and the client as it is stored. */
import { z } from 'zod';
import { channelArnSchema, clientIdSchema } from '../ids.ts';
import { rateSchema } from '../limits/rate.ts';
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
  /** How many tokens it may ask for, in place of the setting's. */
  rate: rateSchema.optional(),
  /** How many of them for viewers without an id, in place of the setting's. */
  anonymousRate: rateSchema.optional(),
};

/** A client as it is shown: without anything of its keys. */
export const clientSchema = z.object({
  id: clientIdSchema,
  ...clientFields,
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable().describe('From then on its keys are nobody’s; null: they do not expire.'),
  previousKeyExpiresAt: timeSchema
    .nullable()
    .describe('Until when the key before the last rotation holds; null: it does not.'),
  lastUsedAt: timeSchema.nullable().describe('To the minute; null where no use is known.'),
});

/** A key of a client: what is kept of it, and until when it holds, in unix seconds. */
interface PreviousKey {
  readonly keyHash: string;
  readonly expiresAt: number;
}

/** A stored client. Its keys are not here: only their hashes are. Times are unix seconds. */
export interface ApiClient
  extends Readonly<Omit<z.output<typeof clientSchema>, 'expiresAt' | 'previousKeyExpiresAt' | 'lastUsedAt'>> {
  /** SHA-256 of the whole key, in hex. */
  readonly keyHash: string;
  /** Absent: it does not expire. */
  readonly expiresAt?: number;
  /** The key before, while it holds. */
  readonly previousKey?: PreviousKey;
}
