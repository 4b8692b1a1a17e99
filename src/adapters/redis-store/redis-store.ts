/** The Store on Redis: every method is one script, so one round trip and one atomic change. */
import type { ApiClient } from '../../access/record.ts';
import type { Channel } from '../../channels/record.ts';
import type { ChannelArn, KeyPairId, Region, RevocationId, ViewerId } from '../../ids.ts';
import type { KeyPair } from '../../keys/record.ts';
import type { Page, PageQuery } from '../../page.ts';
import type { Policy } from '../../policies/record.ts';
import type { RevocationDraft, Store } from '../../ports.ts';
import { type Delivery, sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import type { Revocation, RevocationTarget } from '../../revocations/record.ts';
import { neverLifts, type ScopeState, toFloor } from '../../revocations/scopes.ts';
import { toPage } from '../page.ts';
import { floorLifetimeSeconds, recordLifetimeSeconds } from '../retention.ts';
import { createRedisConnection, type RedisConnectionOptions, type ScriptName } from './connection.ts';

export interface RedisStoreOptions extends RedisConnectionOptions {
  /** Begins every key. Its hash tag keeps all keys in one slot of a cluster, since a revocation spans viewers and channels. */
  readonly prefix?: string;
}

export type RedisStore = Store & { close(): Promise<void> };

/** The kinds of records that are kept as JSON under their id, each with the sorted set that lists them. */
const kinds = {
  channel: 'channels',
  policy: 'policies',
  client: 'clients',
  'key-pair': 'key-pairs',
  revocation: 'revocations',
} as const;
type Kind = keyof typeof kinds;

/** Key pairs that can exist: three in each of IVS's regions, with room for more regions. */
const maxKeyPairs = 1000;

/** A Store over the Redis at a URL. It connects at first use. */
export function createRedisStore({ prefix = '{playgate}:', ...options }: RedisStoreOptions): RedisStore {
  const connection = createRedisConnection(options);
  const run = (script: ScriptName, ...args: (string | number)[]) =>
    connection.run((client) => client[script](prefix, ...args));

  const get = async <T>(kind: Kind, id: string) =>
    parseJson<T>(await connection.run((client) => client.get(`${prefix}${kind}:${id}`)));
  const put = async (kind: Kind, id: string, record: unknown) =>
    void (await run('putRecord', kind, kinds[kind], id, JSON.stringify(record)));
  const remove = async (kind: Kind, id: string) => (await run('deleteRecord', kind, kinds[kind], id)) === 1;

  async function list(kind: Kind, { cursor, limit }: PageQuery, order: 'asc' | 'desc') {
    const answer = (await run('listRecords', kind, kinds[kind], cursor ?? '', limit + 1, order)) as unknown[];
    const rows: { id: string; value: unknown }[] = [];
    for (let index = 0; index < answer.length; index += 2)
      rows.push({ id: String(answer[index]), value: answer[index + 1] });
    return rows;
  }
  async function listJson<T>(kind: Kind, page: PageQuery): Promise<Page<T>> {
    const rows = await list(kind, page, 'asc');
    return toPage(rows, page.limit, ({ value }) => parseJson<T>(value));
  }
  async function getRevocation(id: RevocationId): Promise<Revocation | undefined> {
    return toRevocation(await connection.run((client) => client.hgetall(`${prefix}revocation:${id}`)));
  }

  return {
    close: () => connection.close(),
    ping: async () => void (await connection.run((client) => client.ping())),

    async loadIssuance({ channelArn, viewerId, region }) {
      const answer = (await run('loadIssuance', channelArn, viewerId, region)) as unknown[];
      const [channel, policy, activeKeyPairId, ...scopes] = answer;
      return {
        channel: parseJson<Channel>(channel),
        policy: parseJson<Policy>(policy),
        activeKeyPairId: (activeKeyPairId ?? undefined) as KeyPairId | undefined,
        scopes: scopes.map((fields) => toScopeState(fields as string[])),
      };
    },
    async recordSession({ channelArn, viewerId, sessionVersion, issuedAt }) {
      const answer = await run('recordSession', channelArn, viewerId, sessionVersion, issuedAt, sessionLifetimeSeconds);
      return answer === 1 ? 'recorded' : 'overtaken';
    },

    async recordRevocation(draft) {
      const { id, target, block, createdAt } = draft;
      const [floor, pending] = (await run(
        'recordRevocation',
        JSON.stringify(draft),
        id,
        ...toScopeArguments(target),
        toFloor(createdAt, 0),
        block === null ? '' : (block.until ?? neverLifts),
        createdAt,
        floorLifetimeSeconds,
        recordLifetimeSeconds,
        sessionLifetimeSeconds,
      )) as [number, number];
      return { ...draft, floor, delivery: { pending, delivered: 0, failed: 0 } };
    },
    getRevocation,
    async listRevocations(page) {
      const rows = await list('revocation', page, 'desc');
      return toPage(rows, page.limit, ({ value }) => toRevocation(toFields(value as string[])));
    },
    async liftBlock(id, nowSeconds) {
      const revocation = await getRevocation(id);
      if (revocation === undefined) return false;
      const target = toScopeArguments(revocation.target);
      return (await run('liftBlock', id, ...target, nowSeconds, floorLifetimeSeconds, recordLifetimeSeconds)) === 1;
    },
    async claimDeliveries({ nowMs, limit, leaseMs }) {
      const answer = (await run('claimDeliveries', nowMs, limit, leaseMs)) as string[] | null;
      if (answer === null) return undefined;
      const [region, ...flat] = answer;
      const deliveries: Delivery[] = [];
      for (let index = 0; index < flat.length; index += 4) deliveries.push(toDelivery(flat.slice(index, index + 4)));
      return { region: region as Region, deliveries };
    },
    async settleDeliveries({ region, settled, nowMs, paceMs }) {
      const flat = settled.flatMap(({ delivery, outcome }) => [
        delivery.revocationId,
        delivery.channelArn,
        delivery.viewerId,
        outcome.kind === 'retry' ? outcome.atMs : outcome.kind,
      ]);
      await run('settleDeliveries', nowMs, paceMs, region, ...flat);
    },

    getChannel: (channelArn) => get<Channel>('channel', channelArn),
    async putChannel(channel) {
      const answer = await run('putChannel', channel.channelArn, JSON.stringify(channel), channel.policyId ?? '');
      return answer === 1 ? 'stored' : 'policy_not_found';
    },
    deleteChannel: async (channelArn) => (await run('deleteChannel', channelArn)) === 1,
    listChannels: (page) => listJson<Channel>('channel', page),

    getPolicy: (id) => get<Policy>('policy', id),
    putPolicy: (policy) => put('policy', policy.id, policy),
    deletePolicy: async (id) => (await run('deletePolicy', id)) as 'deleted' | 'not_found' | 'in_use',
    listPolicies: (page) => listJson<Policy>('policy', page),

    getClient: (id) => get<ApiClient>('client', id),
    putClient: (client) => put('client', client.id, client),
    deleteClient: (id) => remove('client', id),
    listClients: (page) => listJson<ApiClient>('client', page),

    getKeyPair: (id) => get<KeyPair>('key-pair', id),
    putKeyPair: (keyPair) => put('key-pair', keyPair.id, keyPair),
    markImported: async (id, { arn, fingerprint }) =>
      parseJson<KeyPair>(await run('markImported', id, arn, fingerprint)),
    retireKeyPair: async (id) => parseJson<KeyPair>(await run('retireKeyPair', id)),
    deleteKeyPair: (id) => remove('key-pair', id),
    listKeyPairs: async () => (await listJson<KeyPair>('key-pair', { limit: maxKeyPairs })).items,
  };
}

function parseJson<T>(value: unknown): T | undefined {
  return typeof value === 'string' ? (JSON.parse(value) as T) : undefined;
}

function toFields(flat: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let index = 0; index < flat.length; index += 2) fields[String(flat[index])] = String(flat[index + 1]);
  return fields;
}

