/** Requests that an attacker with a valid credential may think of, made of the service's own description: some fit it, some do not. */
import { randomInt } from 'node:crypto';
import type { Json } from '../../black-box/answer.ts';

/** A request as it goes over the wire. */
export interface HostileRequest {
  /** As the description names it. */
  readonly operation: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What the requests may name. */
export interface Known {
  readonly channels: readonly string[];
  /** Ids that answers gave, by the first two parts of the path that they belong to, such as `admin/policies`. */
  readonly ids: Map<string, string[]>;
}

/** Makes the next request. */
export type MakeHostile = () => HostileRequest;

/** Of 100 requests so many are made to fit the description. */
const fittingShare = 62;
const maxItems = 20;
const maxMutations = 3;
const depth = 20_000;

/** What programs stumble over. */
const nasty: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 31), '', ' ', '\u0000', '0', 'null', '💥', '\ud800'],
  ...['__proto__', 'constructor', "'; DROP TABLE records; --", '../../etc/passwd', '%00', '{"a":1}', '\r\nx: y'],
  ...[
    'a'.repeat(41),
    'a'.repeat(513),
    'é'.repeat(300),
    'x'.repeat(70_000),
    'arn:aws:ivs:::channel/',
    '*',
    '-1',
    'Infinity',
  ],
  ...[
    '2026-11-20T17:00:00Z',
    '9999-12-31T23:59:60Z',
    '0000-00-00',
    '1970-01-01T00:00:00+99:99',
    'https://*',
    'javascript:1',
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    [{}],
    { a: {} },
    JSON.parse('{"__proto__":{"admin":true}}'),
    Array(500).fill('v'),
    Array(20_001).fill(0),
  ],
];

/** Bodies that are no JSON, or JSON that hurts. */
const rawBodies: readonly (() => string)[] = [
  () => '',
  () => '{',
  () => 'null',
  () => '"',
  () => '\ufeff{}',
  () => '{"a":1,"a":2}',
  () => '{"viewerId":"\\ud800"}',
  () => `${'['.repeat(depth)}${']'.repeat(depth)}`,
  () => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  () => JSON.stringify({ viewerId: 'x'.repeat(2_000_000) }),
  () => `1${'0'.repeat(5000)}`,
];
const contentTypes = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'multipart/form-data',
  '*/*',
  'x',
];

/** Reads the description once. */
export function createHostileRequests(description: Json, known: Known): MakeHostile {
  const operations = Object.entries<Json>(description.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, statement]) => ({ path, method: method.toUpperCase(), statement })),
  );
  return () => {
    const { path, method, statement } = pick(operations);
    const fits = chance(fittingShare);
    const content = statement.requestBody?.content?.['application/json'];
    const headers = toHeaders(statement, content !== undefined, fits);
    return {
      operation: `${method} ${path}`,
      method,
      path: `${toPath(path, known, fits)}${toQuery(statement, known, fits)}`,
      headers,
      body: content === undefined ? undefined : toBody(content, description, known, fits),
    };
  };
}

function toPath(path: string, { channels, ids }: Known, fits: boolean): string {
  const owner = path.split('/').slice(2, 4).join('/');
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (!fits && chance(60)) return encode(pick(nasty));
    if (name === 'channelArn') return encode(pick(channels));
    return encode(name === 'viewerId' ? `viewer-${randomInt(50)}` : pick(ids.get(owner) ?? [`p-${randomInt(20)}`]));
  });
}

function toQuery(statement: Json, known: Known, fits: boolean): string {
  const parameters: Json[] = (statement.parameters ?? []).filter((parameter: Json) => parameter.in === 'query');
  const chosen = parameters.filter(() => chance(25));
  const pairs = chosen.map(({ name, schema }) => [
    name,
    fits ? toFittingText(name, schema, known) : toText(pick(nasty)),
  ]);
  if (!fits && chance(10)) pairs.push(['unknown', toText(pick(nasty))]);
  // A cursor is what an answer gave, of which there are none here.
  const sent = fits ? pairs.filter(([name]) => name !== 'cursor') : pairs;
  return sent.length === 0 ? '' : `?${sent.map(([name, value]) => `${name}=${encode(value)}`).join('&')}`;
}

