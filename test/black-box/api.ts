/** Short ways to speak to a target, and to make what a test needs. */
import { randomUUID } from 'node:crypto';
import {
  CreateChannelCommand,
  CreatePlaybackRestrictionPolicyCommand,
  type CreatePlaybackRestrictionPolicyCommandInput,
  DeleteChannelCommand,
  DeletePlaybackKeyPairCommand,
  ImportPlaybackKeyPairCommand,
  IvsClient,
} from '@aws-sdk/client-ivs';
import type { Answer, Json } from './answer.ts';
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

type OnAnswer = (method: string, path: string, answer: Answer) => void;

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
  /** Deletes a channel in IVS only. It must not be live. */
  deleteIvsChannel(channelArn: string): Promise<void>;
  /** Imports a public half into IVS only. */
  importIntoIvs(region: string, publicKeyMaterial: string): Promise<void>;
  /** Deletes a key pair in IVS only. */
  deleteKeyInIvs(region: string, arn: string): Promise<void>;
  /** Registers a channel that is in IVS. */
  registerChannel(channelArn: string, registration?: Readonly<Record<string, unknown>>): Promise<void>;
  issue(body: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<Answer>;
  revoke(body: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<Answer>;
  /** Brings blocks in, each as a line. */
  importBlocks(blocks: readonly Readonly<Record<string, unknown>>[]): Promise<Answer>;
  /** Makes a playback restriction policy in IVS only; its ARN. */
  createIvsPolicy(policy: Omit<CreatePlaybackRestrictionPolicyCommandInput, 'tags'>): Promise<string>;
  putPolicy(policy: Readonly<Record<string, unknown>>): Promise<string>;
  createClient(role: string, channels?: readonly string[]): Promise<{ id: string; key: string }>;
  /** Asks the playback edge for the playlist. */
  play(playbackUrl: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Waits until IVS was told of everyone whom a revocation meets. */
  delivered(revocationId: string): Promise<Answer>;
  /** Sets something of the local IVS. */
  setLocalIvs(method: string, path: string, body?: unknown): Promise<void>;
}

/** `onAnswer` is told of each answer. */
export function createApi(
  target: () => Pick<Target, 'send'>,
  surroundings: () => Surroundings,
  onAnswer?: OnAnswer,
): Api {
  const call = createCall(target, onAnswer);
  const setLocalIvs: Api['setLocalIvs'] = (method, path, body) => tellLocalIvs(surroundings(), method, path, body);
  const createIvsChannel: Api['createIvsChannel'] = async ({ authorized, live = false, region: at = region }) => {
    const arn = await createChannelInIvs(surroundings(), at, authorized);
    if (live) await setLocalIvs('PUT', `/channels/${encodeURIComponent(arn)}/stream`, {});
    return arn;
  };
  const registerChannel: Api['registerChannel'] = async (arn, registration = {}) => {
    const put = await call('PUT', `/v1/admin/channels/${encodeURIComponent(arn)}`, { body: registration });
    if (put.status !== 200) throw new Error(`the channel was not registered: ${JSON.stringify(put.body)}`);
  };

  return {
    call,
    setLocalIvs,
    createIvsChannel,
    registerChannel,
    createIvsPolicy: (policy) => createPolicyInIvs(surroundings(), policy),
    importIntoIvs: (at, publicKeyMaterial) => importKeyIntoIvs(surroundings(), at, publicKeyMaterial),
    deleteKeyInIvs: (at, arn) => deleteKeyInIvs(surroundings(), at, arn),
    deleteIvsChannel: (arn) => deleteChannelInIvs(surroundings(), arn),
    async createChannel(registration) {
      const arn = await createIvsChannel({ authorized: true, live: true });
      await registerChannel(arn, registration);
      return arn;
    },
    issue: (body, options) => call('POST', '/v1/tokens', { ...options, body }),
    revoke: (body, options) => call('POST', '/v1/admin/revocations', { ...options, body }),
    importBlocks: (blocks) =>
      call('POST', '/v1/admin/blocks', {
        headers: { 'content-type': 'application/x-ndjson' },
        raw: blocks.map((block) => JSON.stringify(block)).join('\n'),
      }),
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

function createCall(target: () => Pick<Target, 'send'>, onAnswer?: OnAnswer): Api['call'] {
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
    const read = method === 'HEAD' ? text : readBody(text, response.headers.get('content-type') ?? '');
    const answer = { status: response.status, headers: response.headers, body: read };
    described ??= loadDescribed();
    (await described)({ method, path, answer });
    onAnswer?.(method, path, answer);
    return answer;
  };
}

/** A document, or, of lines, the list that they are. */
function readBody(text: string, contentType: string): Json {
  if (contentType === 'application/x-ndjson')
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Json => JSON.parse(line));
  return /json/.test(contentType) && text !== '' ? JSON.parse(text) : text;
}

async function tellLocalIvs({ localIvs }: Surroundings, method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(`${localIvs.url}/_local${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} /_local${path} answered ${response.status}: ${await response.text()}`);
}

async function createChannelInIvs(around: Surroundings, at: string, authorized: boolean): Promise<string> {
  const client = createIvsClient(around, at);
  const { channel } = await client.send(new CreateChannelCommand({ name: `c-${randomUUID()}`, authorized }));
  client.destroy();
  return channel?.arn ?? '';
}

async function deleteChannelInIvs(around: Surroundings, arn: string): Promise<void> {
  const client = createIvsClient(around, region);
  await client.send(new DeleteChannelCommand({ arn }));
  client.destroy();
}

async function createPolicyInIvs(
  around: Surroundings,
  policy: CreatePlaybackRestrictionPolicyCommandInput,
): Promise<string> {
  const client = createIvsClient(around, region);
  const made = await client.send(new CreatePlaybackRestrictionPolicyCommand(policy));
  client.destroy();
  return made.playbackRestrictionPolicy?.arn ?? '';
}

async function importKeyIntoIvs(around: Surroundings, at: string, publicKeyMaterial: string): Promise<void> {
  const client = createIvsClient(around, at);
  await client.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial }));
  client.destroy();
}

async function deleteKeyInIvs(around: Surroundings, at: string, arn: string): Promise<void> {
  const client = createIvsClient(around, at);
  await client.send(new DeletePlaybackKeyPairCommand({ arn }));
  client.destroy();
}

function createIvsClient({ localIvs }: Surroundings, at: string): IvsClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new IvsClient({ region: at, endpoint: localIvs.url, credentials });
}

async function waitUntilDelivered(call: Api['call'], revocationId: string): Promise<Answer> {
  for (const deadline = Date.now() + deliveryPatienceMs; Date.now() < deadline; ) {
    const answer = await call('GET', `/v1/admin/revocations/${revocationId}`);
    const { delivery, progress } = answer.body;
    if (delivery.pending === 0 && progress?.done !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the revocation was not delivered in time');
}