function toScopeState(flat: readonly string[]): ScopeState {
  const { floor = '0', ...blocks } = toFields(flat);
  return { floor: Number(floor), blockedUntil: Math.max(0, ...Object.values(blocks).map(Number)) };
}

function toScopeArguments(target: RevocationTarget): [scope: string, viewerId: string, channelArn: string] {
  return [
    target.scope,
    target.scope === 'channel' ? '' : target.viewerId,
    target.scope === 'viewer' ? '' : target.channelArn,
  ];
}

function toRevocation(fields: Readonly<Record<string, string>>): Revocation | undefined {
  const draft = parseJson<RevocationDraft>(fields.draft);
  if (draft === undefined) return undefined;
  const { pending, delivered, failed } = fields;
  return {
    ...draft,
    block: fields.lifted === undefined ? draft.block : null,
    floor: Number(fields.floor),
    delivery: { pending: Number(pending), delivered: Number(delivered), failed: Number(failed) },
  };
}

/** The member is the half of the pair that the revocation's target does not say: the viewer of a channel, or a channel. */
function toDelivery([id, json, floor, member]: readonly string[]): Delivery {
  const draft = parseJson<RevocationDraft>(json);
  if (draft === undefined || member === undefined) throw new TypeError('a delivery without its revocation');
  const { target, createdAt } = draft;
  return {
    revocationId: id as RevocationId,
    channelArn: target.scope === 'channel' ? target.channelArn : (member as ChannelArn),
    viewerId: target.scope === 'channel' ? (member as ViewerId) : target.viewerId,
    floor: Number(floor),
    createdAt,
  };
}
