/** Every setting of the service, once: what it may be, its default, and what an operator has to know of it. */
import { z } from 'zod';
import { auditSettings } from './audit-settings.ts';
import { entitlementSettings } from './entitlement-settings.ts';
import { operators, viewers } from './identity-settings.ts';
import { regionSchema } from './ids.ts';
import { limitSettings } from './limit-settings.ts';
import {
  accounts,
  addresses,
  channelList,
  networks,
  roleArn,
  secret,
  tags,
  text,
  url,
  wholeNumber,
  withNotes,
} from './setting-schemas.ts';
import { maxTtlSeconds } from './token-limits.ts';
import { tracingSettings } from './tracing-settings.ts';

const adminKey = secret.regex(
  /^\S(.*\S)?$/,
  'must not begin or end with a space or hold a line break: no header could carry it',
);

const serving = {
  HOST: withNotes(text.default('127.0.0.1'), {
    description: 'Address that Node listens on',
    consequence:
      'The service speaks plain HTTP: beyond one machine, put a proxy with TLS before it. The container sets `0.0.0.0`.',
  }),
  PORT: withNotes(wholeNumber(0, 65535).default(8787), {
    description: 'TCP port',
    consequence: '0 takes a free one.',
  }),
  LOG_LEVEL: withNotes(z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'), {
    description: 'From which level on is logged',
    consequence: 'Every request is one line at `info`; above that level, refusals leave no trace.',
  }),
  PLAYGATE_ADMIN_KEY: withNotes(adminKey.optional(), {
    description: 'Bearer key of the bootstrap admin, without a line break or a space at its ends',
    defaultText: 'made up in a laptop run',
    consequence:
      'Required in production. It may do everything: use it to make clients, then keep it away. A new value takes effect at the next start.',
  }),
  PLAYGATE_ADMIN_KEY_NEXT: withNotes(adminKey.optional(), {
    description: 'Another bearer key of the bootstrap admin, which holds beside the first',
    consequence:
      'To change the key without a gap: set the new one here on every instance, give it to whoever uses it, then set it as `PLAYGATE_ADMIN_KEY` and take it out here.',
  }),
  CLIENT_CACHE_SECONDS: withNotes(wholeNumber(0, 5).default(5), {
    description: "How long an API client's record is believed without asking the store",
    unit: 'seconds',
    consequence:
      'A deleted client may go on that long on other instances. 0 costs one store round trip more for each request.',
  }),
  TRUSTED_PROXIES: withNotes(networks.optional(), {
    description: 'IP addresses, or networks such as `10.0.0.0/8`, of the proxies before Node, with commas between',
    defaultText: 'none',
    consequence:
      'Their `X-Request-Id` and the sampled flag of their `traceparent` are followed, and the address in `X-Forwarded-For` is taken for the audit. From anybody else none is: each request gets an id of its own.',
  }),
  COUNTRY_HEADER: withNotes(
    z
      .string()
      .regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header')
      .optional(),
    {
      description:
        "Name of the request header in which a trusted proxy says the viewer's country, as ISO 3166-1 alpha-2",
      defaultText: "none; the demo page's `x-demo-country` in a laptop run",
      consequence:
        'For viewers on Node; Workers know the country themselves. Without it the country is unknown. The proxy must overwrite what the viewer sends.',
    },
  ),
};

/** Cloudflare's location hints (Durable Objects, data location). */
const storeLocations = [
  'wnam',
  'enam',
  'sam',
  'weur',
  'eeur',
  'apac',
  'apac-ne',
  'apac-se',
  'oc',
  'afr',
  'me',
] as const;

