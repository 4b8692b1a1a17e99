/** Use cases of an operator: make API clients, look at them, change their keys, delete them. */
import { base64url } from 'jose';
import { type Condition, changeRecord, meets, type ToTag } from '../conditional.ts';
import { fail, type Result, succeed } from '../errors.ts';
import type { ClientId } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import { createRecordId } from '../record-id.ts';
import type { Clock, Hashing, Random } from '../system.ts';
import { apiKeyPrefix } from './api-key.ts';
import type { ClientStore } from './ports.ts';
import type { ApiClient } from './record.ts';
import type { ClientPatch, ClientRequest, KeyRotationRequest } from './request.ts';

interface ClientPorts {
  readonly clients: ClientStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashing: Pick<Hashing, 'sha256'>;
  /** Called when a client was changed or deleted, so that this instance forgets it at once. */
  readonly forget: (id: ClientId) => void;
  readonly toTag: ToTag;
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
  /** Changes what is mentioned, and nothing else. Its keys stay. */
  patch(id: ClientId, patch: ClientPatch, condition?: Condition): Promise<Result<ApiClient>>;
  delete(id: ClientId, condition?: Condition): Promise<Result<void>>;
}

/** Binds the use cases to their ports. */
export function createClients({ clients, clock, random, hashing, forget, toTag }: ClientPorts): ClientUseCases {
  const toNow = () => Math.floor(clock.nowMs() / 1000);
  const createKey = (id: ClientId) => `${apiKeyPrefix}${id}.${base64url.encode(random.bytes(32))}`;

  const change = createChange({ clients, forget, toTag });

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
      const key = createKey(id);
      const keyHash = hashing.sha256(key);
      const changed = await change(id, {}, ({ previousKey: _, ...before }) => {
        const previousKey = { keyHash: before.keyHash, expiresAt: toNow() + overlapSeconds };
        return { ...before, keyHash, ...(overlapSeconds > 0 && { previousKey }) };
      });
      return changed.ok ? succeed({ client: changed.value, key }) : changed;
    },
    patch: (id, patch, condition = {}) => change(id, condition, (before) => mergePatch(before, patch)),
    async delete(id, condition = {}) {
      const found = await clients.get(id);
      if (!meets(condition, found, toTag)) return fail('precondition_failed');
      if (found === undefined) return fail('not_found');
      const deleted = await clients.delete(id, condition.ifMatch === undefined ? undefined : found);
      forget(id);
      return deleted ? succeed(undefined) : fail(condition.ifMatch === undefined ? 'not_found' : 'precondition_failed');
    },
  };
}

/** Changes a client that is there; this instance forgets what it remembers of it. */
function createChange({ clients, forget, toTag }: Pick<ClientPorts, 'clients' | 'forget' | 'toTag'>) {
  return async function change(
    id: ClientId,
    condition: Condition,
    toNext: (before: ApiClient) => ApiClient,
  ): Promise<Result<ApiClient>> {
    const place = {
      get: () => clients.get(id),
      put: async (after: ApiClient, before: ApiClient | null) =>
        (await clients.put(after, before)) === 'changed' ? ('changed' as const) : succeed(after),
    };
    const changed = await changeRecord<ApiClient>(place, { condition, toTag }, (found) =>
      found === undefined ? fail('not_found') : succeed(toNext(found)),
    );
    forget(id);
    return changed;
  };
}

/** The client with the changes (RFC 7396): what is not mentioned stays, `null` gives an optional field up. */
function mergePatch(before: ApiClient, patch: ClientPatch): ApiClient {
  const { expiresAt, rate, anonymousRate, ...required } = { ...before, ...omit(patch, undefined) };
  return { ...required, ...omit({ expiresAt, rate, anonymousRate }, null) };
}

/** Without the fields that are `absent`, or undefined. */
function omit<T extends object, Absent>(
  fields: T,
  absent: Absent,
): { [Field in keyof T]?: Exclude<T[Field], Absent | undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== absent && value !== undefined);
  // What is filtered out is what its type leaves out.
  return Object.fromEntries(kept) as { [Field in keyof T]?: Exclude<T[Field], Absent | undefined> };
}
