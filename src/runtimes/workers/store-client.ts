/** The Store as a Worker has it: each use is one call to a Durable Object that holds Redis. */
import { OutageError } from '../../errors.ts';
import type { Store } from '../../ports.ts';
import type { RevocationDraft } from '../../revocations/ports.ts';
import type { RevocationTarget } from '../../revocations/record.ts';
import { type StoreAnswer, toStoreValue } from './store-answer.ts';

/** A Durable Object that holds Redis, as the store needs it. */
export interface StoreObjectStub {
  /** Runs one method of the store there. Rejects when the object cannot be reached. */
  call(concern: string, method: string, args: unknown[]): Promise<StoreAnswer>;
}

/** What the object may take beyond Redis's own timeout: to be started, and to be reached. */
const objectSlackMs = 2000;

/** For what is done in many steps, each with Redis's own timeout: a list of 10,000 viewers takes more than a hundred. */
const manyStepsMs = 30_000;

/** The key of what is about nobody and nothing in particular, such as a list. */
const common = '';

/** One use of the store, at the object that the key chooses. */
type Call = <Concern extends keyof Store, Method extends keyof Store[Concern] & string>(
  key: string,
  concern: Concern,
  method: Method,
  ...args: ArgumentsOf<Store[Concern][Method]>
) => AnswerOf<Store[Concern][Method]>;
type ArgumentsOf<Use> = Use extends (...args: infer Arguments) => unknown ? Arguments : never;
type AnswerOf<Use> = Use extends (...args: never[]) => infer Answer ? Answer : never;

/**
 * Every method of the store, each with the key that chooses its object: the viewer's id where there is one, so that the load
 * spreads and requests for the same viewer go the same way; else the id of the record. Rejects with `store_unavailable` for
 * every call that fails.
 */
export function createStoreClient(findObject: (key: string) => StoreObjectStub, redisTimeoutMs: number): Store {
  const call = createCall(findObject, redisTimeoutMs + objectSlackMs);
  const callAtLength = createCall(findObject, redisTimeoutMs + manyStepsMs);
  return {
    issuance: {
      load: (query) => call(query.viewerId, 'issuance', 'load', query),
      recordSession: (session) => call(session.viewerId, 'issuance', 'recordSession', session),
    },
    channels: {
      get: (channelArn) => call(channelArn, 'channels', 'get', channelArn),
      put: (channel, before, entry) => call(channel.channelArn, 'channels', 'put', channel, before, entry),
      delete: (channelArn, before, entry) => call(channelArn, 'channels', 'delete', channelArn, before, entry),
      list: (page) => call(common, 'channels', 'list', page),
    },
    policies: {
      get: (id) => call(id, 'policies', 'get', id),
      put: (policy, before, entry) => call(policy.id, 'policies', 'put', policy, before, entry),
      delete: (id, before, entry) => call(id, 'policies', 'delete', id, before, entry),
      list: (page) => call(common, 'policies', 'list', page),
    },
    clients: {
      get: (id) => call(id, 'clients', 'get', id),
      put: (client, before, entry) => call(client.id, 'clients', 'put', client, before, entry),
      delete: (id, before, entry) => call(id, 'clients', 'delete', id, before, entry),
      list: (page) => call(common, 'clients', 'list', page),
      noteUse: (id, usedAt) => call(id, 'clients', 'noteUse', id, usedAt),
      findUses: (ids) => call(common, 'clients', 'findUses', ids),
    },
    keyPairs: {
      load: (place) => call(place, 'keyPairs', 'load', place),
      replace: (keys, entry) => call(keys.place, 'keyPairs', 'replace', keys, entry),
      list: () => call(common, 'keyPairs', 'list'),
    },
    revocations: createRevocationClient(call, callAtLength),
    deliveries: {
      claim: (claim) => call(common, 'deliveries', 'claim', claim),
      settle: (settled) => call(common, 'deliveries', 'settle', settled),
      count: () => call(common, 'deliveries', 'count'),
    },
    viewers: {
      get: (viewerId, nowSeconds) => call(viewerId, 'viewers', 'get', viewerId, nowSeconds),
      liftBlocks: (viewerId, nowSeconds, by) =>
        callAtLength(viewerId, 'viewers', 'liftBlocks', viewerId, nowSeconds, by),
    },
    audit: {
      append: (kind, entry) => call(common, 'audit', 'append', kind, entry),
      list: (query) => call(common, 'audit', 'list', query),
    },
    stats: createStatsClient(call),
    health: { ping: () => call(common, 'health', 'ping') },
  };
}

function createRevocationClient(call: Call, callAtLength: Call): Store['revocations'] {
  return {
    record: (draft, viewerIds, idempotency, entry) =>
      callAtLength(toDraftKey(draft), 'revocations', 'record', draft, viewerIds, idempotency, entry),
    get: (id) => call(id, 'revocations', 'get', id),
    list: (query) => call(query.viewerId ?? query.channelArn ?? common, 'revocations', 'list', query),
    listViewers: (id, page) => call(id, 'revocations', 'listViewers', id, page),
    listBlocked: (id, page, nowSeconds) => call(id, 'revocations', 'listBlocked', id, page, nowSeconds),
    liftBlock: (id, nowSeconds, entry) => callAtLength(id, 'revocations', 'liftBlock', id, nowSeconds, entry),
    listFailed: (id, page) => call(id, 'revocations', 'listFailed', id, page),
    retryFailed: (id, nowMs, entry) => callAtLength(id, 'revocations', 'retryFailed', id, nowMs, entry),
    estimate: (target, viewerIds, nowSeconds) =>
      callAtLength(toTargetKey(target) ?? common, 'revocations', 'estimate', target, viewerIds, nowSeconds),
    finishIntents: (nowMs, olderThanMs) => callAtLength(common, 'revocations', 'finishIntents', nowMs, olderThanMs),
  };
}

/** Instances spread over the objects by their ids. */
function createStatsClient(call: Call): Store['stats'] {
  return {
    add: (batch) => call(batch.source, 'stats', 'add', batch),
    read: (query) => call(common, 'stats', 'read', query),
  };
}

/** A list of viewers is about nobody in particular: its own id spreads the lists. */
function toDraftKey({ id, target }: RevocationDraft): string {
  return toTargetKey(target) ?? id;
}

function toTargetKey(target: RevocationTarget): string | undefined {
  if ('viewerId' in target) return target.viewerId;
  return target.scope === 'channel' ? target.channelArn : undefined;
}

function createCall(findObject: (key: string) => StoreObjectStub, timeoutMs: number): Call {
  async function call(key: string, concern: keyof Store, method: string, ...args: unknown[]): Promise<unknown> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const timedOut = new Promise<never>((_, reject) => {
      timeout.addEventListener('abort', () => reject(new Error('the store object did not answer')));
    });
    try {
      return toStoreValue(await Promise.race([findObject(key).call(concern, method, args), timedOut]));
    } catch (error) {
      if (error instanceof OutageError) throw error;
      throw new OutageError('store_unavailable', { cause: error });
    }
  }
  // The object runs this very method with these arguments, so what it answers is of the method's type.
  return call as Call;
}
