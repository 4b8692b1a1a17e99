/** API clients: their keys, how a key is recognised, and the use cases around them. */
import { base64url } from 'jose';
import { z } from 'zod';
import { fail, type Result, succeed } from '../errors.ts';
import { type ClientId, channelArnSchema } from '../ids.ts';
import type { Clock, Hashing, Page, PageQuery, Random, Store } from '../ports.ts';
import { createRecordId } from '../record-id.ts';
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
const apiKeyPrefix = 'pgk_';

/** The id inside an API key (`pgk_<id>.<secret>`), or undefined when the text is no API key. */
export function parseClientId(apiKey: string): ClientId | undefined {
  const match = /^pgk_(client_[0-9a-f]{20})\.[A-Za-z0-9_-]{43}$/.exec(apiKey);
  return match?.[1] as ClientId | undefined;
}

interface ClientPorts {
  readonly store: Pick<Store, 'putClient' | 'deleteClient' | 'listClients'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashing: Pick<Hashing, 'sha256'>;
  /** Called when a client was deleted, so that this instance forgets it at once. */
  readonly forget: (id: ClientId) => void;
}

export interface ClientUseCases {
  /** The key is in this answer and nowhere else. */
  create(request: ClientRequest): Promise<{ readonly client: ApiClient; readonly key: string }>;
  list(page: PageQuery): Promise<Page<ApiClient>>;
  delete(id: ClientId): Promise<Result<void>>;
}

/** Binds the use cases to their ports. */
export function createClients({ store, clock, random, hashing, forget }: ClientPorts): ClientUseCases {
  return {
    async create({ name, role, channels }) {
      const id = createRecordId('client', random) as ClientId;
      const key = `${apiKeyPrefix}${id}.${base64url.encode(random.bytes(32))}`;
      const createdAt = Math.floor(clock.nowMs() / 1000);
      const client: ApiClient = { id, name, role, channels, keyHash: hashing.sha256(key), createdAt };
      await store.putClient(client);
      return { client, key };
    },
    list: (page) => store.listClients(page),
    async delete(id) {
      const deleted = await store.deleteClient(id);
      forget(id);
      return deleted ? succeed(undefined) : fail('not_found');
    },
  };
}
