/** Use cases of an operator: make API clients, list them, delete them. */
import { base64url } from 'jose';
import { fail, type Result, succeed } from '../errors.ts';
import type { ClientId } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import { createRecordId } from '../record-id.ts';
import type { Clock, Hashing, Random } from '../system.ts';
import { apiKeyPrefix } from './api-key.ts';
import type { ClientStore } from './ports.ts';
import type { ApiClient } from './record.ts';
import type { ClientRequest } from './request.ts';

interface ClientPorts {
  readonly clients: Pick<ClientStore, 'put' | 'delete' | 'list'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashing: Pick<Hashing, 'sha256'>;
  /** Called when a client was deleted, so that this instance forgets it at once. */
  readonly forget: (id: ClientId) => void;
}

/** What an admin can do with API clients. Each rejects with `store_unavailable` when the store does not answer. */
export interface ClientUseCases {
  /** The key is in this answer and nowhere else. */
  create(request: ClientRequest): Promise<{ readonly client: ApiClient; readonly key: string }>;
  list(page: PageQuery): Promise<Page<ApiClient>>;
  delete(id: ClientId): Promise<Result<void>>;
}

/** Binds the use cases to their ports. */
export function createClients({ clients, clock, random, hashing, forget }: ClientPorts): ClientUseCases {
  return {
    async create({ name, role, channels }) {
      const id = createRecordId('client', random) as ClientId;
      const key = `${apiKeyPrefix}${id}.${base64url.encode(random.bytes(32))}`;
      const createdAt = Math.floor(clock.nowMs() / 1000);
      const client: ApiClient = { id, name, role, channels, keyHash: hashing.sha256(key), createdAt };
      await clients.put(client);
      return { client, key };
    },
    list: (page) => clients.list(page),
    async delete(id) {
      const deleted = await clients.delete(id);
      forget(id);
      return deleted ? succeed(undefined) : fail('not_found');
    },
  };
}