const connections = {
  HTTP_KEEP_ALIVE_TIMEOUT_MS: withNotes(wholeNumber(1000, 3_600_000).default(65_000), {
    description: 'How long Node keeps a connection open on which nothing is asked',
    unit: 'milliseconds',
    consequence:
      'Must be longer than the load balancer keeps it (an ALB: 60 s), which else sends a request on a connection that is being closed, and answers 502.',
  }),
  HTTP_REQUEST_TIMEOUT_MS: withNotes(wholeNumber(1001, 3_600_001).default(75_000), {
    description: 'For a request to come in whole; the first of a connection has it from the opening of that',
    unit: 'milliseconds',
    consequence:
      'When it has passed, the answer is 408 and the connection is closed. Must be above `HTTP_KEEP_ALIVE_TIMEOUT_MS`: load balancers open connections before they need them.',
  }),
  HTTP_STALL_TIMEOUT_MS: withNotes(wholeNumber(1000, 3_600_000).default(120_000), {
    description:
      'How long a connection may stand still with an answer that its client does not read, or that is being made',
    unit: 'milliseconds',
    consequence: 'Then it is cut. It must be longer than the slowest answer takes: several times `AWS_TIMEOUT_MS`.',
  }),
  HTTP_MAX_CONNECTIONS: withNotes(wholeNumber(1, 1_000_000).default(10_000), {
    description: 'How many connections Node has open at a time',
    consequence:
      'More are closed as they come; the log says so in `connections_refused`. Each needs a file descriptor.',
  }),
  HTTP_MAX_REQUESTS_PER_SOCKET: withNotes(wholeNumber(0, 100_000_000).default(10_000), {
    description: 'How many requests a connection carries before it is closed with an answer',
    consequence: 'Clients then connect anew, and meet new instances too. 0 sets no bound.',
  }),
  MAX_CONCURRENT_REQUESTS: withNotes(wholeNumber(1, 100_000).default(1000), {
    description: 'How many requests a process on Node works on at a time; `/livez` and `/readyz` do not count',
    consequence: 'More are refused at once with 503 `overloaded`.',
  }),
  SHUTDOWN_DELAY_MS: withNotes(wholeNumber(0, 600_000).default(5000), {
    description: 'How long a process on Node still takes new requests after SIGTERM, while `/readyz` is 503',
    unit: 'milliseconds',
    defaultText: '`5000`; `0` in a laptop run',
    consequence:
      'Give the load balancer the time to see it: the interval of its probes, times the failures that it waits for. SIGINT, which is Ctrl-C, knows no delay.',
  }),
  SHUTDOWN_TIMEOUT_MS: withNotes(wholeNumber(0, 600_000).default(10_000), {
    description: 'How long requests in hand may then take to be answered',
    unit: 'milliseconds',
    consequence:
      'What is not answered by then is cut. Whoever runs the process must give it both times, `AWS_TIMEOUT_MS` for calls to IVS, and 2 s more before a SIGKILL.',
  }),
};

const numbers = {
  METRICS_PORT: withNotes(wholeNumber(1, 65_535).optional(), {
    description: 'TCP port on which Node serves `/metrics` to whoever asks, at the address of `HOST`',
    defaultText: 'none: `/metrics` is on `PORT`, for admins, operators and auditors',
    consequence: 'For a Prometheus without a credential. Let nobody else reach it.',
  }),
  METRICS_CHANNELS: withNotes(channelList.optional(), {
    description: 'ARNs of channels, with commas between, whose tokens are counted apart: 20 at most',
    defaultText: 'none: a number for each region',
  }),
};

