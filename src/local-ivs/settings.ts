/** Every setting of the local IVS, with its unit, its default and the environment variable that sets it. */
import { z } from 'zod';
import { type BatchErrorCode, batchErrorCodes, type PropagationSettings } from './api/api-settings.ts';
import { type Quotas, quotaKinds } from './api/quotas.ts';
import type { Credential } from './api/signature.ts';
import type { EdgeOptions } from './edge/edge.ts';

/** Everything that can be set when a local IVS is created; every member has a default. */
export interface LocalIvsOptions {
  /** The SQLite file that keeps the state. Default: none, the state is in memory only. `LOCAL_IVS_DATA` */
  readonly dataFile?: string;
  /** Where playback URLs begin, without a slash at the end. Default: where the local IVS listens. `LOCAL_IVS_PUBLIC_URL` */
  readonly publicUrl?: string;
  /**
   * Host names and addresses, without a port, an IPv6 address in brackets, by which it may be reached beside localhost and those of
   * its URLs. Default: none. `LOCAL_IVS_ALLOWED_HOSTS=NAME[,…]`
   */
  readonly allowedHosts?: readonly string[];
  /** The account, 12 digits, of callers whose access key id is not itself an account id. Default 123456789012. */
  readonly accountId?: string;
  /** When given, only these may call and their signatures are verified. Default: anybody. `LOCAL_IVS_CREDENTIALS=ID:SECRET[,…]` */
  readonly credentials?: readonly Credential[];
  /** The largest request body, bytes, at least 1024. Default 262144. AWS documents no number. */
  readonly maxBodyBytes?: number;
  /** Resources of a kind, and streams at a time, that an account may have in a region, 0 to 100000. Default: the documented quotas. */
  readonly quotas?: Partial<Quotas>;
  /** Whether calls beyond the documented rates answer ThrottlingException. Default true. `LOCAL_IVS_THROTTLING=off` */
  readonly throttling?: boolean;
  /** Added before each answer of the API. Milliseconds, 0 to 60000. Default 0. */
  readonly latencyMs?: number;
  /** The form of the codes in the `errors` of a batch's answer. Default status. `LOCAL_IVS_BATCH_ERROR_CODES=name` */
  readonly batchErrorCodes?: BatchErrorCode;
  /** How long changes take to be in effect. Milliseconds each, 0 to 86400000. Default 0, and 1000 for recording configurations. */
  readonly propagation?: Partial<PropagationSettings>;
  /** Settings of the playback edge. Default: those of `edge/edge-options.ts`. */
  readonly edge?: Omit<EdgeOptions, 'onError'>;
  /** The clock that the local IVS's own clock starts from, unix milliseconds. Default Date.now. */
  readonly now?: () => number;
  /** Told of each failure that is the local IVS's own fault. Default: written to standard error. */
  readonly onError?: (error: unknown) => void;
}

/** Where a local IVS listens. */
export interface ListenOptions {
  /** Default 127.0.0.1. The control endpoint asks for no credentials, so think before binding anything else. `LOCAL_IVS_HOST` */
  readonly host?: string;
  /** The TCP port, 0 to 65535. Default 0: a free one, as tests run beside each other. `LOCAL_IVS_PORT`, whose default is 8788 */
  readonly port?: number;
}

const publicUrl = z.string().regex(/^https?:\/\/\S+[^/\s]$/, 'must be an http or https URL without a slash at its end');

/** A host as it stands in a Host header without its port. */
const host = String.raw`(?:[\w.-]+|\[[\da-f:.]+\])`;
const allowedHost = z
  .string()
  .regex(new RegExp(`^${host}$`, 'i'), 'must be a host name or an address, without a port')
  .toLowerCase();

/** The settings that stay as they are while the local IVS runs, with their bounds and defaults. */
export const fixedSettings = z.object({
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'must be 12 digits')
    .default('123456789012'),
  publicUrl: publicUrl.optional(),
  allowedHosts: z.array(allowedHost).default([]),
  quotas: z.partialRecord(z.enum(quotaKinds), z.int().min(0).max(100_000)).default({}),
  maxBodyBytes: z.int().min(1024).default(262_144),
});

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.int().min(0).max(65_535));

