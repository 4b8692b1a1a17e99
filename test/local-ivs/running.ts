/** A local IVS on a free port for the tests of one file, and AWS clients that talk to it over real sockets. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { IvsClient } from '@aws-sdk/client-ivs';
import { afterAll } from 'vitest';
import { isOperationName } from '../../src/local-ivs/api/route.ts';
import { startLocalIvs } from '../../src/local-ivs/local-ivs.ts';
import type { LocalIvsOptions } from '../../src/local-ivs/settings.ts';
import { expectModelled } from './answers.ts';

/** Who calls, and where. Every member has a default. */
interface Caller {
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** How often a call is tried. Default 1, so that each refusal is seen. */
  readonly maxAttempts?: number;
}

export interface Running {
  readonly url: string;
  /** The JavaScript SDK, each answer checked against the model as it comes in. */
  client(caller?: Caller): IvsClient;
  /** Asks the control endpoint; `path` begins after `/_local`. */
  control(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Puts a channel live. */
  goLive(channelArn: string, body?: unknown): Promise<void>;
}

/** Starts it, and ends it after the last test of the file. Rates are not limited unless asked. */
export async function startRunning(options: LocalIvsOptions = {}): Promise<Running> {
  const localIvs = await startLocalIvs({ throttling: false, ...options, port: 0 });
  const clients: IvsClient[] = [];
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await localIvs.close();
  });
  const control: Running['control'] = async (method, path, body) => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${localIvs.url}/_local${path}`, init);
    return { status: response.status, body: await response.json().catch(() => undefined) };
  };
  return {
    url: localIvs.url,
    control,
    client: (caller = {}) => {
      const client = createClient(localIvs.url, caller);
      clients.push(client);
      return client;
    },
    goLive: async (channelArn, body) => {
      const { status } = await control('PUT', `/channels/${encodeURIComponent(channelArn)}/stream`, body);
      if (status !== 200) throw new Error(`The channel did not go live: ${status}`);
    },
  };
}

function createClient(url: string, caller: Caller): IvsClient {
  const { region = 'us-west-2', accessKeyId = 'AKIDEXAMPLE', secretAccessKey = 'secret', maxAttempts = 1 } = caller;
  const client = new IvsClient({ endpoint: url, region, maxAttempts, credentials: { accessKeyId, secretAccessKey } });
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        await checkResponse(String(commandName).replace(/Command$/, ''), result.response);
        return result;
      },
    // The last step before the socket: the answer is seen before the SDK has read it.
    { step: 'deserialize', priority: 'low', name: 'expectModelled' },
  );
  return client;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: Readable;
}

const isSdkResponse = (value: unknown): value is SdkResponse =>
  typeof value === 'object' && value !== null && 'body' in value && value.body instanceof Readable;

async function checkResponse(operation: string, response: unknown): Promise<void> {
  if (!isSdkResponse(response) || !isOperationName(operation)) throw new TypeError('Not a response of the SDK');
  const body = await buffer(response.body);
  response.body = Readable.from([body]);
  expectModelled(operation, { status: response.statusCode, headers: response.headers, body: body.toString() });
}