const state = {
  REDIS_URL: withNotes(url(/^rediss?$/, 'redis://127.0.0.1:6379').optional(), {
    description:
      '`redis://` or `rediss://` URL of Redis, 7 or newer, or Valkey, with user and password where it asks for them',
    consequence:
      'State is in Redis. Needed for more than one machine and on Workers. Excludes `DATABASE_FILE`. Each server must refuse writes when its memory is full (`maxmemory-policy noeviction`).',
  }),
  REDIS_TIMEOUT_MS: withNotes(wholeNumber(10, 10_000).default(500), {
    description: 'For connecting and for each command',
    unit: 'milliseconds',
    consequence: 'When it has passed, the answer is 503.',
  }),
  REDIS_SENTINELS: withNotes(addresses.optional(), {
    description: '`host:port` of each Sentinel, with commas between',
    consequence:
      'They say which server is the master. `REDIS_URL` then gives user, password, database and, as `rediss`, TLS for all of them; its host is not used.',
  }),
  REDIS_SENTINEL_NAME: withNotes(text.optional(), {
    description: 'Name of the master that the Sentinels look after',
    consequence: 'Together with `REDIS_SENTINELS`.',
  }),
  REDIS_SENTINEL_PASSWORD: withNotes(text.optional(), {
    description: 'Password of the Sentinels themselves',
    consequence: 'Only with `REDIS_SENTINELS`, where these ask for one.',
  }),
  REDIS_CLUSTER: withNotes(z.enum(['true', 'false']).default('false'), {
    description: 'Whether `REDIS_URL` is that of a node of a Redis Cluster',
    consequence:
      'The node is asked for the others; its user, password and TLS are theirs. While a slot is moved, what lies in it gets 503.',
  }),
  REDIS_CLUSTER_NODES: withNotes(addresses.optional(), {
    description: '`host:port` of further nodes of the Cluster, with commas between',
    consequence: 'Only with `REDIS_CLUSTER`. They are asked where the one of `REDIS_URL` does not answer at the start.',
  }),
  REDIS_WAIT_REPLICAS: withNotes(wholeNumber(0, 5).default(0), {
    description: 'How many replicas must have taken a change that an operator makes before it is acknowledged',
    consequence:
      'Above 0 it survives the death of a master: revocations and liftings, channels, policies, clients and key pairs. When fewer answer within `REDIS_TIMEOUT_MS`, the answer is 503, and asking again is safe. Tokens do not wait.',
  }),
  STORE_OBJECTS: withNotes(wholeNumber(1, 256).default(8), {
    description: 'On Workers: Durable Objects that serve requests, chosen by viewer',
    consequence:
      'Each holds one connection to Redis while it is used. They keep no state: another number is safe at any time.',
  }),
  STORE_OBJECTS_LOCATION: withNotes(z.enum(storeLocations).optional(), {
    description: "On Workers: where the Durable Objects are made, as Cloudflare's location hint",
    defaultText: 'near the first request that needs the object',
    consequence: 'Name the place nearest to Redis. Another place takes other objects, which is safe at any time.',
  }),
  DATABASE_FILE: withNotes(text.optional(), {
    description: 'Path of the SQLite file, made when it is not there',
    defaultText: '`.playgate/playgate.db` in a laptop run',
    consequence: 'State is in this file, on one machine. Production needs this or `REDIS_URL`.',
  }),
  KEYS_DIRECTORY: withNotes(text.optional(), {
    description: 'Directory of the private keys, made when it is not there',
    defaultText: '`keys` with `npm start`, `.playgate/keys` with `playgate dev`',
    consequence:
      'A key file that others than its owner can read is refused. Production needs this or `SECRETS_MANAGER_REGION`, which it excludes.',
  }),
  SECRETS_MANAGER_REGION: withNotes(regionSchema.optional(), {
    description: 'AWS region of the Secrets Manager that keeps the private keys',
    consequence: 'Needed on Workers. One region serves the key pairs of all IVS regions.',
  }),
  SECRETS_MANAGER_PREFIX: withNotes(
    z
      .string()
      .regex(/^[A-Za-z0-9/_+=.@-]{1,128}$/, 'must be 1 to 128 letters, digits or /_+=.@-')
      .default('playgate/'),
    {
      description: "Begins every secret's name, 1 to 128 letters, digits or `/_+=.@-`",
      consequence:
        "Secrets are named by this, `keys/` and the key pair's id. Another prefix finds none of the old keys.",
    },
  ),
  SECRETS_MANAGER_KMS_KEY_ID: withNotes(text.max(2048).optional(), {
    description: 'Id, ARN or alias of your own KMS key, which encrypts new secrets',
    defaultText: "AWS's own, `aws/secretsmanager`",
    consequence: 'The role then needs `kms:GenerateDataKey` and `kms:Decrypt` for it. Old secrets stay as they are.',
  }),
  SECRETS_MANAGER_TAGS: withNotes(tags.optional(), {
    description: 'Tags of new secrets, as `name=value` with commas between, 50 at most',
    defaultText: 'none',
    consequence: 'The role then needs `secretsmanager:TagResource`. Old secrets stay as they are.',
  }),
};