/** The environment variables that set a local IVS: each with its meaning, unit, bounds and default, and what follows. */
export const localIvsEnvironmentSchema = z.object({
  LOCAL_IVS_HOST: z.string().default('127.0.0.1').meta({
    description: 'Address that the local IVS listens on',
    consequence: 'Its control endpoint asks for no credentials: think before you let others reach it.',
  }),
  LOCAL_IVS_PORT: port
    .default(8788)
    .meta({ description: 'TCP port of the local IVS', consequence: '0 takes a free one.' }),
  LOCAL_IVS_DATA: z.string().optional().meta({
    description: 'SQLite file that keeps the state of the local IVS',
    consequence: 'Without it the state is in memory.',
  }),
  LOCAL_IVS_PUBLIC_URL: publicUrl.optional().meta({
    description: 'Where playback URLs begin: an `http(s)` URL without a slash at its end',
    defaultText: 'where it listens',
    consequence: 'For a proxy before it.',
  }),
  LOCAL_IVS_ALLOWED_HOSTS: z
    .string()
    .regex(new RegExp(`^${host}(,${host})*$`, 'i'), 'must be host names without ports, several separated by commas')
    .optional()
    .meta({
      description: 'Host names, with commas between, by which it may be reached beside `localhost`',
      defaultText: 'that of `LOCAL_IVS_HOST` and of `LOCAL_IVS_PUBLIC_URL`',
      consequence:
        'For other containers, which know it by the name of its own. Requests to other names get 403, `/_local/` too.',
    }),
  LOCAL_IVS_THROTTLING: z.enum(['on', 'off']).default('on').meta({
    description: "Whether calls beyond IVS's documented rates are refused",
    consequence: '`off` for load tests.',
  }),
  LOCAL_IVS_BATCH_ERROR_CODES: z.enum(batchErrorCodes).default('status').meta({
    description: "How a batch's answer codes what is wrong with one of its elements",
    consequence: "`status` sends `404`, as in AWS's only example; `name` sends `ResourceNotFoundException`.",
  }),
  LOCAL_IVS_CREDENTIALS: z
    .string()
    .regex(/^[\w-]+:[^\s,:]+(,[\w-]+:[^\s,:]+)*$/, 'must be ID:SECRET, several separated by commas')
    .optional()
    .meta({
      description: '`ID:SECRET`, several with commas between: only these may call, and their signatures are verified',
      defaultText: 'anybody may call',
      consequence: 'Without it no signature is verified.',
    }),
});

/** What a program that embeds a local IVS sets where the environment says nothing. */
export interface EnvironmentDefaults {
  /** Default: none, the state is in memory. */
  readonly dataFile?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
}

/**
 * Reads the settings from environment variables; an empty one counts as not set. Throws a ZodError that names every wrong one,
 * without its value.
 */
export function parseEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  { dataFile, host }: EnvironmentDefaults = {},
): LocalIvsOptions & ListenOptions {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const given = localIvsEnvironmentSchema.parse({ LOCAL_IVS_DATA: dataFile, LOCAL_IVS_HOST: host, ...set });
  return {
    host: given.LOCAL_IVS_HOST,
    port: given.LOCAL_IVS_PORT,
    throttling: given.LOCAL_IVS_THROTTLING === 'on',
    batchErrorCodes: given.LOCAL_IVS_BATCH_ERROR_CODES,
    ...(given.LOCAL_IVS_DATA !== undefined && { dataFile: given.LOCAL_IVS_DATA }),
    ...(given.LOCAL_IVS_PUBLIC_URL !== undefined && { publicUrl: given.LOCAL_IVS_PUBLIC_URL }),
    ...(given.LOCAL_IVS_ALLOWED_HOSTS !== undefined && {
      allowedHosts: given.LOCAL_IVS_ALLOWED_HOSTS.split(','),
    }),
    ...(given.LOCAL_IVS_CREDENTIALS !== undefined && { credentials: parseCredentials(given.LOCAL_IVS_CREDENTIALS) }),
  };
}

function parseCredentials(text: string): readonly Credential[] {
  return text.split(',').map((pair) => {
    const [accessKeyId = '', secretAccessKey = ''] = pair.split(':');
    return { accessKeyId, secretAccessKey };
  });
}
