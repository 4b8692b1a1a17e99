/** The world of a scenario: two instances of the service on a Redis, a local IVS, and clients that talk to either instance. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient, type Heard } from './client.ts';
import { type Instance, startInstance } from './instance.ts';
import { type LocalIvsProcess, startLocalIvsProcess } from './local-ivs-process.ts';
import { choosePort } from './redis-process.ts';

/** The key of the bootstrap admin. */
export const adminKey = 'fault-runs-admin-key-0123456789-abcdef';

const awsSecret = 'secret-access-key-of-the-fault-runs';

/** Two, so that deliveries have two budgets. */
const regions = ['us-west-2', 'eu-west-1'] as const;
const channelsPerRegion = 2;
const setUpTries = 20;

type Settings = Readonly<Record<string, string>>;

export interface WorldOptions {
  /** Which Redis the instances use, and how. */
  readonly redis: Settings;
  /** How many instances. Default 2. */
  readonly instances?: number;
  /** Settings of one instance beside those that both have, by its place. Default: none. */
  readonly ofInstance?: readonly Settings[];
  /** Further settings of both. Default: none. */
  readonly settings?: Settings;
  /** What runs node for one instance, by its place. Default: nothing. */
  readonly commands?: readonly (readonly string[])[];
}

export interface World {
  readonly instances: readonly Instance[];
  readonly localIvs: LocalIvsProcess;
  readonly client: Client;
  /** Registered, private channels of both regions; on the last one everyone may be revoked and blocked. */
  readonly channels: readonly string[];
  /** The API key with which tokens are asked for. */
  readonly issuerKey: string;
  /** What must stand in no log. */
  readonly secrets: Set<string>;
  readonly keysDirectory: string;
  /** An instance that is up, by chance; any when none is. */
  pickInstance(): number;
  /** Kills what runs, and removes what is on disk. */
  end(): Promise<void>;
}

/** Starts it with key pairs and channels in place. */
export async function startWorld({
  redis,
  instances: count = 2,
  ofInstance = [],
  settings: further = {},
  commands = [],
}: WorldOptions): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'playgate-faults-'));
  const keysDirectory = join(folder, 'keys');
  const localIvs = await startLocalIvsProcess();
  const settings = {
    NODE_ENV: 'production',
    PLAYGATE_ADMIN_KEY: adminKey,
    AWS_ENDPOINT_URL_IVS: localIvs.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: awsSecret,
    AWS_TIMEOUT_MS: '2000',
    ...(further.SECRETS_MANAGER_REGION === undefined && { KEYS_DIRECTORY: keysDirectory }),
    CLIENT_CACHE_SECONDS: '1',
    // Few viewers ask again and again: it is counted, and refuses nobody.
    LIMIT_VIEWER: '1000000/60s',
    ...redis,
    ...further,
  };
  const instances = await Promise.all(
    Array.from({ length: count }, async (_, index) =>
      startInstance({
        index,
        port: await choosePort(),
        settings: { ...settings, ...ofInstance[index] },
        ...(commands[index] !== undefined && { command: commands[index] }),
      }),
    ),
  );
  const client = createClient(instances.map(({ url }) => url));
  const { channels, issuerKey } = await setUp(client, localIvs);
  return {
    instances,
    localIvs,
    client,
    channels,
    issuerKey,
    secrets: new Set([adminKey, awsSecret, issuerKey.slice(issuerKey.indexOf('.') + 1)]),
    keysDirectory,
    pickInstance() {
      const up = instances.filter(({ isUp }) => isUp);
      return (up[randomInt(Math.max(up.length, 1))] ?? instances[0])?.index ?? 0;
    },
    async end() {
      client.close();
      await Promise.all(instances.map((instance) => (instance.isUp ? instance.kill() : undefined)));
      await localIvs.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function setUp(client: Client, localIvs: LocalIvsProcess) {
  const channels: string[] = [];
  for (const region of regions) {
    await insist(() => client.send({ instance: 0, operation: 'POST /v1/admin/keys', body: { region }, as: adminKey }));
    for (let count = 0; count < channelsPerRegion; count++) channels.push(await localIvs.createChannel(region));
  }
  for (const channelArn of channels)
    await insist(() =>
      client.send({
        instance: 0,
        operation: 'PUT /v1/admin/channels/{channelArn}',
        params: [channelArn],
        body: {},
        as: adminKey,
        asked: { kind: 'put', record: `channels/${channelArn}` },
      }),
    );
  const body = { name: 'issuer', role: 'issuer', channels: ['*'] };
  const { body: made } = await insist(() =>
    client.send({ instance: 0, operation: 'POST /v1/admin/clients', body, as: adminKey }),
  );
  return { channels, issuerKey: String(made.key) };
}

/** Until it is answered with success: IVS takes few calls a second. */
async function insist(send: () => Promise<Heard>): Promise<Heard> {
  for (let triesLeft = setUpTries; ; triesLeft--) {
    const heard = await send();
    if (heard.status === 200 || heard.status === 201) return heard;
    if (triesLeft === 1) throw new Error(`the world was not set up: ${JSON.stringify(heard.body)} ${heard.error}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
