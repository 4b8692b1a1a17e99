/** What clients do to the service, each written down with what it was about: tokens, decisions, liftings, records. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange, RecordName, Target } from '../history.ts';
import type { Heard } from './client.ts';
import { adminKey, type World } from './world.ts';

const maxTries = 12;
const retryAfterMs = 400;
/** Of so many tokens the signature of one is looked for in the logs. */
const tokensPerSecret = 50;

export interface Actions {
  issue(viewerId: string, channelArn: string, instance?: number): Promise<Exchange>;
  /** Asks until it is acknowledged, under one key; undefined when it never was. */
  revoke(target: Target, block: boolean, instance?: number): Promise<string | undefined>;
  /** Asks once: an operator who sees 503. */
  revokeOnce(target: Target, block: boolean, instance?: number): Promise<Exchange>;
  /** Asks until it is acknowledged. */
  lift(revocationId: string): Promise<void>;
  liftViewer(viewerId: string): Promise<void>;
  putPolicy(): Promise<string>;
  deletePolicy(id: string): Promise<void>;
  createClient(): Promise<void>;
  /** Reads a page of revocations, or what is known of a viewer. */
  look(viewerId: string): Promise<void>;
}

/** Binds them to a world. An instance that is up is chosen by chance where none is given. */
export function createActions(world: World): Actions {
  const { client } = world;
  let tokens = 0;

  const revokeOnce = async (target: Target, block: boolean, key: string, instance = world.pickInstance()) =>
    client.send({
      instance,
      operation: 'POST /v1/admin/revocations',
      body: toRevocationBody(target, block),
      headers: { 'idempotency-key': key },
      as: adminKey,
      asked: { kind: 'revoke', target, block, key },
    });

  return {
    async issue(viewerId, channelArn, instance = world.pickInstance()) {
      const { body, exchange } = await client.send({
        instance,
        operation: 'POST /v1/tokens',
        body: { viewerId, channelArn },
        as: world.issuerKey,
        asked: { kind: 'token', viewerId, channelArn },
      });
      if (exchange.status === 201 && tokens++ % tokensPerSecret === 0)
        for (const part of String(body.token).split('.').slice(1)) world.secrets.add(part);
      return exchange;
    },
    async revoke(target, block, instance) {
      const key = randomUUID();
      const { status, body } = await repeat(() => revokeOnce(target, block, key, instance));
      return status === 201 ? String(body.id) : undefined;
    },
    revokeOnce: async (target, block, instance) => (await revokeOnce(target, block, randomUUID(), instance)).exchange,
    ...createLiftingActions(world),
    ...createRecordActions(world),
    async look(viewerId) {
      const instance = world.pickInstance();
      await client.send({ instance, operation: 'GET /v1/admin/viewers/{viewerId}', params: [viewerId], as: adminKey });
      const query = { viewerId, limit: '10' };
      await client.send({ instance, operation: 'GET /v1/admin/revocations', query, as: adminKey });
    },
  };
}

function createLiftingActions(world: World): Pick<Actions, 'lift' | 'liftViewer'> {
  const { client } = world;
  return {
    async lift(revocationId) {
      await repeat(() =>
        client.send({
          instance: world.pickInstance(),
          operation: 'DELETE /v1/admin/revocations/{id}',
          params: [revocationId],
          as: adminKey,
          asked: { kind: 'lift', revocationId },
        }),
      );
    },
    async liftViewer(viewerId) {
      await repeat(() =>
        client.send({
          instance: world.pickInstance(),
          operation: 'DELETE /v1/admin/viewers/{viewerId}/blocks',
          params: [viewerId],
          as: adminKey,
          asked: { kind: 'lift_viewer', viewerId },
        }),
      );
    },
  };
}

function createRecordActions(world: World): Pick<Actions, 'putPolicy' | 'deletePolicy' | 'createClient'> {
  const { client } = world;
  return {
    async putPolicy() {
      const id = `p-${randomUUID()}`;
      await repeat(() =>
        client.send({
          instance: world.pickInstance(),
          operation: 'PUT /v1/admin/policies/{id}',
          params: [id],
          body: { allowedCountries: ['DE'] },
          as: adminKey,
          asked: { kind: 'put', record: `policies/${id}` },
        }),
      );
      return id;
    },
    async deletePolicy(id) {
      const record: RecordName = `policies/${id}`;
      const asked = { kind: 'delete', record } as const;
      const operation = 'DELETE /v1/admin/policies/{id}';
      await client.send({ instance: world.pickInstance(), operation, params: [id], as: adminKey, asked });
    },
    async createClient() {
      const made = await client.send({
        instance: world.pickInstance(),
        operation: 'POST /v1/admin/clients',
        body: { name: 'shop', role: 'issuer', channels: ['*'] },
        as: adminKey,
        asked: (body) => ({ kind: 'put', record: `clients/${body?.id}` }),
      });
      if (made.status === 201) world.secrets.add(String(made.body.key).replace(/^.*\./, ''));
    },
  };
}

/** The body of the request that a target makes. */
function toRevocationBody({ viewerIds, channelArn }: Target, block: boolean): Readonly<Record<string, unknown>> {
  const [first, ...others] = viewerIds ?? [];
  return {
    ...(others.length > 0 ? { viewerIds } : first !== undefined && { viewerId: first }),
    ...(channelArn !== null && { channelArn }),
    ...(block && { block: {} }),
  };
}

/** Until it is answered with something else than an outage. */
async function repeat<T extends Heard>(send: () => Promise<T>): Promise<T> {
  for (let triesLeft = maxTries; ; triesLeft--) {
    const heard = await send();
    const isOutage = heard.status === null || heard.status >= 500 || heard.status === 429;
    if (!isOutage || triesLeft === 1) return heard;
    await sleep(retryAfterMs);
  }
}
