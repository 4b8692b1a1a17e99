/** Use cases of an operator: make API clients, look at them, change their keys, delete them. */
import { base64url } from 'jose';
import { type AuditedFields, type Author, toAuditDraft } from '../audit/record.ts';
import { type Condition, changeRecord, deleteRecord, type ToTag } from '../conditional.ts';
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
  create(by: Author, request: ClientRequest): Promise<KeyedClient>;
  get(id: ClientId): Promise<Result<KnownClient>>;
  list(page: PageQuery): Promise<Page<KnownClient>>;
  /** Another key, in this answer and nowhere else. The one before holds on for a while; one that was before that one does not. */
  rotateKey(by: Author, id: ClientId, request: KeyRotationRequest): Promise<Result<KeyedClient>>;
  /** Changes what is mentioned, and nothing else. Its keys stay. */
  patch(by: Author, id: ClientId, patch: ClientPatch, condition?: Condition): Promise<Result<ApiClient>>;
  delete(by: Author, id: ClientId, condition?: Condition): Promise<Result<void>>;
}

/** Binds the use cases to their ports. */
export function createClients({ clients, clock, random, hashing, forget, toTag }: ClientPorts): ClientUseCases {
  const toNow = () => Math.floor(clock.nowMs() / 1000);
  const createKey = (id: ClientId) => `${apiKeyPrefix}${id}.${base64url.encode(random.bytes(32))}`;

  const change = createChange({ clients, forget, toTag });

  return {
    async create(by, { expiresAt, ...request }) {
      const id = createRecordId('client', random) as ClientId;
      const key = createKey(id);
      const expiry = expiresAt !== undefined && { expiresAt };
      const client: ApiClient = { id, ...request, ...expiry, keyHash: hashing.sha256(key), createdAt: toNow() };
      const entry = toAuditDraft(by, { action: 'client.create', target: id, after: toAudited(client) });
      await clients.put(client, null, entry);
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
    async rotateKey(by, id, { overlapSeconds }) {
      const key = createKey(id);
      const keyHash = hashing.sha256(key);
      const changed = await change(
        { by, action: 'client.rotate_key', id, condition: {} },
        ({ previousKey: _, ...before }) => {
          const previousKey = { keyHash: before.keyHash, expiresAt: toNow() + overlapSeconds };
          return { ...before, keyHash, ...(overlapSeconds > 0 && { previousKey }) };
        },
      );
      return changed.ok ? succeed({ client: changed.value, key }) : changed;
    },
    patch: (by, id, patch, condition = {}) =>
      change({ by, action: 'client.patch', id, condition }, (before) => mergePatch(before, patch)),
    async delete(by, id, condition = {}) {
      const place = {
        get: () => clients.get(id),
        async delete(before: ApiClient): Promise<Result<void> | 'changed'> {
          const entry = toAuditDraft(by, { action: 'client.delete', target: id, before: toAudited(before) });
          return (await clients.delete(id, before, entry)) ? succeed(undefined) : 'changed';
        },
      };
      const deleted = await deleteRecord<ApiClient>(place, { condition, toTag });
      forget(id);
      return deleted;
    },
  };
}

/** Who changes which client, and on which condition. */
interface ClientChange {
  readonly by: Author;
  readonly action: string;
  readonly id: ClientId;
  readonly condition: Condition;
}

/** Changes a client that is there; this instance forgets what it remembers of it. */
function createChange({ clients, forget, toTag }: Pick<ClientPorts, 'clients' | 'forget' | 'toTag'>) {
  return async function change(
    { by, action, id, condition }: ClientChange,
    toNext: (before: ApiClient) => ApiClient,
  ): Promise<Result<ApiClient>> {
    const place = {
      get: () => clients.get(id),
      async put(after: ApiClient, before: ApiClient | null): Promise<Result<ApiClient> | 'changed'> {
        const change = { action, target: id, before: before && toAudited(before), after: toAudited(after) };
        const outcome = await clients.put(after, before, toAuditDraft(by, change));
        return outcome === 'changed' ? outcome : succeed(after);
      },
    };
    const changed = await changeRecord<ApiClient>(place, { condition, toTag }, (found) =>
      found === undefined ? fail('not_found') : succeed(toNext(found)),
    );
    forget(id);
    return changed;
  };
}

/** The client as the audit tells of it: nothing of its keys but until when the one before holds. */
function toAudited({ keyHash: _, previousKey, ...client }: ApiClient): AuditedFields {
  return { ...client, previousKeyExpiresAt: previousKey?.expiresAt ?? null };
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
