/** What the values of settings may be, as they stand in the environment: texts. */
import { z } from 'zod';
import { accountIdSchema, channelArnSchema } from './ids.ts';
import { parseRate, rateSchema } from './limits/rate.ts';

/** Shortest secret that an operator may set, in characters. */
const minSecretLength = 32;

/** A secret that nobody guesses. */
export const secret = z.string().min(minSecretLength, `must be at least ${minSecretLength} characters`);
/** A whole number within bounds. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));
/** A URL of one of these protocols. */
export const url = (protocol: RegExp, example: string) =>
  z.url({ protocol, error: `must be a URL such as ${example}` });
/** Any text. */
export const text = z.string().min(1);
/** A rate such as `120/60s`, with a burst `120/60s,20`, or `off`. */
export const rate = (byDefault: string) =>
  text
    .default(byDefault)
    .transform((stated) => (stated === 'off' ? 'off' : parseRate(stated)))
    .pipe(z.union([z.literal('off'), rateSchema], 'must be a rate such as 120/60s or 120/60s,20, or off'));
/** `host:port` with commas between; an IPv6 address stands in brackets. */
export const addresses = z
  .string()
  .transform((list) => list.split(',').map((address) => toAddress(address.trim())))
  .pipe(
    z
      .array(z.object({ host: text, port: z.int().min(1).max(65_535) }), 'must be host:port, with commas between')
      .max(32, 'must be 32 at most'),
  );

/** ARNs of channels with commas between. */
export const channelList = z
  .string()
  .transform((list) => list.split(',').map((arn) => arn.trim()))
  .pipe(z.array(channelArnSchema, 'must be ARNs of channels, with commas between').max(20, 'must be 20 at most'));

/** IP addresses and networks with commas between. */
export const networks = z
  .string()
  .transform((list) => list.split(',').map((network) => network.trim()))
  .pipe(
    z
      .array(
        z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'must be IP addresses or networks, with commas between'),
      )
      .max(100, 'must be 100 at most'),
  );

/** The ARN of an IAM role (IAM user guide, identifiers). */
export const roleArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, 'must be the ARN of a role');
/** What is known of other AWS accounts, as JSON by their ids. */
export const accounts = z
  .string()
  .transform((json) => parseJson(json))
  .pipe(
    z.record(
      accountIdSchema,
      z.union(
        [
          z.strictObject({ roleArn, externalId: z.string().min(2).max(1224).optional() }),
          z.strictObject({ accessKeyId: text, secretAccessKey: text }),
        ],
        'must have a roleArn, or accessKeyId and secretAccessKey',
      ),
      'must be JSON such as {"123456789012":{"roleArn":"arn:aws:iam::123456789012:role/playgate"}}',
    ),
  );

/** Undefined when it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `name=value` with commas between (Secrets Manager API reference, Tag). */
export const tags = z
  .string()
  .transform((list) => list.split(',').map((tag) => tag.trim().split('=')))
  .pipe(
    z
      .array(z.tuple([z.string().min(1).max(128), z.string().max(256)]), 'must be name=value, with commas between')
      .max(50, 'must be 50 at most'),
  );

/** A part of the whole, 0 to 1, such as `0.01`. */
export const ratio = z
  .string()
  .regex(/^(0?\.\d{1,9}|[01](\.0{1,9})?)$/, 'must be a number from 0 to 1')
  .transform(Number)
  .pipe(z.number().min(0).max(1));

/** `name=value` with commas between, values percent-encoded (OpenTelemetry: OTLP exporter configuration). The names are those of headers. */
export const keyValueList = z
  .string()
  .transform((list) => list.split(',').map((pair) => toKeyValue(pair.trim())))
  .pipe(
    z
      .array(
        z.tuple([z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/), z.string().regex(/^[\x20-\x7e]*$/)]),
        'must be name=value, with commas between',
      )
      .max(32, 'must be 32 at most'),
  );

/** Undefined when it is none. */
function toKeyValue(pair: string): readonly [string, string] | undefined {
  const at = pair.indexOf('=');
  try {
    return at < 1 ? undefined : [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
  } catch {
    return undefined;
  }
}

/** Undefined when it is none. */
function toAddress(address: string): { readonly host: string; readonly port: number } | undefined {
  const [, inBrackets, name, port] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = inBrackets ?? name;
  return host === undefined ? undefined : { host, port: Number(port) };
}

/** What an operator has to know of a setting that its schema does not say. The table of docs/settings.md is made of both. */
export interface SettingNotes {
  /** What it is, for a number without its bounds. */
  readonly description: string;
  /** The unit of a number, such as `milliseconds`. */
  readonly unit?: string;
  /** What holds when it is not set, in words, where the schema has no default. Default: nothing. */
  readonly defaultText?: string;
  /** When to set it, and what follows. Default: nothing. */
  readonly consequence?: string;
}

/** The schema with its notes, which `schema.meta()` gives back. */
export function withNotes<Schema extends z.ZodType>(schema: Schema, notes: SettingNotes): Schema {
  return schema.meta({ ...notes });
}
