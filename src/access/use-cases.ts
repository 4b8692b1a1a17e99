/** Use cases of an operator: make API clients, look at them, change their keys, delete them. */
import { base64url } from 'jose';
import { fail, type Result, succeed } from '../errors.ts';
import type { ClientId } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import { createRecordId } from '../record-id.ts';
import type { Clock, Hashing, Random } from '../system.ts';
import { apiKeyPrefix } from './api-key.ts';
import type { ClientStore } from './ports.ts';
import type { ApiClient } from './record.ts';
import type { ClientRequest, KeyRotationRequest } from './request.ts';

interface ClientPorts {
  readonly clients: ClientStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashing: Pick<Hashing, 'sha256'>;
  /** Called when a client was changed or deleted, so that this instance forgets it at once. */
  readonly forget: (id: ClientId) => void;
}

/** A client with a key that was just made. */
export interface KeyedClient {
  readonly client: ApiClient;
  readonly key: string;
}

/** A client, and when it was used last, in unix seconds. */
export interface KnownClient extends ApiClient {
  readonly lastUsedAt: number | undefined;
}

/** What an admin can do with API clients. Each rejects with `store_unavailable` when the store does not answer. */
export interface ClientUseCases {
  /** The key is in this answer and nowhere else. */
  create(request: ClientRequest): Promise<KeyedClient>;
  get(id: ClientId): Promise<Result<KnownClient>>;
  list(page: PageQuery): Promise<Page<KnownClient>>;
  /** Another key, in this answer and nowhere else. The one before holds on for a while; one that was before that one does not. */
  rotateKey(id: ClientId, request: KeyRotationRequest): Promise<Result<KeyedClient>>;
  delete(id: ClientId): Promise<Result<void>>;
}

/** Binds the use cases to their ports. */
export function createClients({ clients, clock, random, hashing, forget }: ClientPorts): ClientUseCases {
  const toNow = () => Math.floor(clock.nowMs() / 1000);
  const createKey = (id: ClientId) => `${apiKeyPrefix}${id}.${base64url.encode(random.bytes(32))}`;
  return {
    async create({ expiresAt, ...request }) {
      const id = createRecordId('client', random) as ClientId;
      const key = createKey(id);
      const expiry = expiresAt !== undefined && { expiresAt };
      const client: ApiClient = { id, ...request, ...expiry, keyHash: hashing.sha256(key), createdAt: toNow() };
      await clients.put(client);
      return { client, key };
    },
    async get(id) {
      const [client, [lastUsedAt]] = await Promise.all([clients.get(id), clients.findUses([id])]);
      return client === undefined ? fail('not_found') : succeed({ ...client, lastUsedAt });
    },
    async list(page) {
      const { items, ...rest } = await clients.list(page);
      const uses = await clients.findUses(items.map(({ id }) => id));
      return { ...rest, items: items.map((client, index) => ({ ...client, lastUsedAt: uses[index] })) };
    },
    async rotateKey(id, { overlapSeconds }) {
      const found = await clients.get(id);
      if (found === undefined) return fail('not_found');
      const { previousKey: _, ...before } = found;
      const key = createKey(id);
      const previousKey = { keyHash: before.keyHash, expiresAt: toNow() + overlapSeconds };
      const client = { ...before, keyHash: hashing.sha256(key), ...(overlapSeconds > 0 && { previousKey }) };
      await clients.put(client);
      forget(id);
      return succeed({ client, key });
    },
    async delete(id) {
      const deleted = await clients.delete(id);
      forget(id);
      return deleted ? succeed(undefined) : fail('not_found');
    },
  };
}