const aws = {
  AWS_ENDPOINT_URL_IVS: withNotes(url(/^https?$/, 'http://127.0.0.1:8788').optional(), {
    description: '`http(s)` URL in place of the endpoints of IVS',
    defaultText: "AWS's own; the local IVS inside in a laptop run",
    consequence: 'For a local IVS elsewhere; a laptop run then has none inside.',
  }),
  AWS_ENDPOINT_URL_SECRETS_MANAGER: withNotes(url(/^https?$/, 'http://127.0.0.1:4566').optional(), {
    description: '`http(s)` URL in place of the endpoint of Secrets Manager',
    defaultText: "AWS's own",
    consequence: 'For an emulator or a private endpoint.',
  }),
  AWS_ACCESS_KEY_ID: withNotes(text.optional(), {
    description: 'Access key id',
    defaultText: 'the AWS client looks for credentials itself',
    consequence: 'Needed on Workers. On ECS, EKS or EC2 leave it out and give the task or instance a role.',
  }),
  AWS_SECRET_ACCESS_KEY: withNotes(text.optional(), {
    description: 'Its secret',
    consequence: 'Together with `AWS_ACCESS_KEY_ID` or not at all.',
  }),
  AWS_SESSION_TOKEN: withNotes(text.optional(), {
    description: 'Token of temporary credentials',
    consequence: 'They are read once, at start: credentials that run out need a restart.',
  }),
  AWS_ASSUME_ROLE_ARN: withNotes(roleArn.optional(), {
    description:
      'ARN of a role that is assumed with these credentials, or those that the AWS client finds, for IVS and Secrets Manager',
    defaultText: 'none',
    consequence:
      'On Workers the key then needs nothing but `sts:AssumeRole` for this role. Its credentials live an hour, and are renewed by themselves.',
  }),
  IVS_ACCOUNTS: withNotes(accounts.optional(), {
    description:
      'Other AWS accounts that have channels and key pairs, as JSON by their ids, each with a `roleArn`, perhaps an `externalId`, or with `accessKeyId` and `secretAccessKey`',
    defaultText: 'none',
    consequence:
      'A channel of such an account is looked for, signed for and revoked there. A role needs the policy of docs/deploy.md without Secrets Manager, and must trust the service; whoever assumes it needs `sts:AssumeRole`.',
  }),
  AWS_ENDPOINT_URL_STS: withNotes(url(/^https?$/, 'http://127.0.0.1:4566').optional(), {
    description: '`http(s)` URL in place of the endpoint of STS, which gives the credentials of roles',
    defaultText: "AWS's own",
    consequence: 'For an emulator or a private endpoint.',
  }),
  AWS_TIMEOUT_MS: withNotes(wholeNumber(100, 25_000).default(5000), {
    description: 'For each call to AWS, its one retry included',
    unit: 'milliseconds',
    consequence:
      'When it has passed, the answer is 502 (IVS) or 503 (Secrets Manager); deliveries are tried again later.',
  }),
};

const keys = {
  MAX_TOKEN_TTL_SECONDS: withNotes(wholeNumber(1, maxTtlSeconds).default(maxTtlSeconds), {
    description: 'Longest life that a token is given, whatever a policy allows',
    unit: 'seconds',
    consequence:
      'A key pair that signs no more is kept for so long, and 30 s more. After it was lowered, wait for as long as it was before a rotation.',
  }),
  KEY_EDGE_DELAY_SECONDS: withNotes(wholeNumber(0, 3600).default(60), {
    description: 'How long a rotation waits after IVS took the new key pair before it signs with it',
    unit: 'seconds',
    consequence: "For IVS's edges to learn of it: AWS states no time.",
  }),
  KEY_ROTATION_DAYS: withNotes(wholeNumber(1, 3650).optional(), {
    description: 'After how many days a key pair that signs is replaced',
    defaultText: 'never',
    consequence: 'A rotation needs room for one more key pair in IVS, which takes three in a region.',
  }),
};

/** The settings by their names in the environment. An empty value counts as not set. */
export const environmentSchema = z.object({
  ...serving,
  ...connections,
  ...numbers,
  ...tracingSettings,
  ...state,
  ...aws,
  ...keys,
  ...viewers,
  ...operators,
  ...entitlementSettings,
  ...limitSettings,
  ...auditSettings,
});

/** The settings as they are read, each by its name in the environment. */
export type Settings = z.output<typeof environmentSchema>;