function toFittingText(name: string, schema: Json, known: Known): string {
  if (name === 'channelArn') return pick(known.channels);
  if (name === 'limit') return String(1 + randomInt(100));
  return toText(toFitting(schema, undefined, {}, known));
}

function toHeaders(statement: Json, hasBody: boolean, fits: boolean): Record<string, string> {
  const takesKey = (statement.parameters ?? []).some((parameter: Json) => parameter.in === 'header');
  return {
    ...(hasBody && { 'content-type': fits || chance(80) ? 'application/json' : pick(contentTypes) }),
    ...(takesKey &&
      chance(50) && { 'idempotency-key': fits ? `key-${randomInt(500)}` : 'k'.repeat(1 + randomInt(400)) }),
    ...(chance(5) && { origin: 'https://evil.example', 'x-request-id': '{}'.repeat(randomInt(100)) }),
  };
}

function toBody(content: Json, description: Json, known: Known, fits: boolean): string {
  if (!fits && chance(8)) return pick(rawBodies)();
  const body = toFitting(content.schema, content.example, description, known);
  if (fits) return JSON.stringify(body);
  let mutated = body;
  for (let count = 1 + randomInt(maxMutations); count > 0; count--) mutated = mutate(mutated);
  return JSON.stringify(mutated) ?? '';
}

/** A value that the schema takes, near the example where there is one. */
function toFitting(schema: Json, example: Json, description: Json, known: Known): Json {
  if (typeof example === 'string' && /^arn:aws:ivs:.*:channel\//.test(example)) return pick(known.channels);
  if (schema?.$ref !== undefined) {
    const steps: string[] = schema.$ref.replace('#/', '').split('/');
    const found = steps.reduce((at: Json, step) => at?.[step], description);
    return toFitting(found, example, description, known);
  }
  if (typeof example === 'object' && example !== null && !Array.isArray(example)) {
    const entries = Object.entries<Json>(example);
    // Leaving one out is how most requests differ.
    const kept = chance(60) ? entries : entries.filter(() => chance(80));
    return Object.fromEntries(
      kept.map(([name, value]) => [name, toFitting(schema?.properties?.[name], value, description, known)]),
    );
  }
  if (example !== undefined && chance(50)) return example;
  return toFittingLeaf(schema ?? {}) ?? example;
}

function toFittingLeaf(schema: Json): Json {
  if (schema.enum !== undefined) return pick(schema.enum);
  if (schema.const !== undefined) return schema.const;
  if (schema.format === 'date-time') return new Date(Date.now() + 1000 * (60 + randomInt(1_000_000))).toISOString();
  if (schema.type === 'boolean') return chance(50);
  if (schema.type === 'integer')
    return (schema.minimum ?? 0) + randomInt(Math.min(1000, (schema.maximum ?? 1000) - (schema.minimum ?? 0)) + 1);
  if (schema.type === 'string' && schema.pattern === undefined)
    return 'aé💥Z-'.repeat(20).slice(0, Math.max(schema.minLength ?? 0, 1 + randomInt(30)));
  if (schema.type === 'array' && schema.items?.type === 'string' && schema.items.pattern === undefined)
    return Array.from({ length: 1 + randomInt(maxItems) }, () => `viewer-${randomInt(50)}`);
  return undefined;
}

/** Somewhere in the value something else, something more, or something less. */
function mutate(value: Json): Json {
  if (typeof value !== 'object' || value === null || chance(15)) return pick(nasty);
  if (Array.isArray(value)) return [...(chance(50) ? value : value.slice(1)), pick(nasty)];
  const names = Object.keys(value);
  const name = names[randomInt(Math.max(names.length, 1))] ?? 'a';
  if (chance(15)) return { ...value, [toText(pick(nasty)).slice(0, 50)]: pick(nasty) };
  if (chance(20)) return Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
  return { ...value, [name]: mutate(value[name]) };
}

function chance(ofHundred: number): boolean {
  return randomInt(100) < ofHundred;
}

function pick<T>(values: readonly T[]): T {
  const value = values[randomInt(Math.max(values.length, 1))];
  if (value === undefined) throw new TypeError('nothing to choose from');
  return value;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Percent-encoded; of what cannot be that, its code points. */
function encode(value: unknown): string {
  const text = toText(value).slice(0, 3000);
  return encodeURIComponent(text.isWellFormed() ? text : text.toWellFormed());
}
