/** An API client: its record, what it is made from, and its id inside its key. */
import { z } from 'zod';
import { type ClientId, channelArnSchema } from '../ids.ts';
import { type ChannelList, type ClientRole, clientRoles } from './caller.ts';

/** A stored client. Its key is not here: only the key's hash is. */
export interface ApiClient {
  readonly id: ClientId;
  readonly name: string;
  readonly role: ClientRole;
  readonly channels: ChannelList;
  /** SHA-256 of the whole key, in hex. */
  readonly keyHash: string;
  /** Unix seconds. */
  readonly createdAt: number;
}

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

/** Begins every API key, so that a leaked one is found by a search. */
export const apiKeyPrefix = 'pgk_';

/** The id inside an API key (`pgk_<id>.<secret>`), or undefined when the text is no API key. */
export function parseClientId(apiKey: string): ClientId | undefined {
  const match = /^pgk_(client_[0-9a-f]{20})\.[A-Za-z0-9_-]{43}$/.exec(apiKey);
  return match?.[1] as ClientId | undefined;
}
