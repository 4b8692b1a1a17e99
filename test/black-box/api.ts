/** Short ways to speak to a target, and to make what a test needs. */
import { randomUUID } from 'node:crypto';
import { CreateChannelCommand, IvsClient } from '@aws-sdk/client-ivs';
import type { Answer } from './answer.ts';
import { createExpectDescribed, type ExpectDescribed } from './described-answers.ts';
import type { SendOptions, Surroundings, Target } from './target.ts';
import { adminKey } from './target.ts';

export const region = 'us-west-2';

/** Nothing is promised of a delivery but that it comes. */
const deliveryPatienceMs = 30_000;

interface CallOptions extends Omit<SendOptions, 'body'> {
  readonly body?: unknown;
  /** The body as it is to be sent, in place of `body`. */
  readonly raw?: string;
  /** The bearer credential; the admin key when absent, none when null. */
  readonly as?: string | null;
}

export interface Api {
  /** Sends a request. Rejects when the answer is not as `/openapi.json` describes it. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Makes a private, live channel in IVS and registers it. */
  createChannel(registration?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Makes a channel in IVS only. */
  createIvsChannel(options: {
    readonly authorized: boolean;
    readonly live?: boolean;
    readonly region?: string;
  }): Promise<string>;
  issue(body: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<Answer>;
  revoke(body: Readonly<Record<string, unknown>>): Promise<Answer>;
  putPolicy(policy: Readonly<Record<string, unknown>>): Promise<string>;
  createClient(role: string, channels?: readonly string[]): Promise<{ id: string; key: string }>;
  /** Asks the playback edge for the playlist. */
  play(playbackUrl: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Waits until IVS was told of a revocation. */
  delivered(revocationId: string): Promise<Answer>;
  /** Sets something of the local IVS. */
  setLocalIvs(method: string, path: string, body?: unknown): Promise<void>;
}

export function createApi(target: () => Pick<Target, 'send'>, surroundings: () => Surroundings): Api {
  const call = createCall(target);
  const setLocalIvs: Api['setLocalIvs'] = (method, path, body) => tellLocalIvs(surroundings(), method, path, body);
  const createIvsChannel: Api['createIvsChannel'] = async ({ authorized, live = false, region: at = region }) => {
    const arn = await createChannelInIvs(surroundings(), at, authorized);
    if (live) await setLocalIvs('PUT', `/channels/${encodeURIComponent(arn)}/stream`, {});
    return arn;
  };

  return {
    call,
    setLocalIvs,
    createIvsChannel,
    async createChannel(registration = {}) {
      const arn = await createIvsChannel({ authorized: true, live: true });
      const put = await call('PUT', `/v1/admin/channels/${encodeURIComponent(arn)}`, { body: registration });
      if (put.status !== 200) throw new Error(`the channel was not registered: ${JSON.stringify(put.body)}`);
      return arn;
    },
    issue: (body, options) => call('POST', '/v1/tokens', { ...options, body }),
    revoke: (body) => call('POST', '/v1/admin/revocations', { body }),
    async putPolicy(policy) {
      const id = `p-${randomUUID()}`;
      const put = await call('PUT', `/v1/admin/policies/${id}`, { body: policy });
      if (put.status !== 200) throw new Error(`the policy was not stored: ${JSON.stringify(put.body)}`);
      return id;
    },
    async createClient(role, channels = ['*']) {
      const created = await call('POST', '/v1/admin/clients', { body: { name: role, role, channels } });
      if (created.status !== 201) throw new Error(`the client was not made: ${JSON.stringify(created.body)}`);
      return created.body;
    },
    play: (playbackUrl, headers = {}) => fetch(playbackUrl, { headers }),
    delivered: (revocationId) => waitUntilDelivered(call, revocationId),
  };
}

function createCall(target: () => Pick<Target, 'send'>): Api['call'] {
  let described: Promise<ExpectDescribed> | undefined;
  const loadDescribed = async () => createExpectDescribed(await (await target().send('/openapi.json')).json());

  return async (method, path, { as = adminKey, body, raw, headers, ...options } = {}) => {
    const response = await target().send(path, {
      method,
      ...options,
      headers: {
        ...(as !== null && { authorization: `Bearer ${as}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(raw !== undefined && { body: raw }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const read = isJson && text !== '' ? JSON.parse(text) : text;
    const answer = { status: response.status, headers: response.headers, body: read };
    described ??= loadDescribed();
    (await described)({ method, path, answer });
    return answer;
  };
}

async function tellLocalIvs({ localIvs }: Surroundings, method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(`${localIvs.url}/_local${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} /_local${path} answered ${response.status}: ${await response.text()}`);
}

async function createChannelInIvs({ localIvs }: Surroundings, at: string, authorized: boolean): Promise<string> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new IvsClient({ region: at, endpoint: localIvs.url, credentials });
  const { channel } = await client.send(new CreateChannelCommand({ name: `c-${randomUUID()}`, authorized }));
  client.destroy();
  return channel?.arn ?? '';
}

async function waitUntilDelivered(call: Api['call'], revocationId: string): Promise<Answer> {
  for (const deadline = Date.now() + deliveryPatienceMs; Date.now() < deadline; ) {
    const answer = await call('GET', `/v1/admin/revocations/${revocationId}`);
    if (answer.body.delivery.pending === 0) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the revocation was not delivered in time');
}
