/** Random requests made from the model of the API: most of them right, many of them wrong in one place. */
import fc, { type Arbitrary } from 'fast-check';
import { model } from '../../src/local-ivs/api/model.ts';
import type { Model, Operation, Shape } from '../../src/local-ivs/api/model-format.ts';
import type { OperationName } from '../../src/local-ivs/api/model-types.ts';
import { operationNames } from '../../src/local-ivs/api/route.ts';
import { createPublicKeyPem } from './keys.ts';

/** A request before the resources it names are known: `arn:<kind>:<number>` stands for one that exists by then. */
export interface ArbitraryRequest {
  readonly name: OperationName;
  readonly region: string;
  readonly accessKeyId: string;
  readonly input: unknown;
  readonly mutation: Mutation;
}

/** What is wrong with the HTTP around a right input, or nothing. */
type Mutation =
  | { readonly kind: 'none' }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'body'; readonly body: string | Uint8Array }
  | { readonly kind: 'method'; readonly method: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'header'; readonly name: string; readonly value: string };

const shapes: Model['shapes'] = model.shapes;
const pems = Array.from({ length: 6 }, () => createPublicKeyPem());
const strange = fc.constantFrom(
  '',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  '\ud800',
  '𝒂',
  'a\nb',
  '"',
  '%2F',
);

/** Any JSON value, with the keys and texts that break careless code among them. */
const anything: Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  strange,
  fc.constantFrom(null, -1, 0.5, 2 ** 31, 2 ** 53, 1e308, [], {}, [[]], [null], { arn: null }, true),
  fc.dictionary(fc.oneof(strange, fc.string()), fc.jsonValue(), { maxKeys: 5 }),
  fc.string({ minLength: 100, maxLength: 2000 }),
);

const arn = (kind: string): Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.nat(50).map((number) => `arn:${kind}:${number}`) },
    { weight: 1, arbitrary: fc.constant(`arn:aws:ivs:us-west-2:123456789012:${kind}/abcdABCDefgh`) },
    { weight: 1, arbitrary: fc.string() },
  );

/** Values of a shape. */
function arbitraryOf(name: string): Arbitrary<unknown> {
  const shape = shapes[name];
  if (!shape) throw new TypeError(`The model has no shape ${name}`);
  const [, kind] = /arn:aws:ivs:\S+:([a-z-]+)\//.exec('pattern' in shape ? (shape.pattern ?? '') : '') ?? [];
  if (kind) return 'min' in shape && shape.min === 0 ? fc.oneof(arn(kind), fc.constant('')) : arn(kind);
  if (name === 'ResourceArn') return arn('channel');
  if (name === 'PaginationToken') return fc.oneof(fc.constant(''), fc.constant(''), arbitraryOfShape(shape));
  if (name === 'PlaybackPublicKeyMaterial') return fc.oneof(fc.constantFrom(...pems), fc.string());
  if (name === 'PlaybackRestrictionPolicyAllowedCountry') return fc.constantFrom('DE', 'US', 'JP', 'FR', 'zz');
  if (name === 'PlaybackRestrictionPolicyAllowedOrigin') return fc.oneof(origin, origin, origin, fc.string());
  return arbitraryOfShape(shape);
}

const origin = fc.constantFrom('https://example.com', 'https://*.example.com', 'http://localhost:3000', '*', 'null');

function arbitraryOfShape(shape: Shape): Arbitrary<unknown> {
  switch (shape.type) {
    case 'structure': {
      const members: Record<string, Arbitrary<unknown>> = {};
      for (const [member, type] of Object.entries(shape.members)) members[member] = arbitraryOf(type);
      return fc.record(members, { requiredKeys: [...shape.required] });
    }
    case 'list':
      return fc.array(arbitraryOf(shape.member), { minLength: shape.min ?? 0, maxLength: Math.min(shape.max ?? 8, 8) });
    case 'map':
      return fc.dictionary(tagKey, tagText, { maxKeys: 6 });
    case 'string':
      return arbitraryText(shape);
    case 'integer':
    case 'long':
      return fc.integer({ min: (shape.min ?? 0) - 1, max: Math.min((shape.max ?? 2 ** 31) + 1, 2 ** 31) });
    case 'boolean':
      return fc.boolean();
    case 'timestamp':
      return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  }
}

const tagUnit = fc.constantFrom('a', 'B', '9', 'é', '𝒂', ' ', '_', '.', ':', '/', '=', '+', '-', '@');
const tagText = fc.string({ unit: tagUnit });
const tagKey = fc.oneof(
  { weight: 30, arbitrary: fc.string({ unit: tagUnit, minLength: 1 }) },
  { weight: 1, arbitrary: strange },
);

function arbitraryText({ enum: allowed, pattern, min, max }: Extract<Shape, { type: 'string' }>): Arbitrary<string> {
  if (allowed) return fc.constantFrom(...allowed);
  const maxLength = Math.min(max ?? 40, 140) + 1;
  if (pattern === undefined || pattern.includes('\\p')) return fc.string({ minLength: min ?? 0, maxLength });
  return fc.stringMatching(new RegExp(`^(?:${pattern})$`), { maxLength });
}

/** An input of which one member, at the top or deep inside, is replaced, removed or added. */
const broken = (input: Arbitrary<unknown>): Arbitrary<unknown> =>
  fc.tuple(input, fc.nat(6), fc.oneof(strange, fc.string()), anything).map(([value, place, key, wrong]) => {
    const members = Object.entries(Object(value));
    const index = place % (members.length + 1);
    if (index === members.length) return Object.fromEntries([...members, [key, wrong]]);
    return Object.fromEntries(members.map((member, position) => (position === index ? [member[0], wrong] : member)));
  });

const mutation: Arbitrary<Mutation> = fc.oneof(
  { weight: 30, arbitrary: fc.constant<Mutation>({ kind: 'none' }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: fc.nat(60) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('body' as const),
      body: fc.oneof(fc.string(), fc.json(), fc.uint8Array()),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('method' as const), method: fc.constantFrom('PUT', 'PATCH', 'DELETE') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('path' as const), path: fc.webPath().map((path) => path || '/') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('header' as const),
      name: fc.constantFrom('authorization', 'content-type', 'x-amz-date', 'accept', 'origin'),
      value: fc.stringMatching(/^[!-~]{1,60}$/),
    }),
  },
);

const inputs = new Map(
  operationNames.map((name) => {
    const operation: Operation = model.operations[name];
    const right = arbitraryOf(operation.input);
    return [name, fc.oneof({ weight: 3, arbitrary: right }, { weight: 1, arbitrary: broken(right) })] as const;
  }),
);

/** Most calls come from one account in one region, so that they meet what others have made. */
const mostly = (usual: string, other: string): Arbitrary<string> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(other) });

/** Any operation; those that make something come more often than those that delete it. */
const operationName: Arbitrary<OperationName> = fc.oneof(
  ...operationNames.map((name) => ({
    weight: name.startsWith('Create') ? 4 : name.startsWith('Delete') ? 1 : 3,
    arbitrary: fc.constant(name),
  })),
);

/** One request for any operation. */
export const arbitraryRequest: Arbitrary<ArbitraryRequest> = operationName.chain((name) =>
  fc.record({
    name: fc.constant(name),
    region: mostly('us-west-2', 'eu-west-1'),
    accessKeyId: mostly('AKIDEXAMPLE', '210987654321'),
    input: inputs.get(name) ?? fc.constant({}),
    mutation,
  }),
);
