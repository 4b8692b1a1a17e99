/** The API model held against the installed AWS SDK, so that neither knows what the other does not. */
import * as sdk from '@aws-sdk/client-ivs';
import { describe, expect, it } from 'vitest';
import { behaviours } from '../../../src/local-ivs/api/behaviours.ts';
import { model } from '../../../src/local-ivs/api/model.ts';
import type { Model, Operation } from '../../../src/local-ivs/api/model-format.ts';
import { operationNames } from '../../../src/local-ivs/api/route.ts';

const shapes: Model['shapes'] = model.shapes;

/** The SDK exports a schema of each operation, structure and error, each an array that begins with its kind. */
const schemasOf = (kind: number): readonly (readonly unknown[])[] =>
  Object.values<unknown>({ ...sdk })
    .filter((value): value is unknown[] => Array.isArray(value))
    .filter((schema) => schema[0] === kind);

const structures = new Map(
  schemasOf(3).map(([, , name, , members, types, requiredCount = 0]) => {
    if (!Array.isArray(members) || !Array.isArray(types)) throw new TypeError('A structure has members');
    return [String(name), { members, types, required: members.slice(0, Number(requiredCount)) }];
  }),
);
const sdkOperations = schemasOf(9).map(([, , name, traits, input, output]) => {
  const { http } = Object(traits);
  return { name: String(name), http, input: String(Object(input)()[2]), output: String(Object(output)()[2] ?? '') };
});

describe('the model, held against the installed AWS SDK', () => {
  it('has the same 41 operations, and a behaviour for each and nothing else', () => {
    expect(sdkOperations).toHaveLength(41);
    expect(operationNames.toSorted()).toEqual(sdkOperations.map(({ name }) => name).toSorted());
    expect(Object.keys(behaviours).toSorted()).toEqual(operationNames.toSorted());
  });

  it.each(sdkOperations)('has $name at the same method and path, with the same status', ({ name, http }) => {
    const operation = (model.operations as Model['operations'])[name];
    expect([operation?.method, operation?.path, operation?.status]).toEqual(http);
  });

  it.each(sdkOperations)('has the same input and output of $name', ({ name, input, output }) => {
    const operation: Operation | undefined = (model.operations as Model['operations'])[name];
    expect(operation?.input).toBe(input);
    if (operation?.output !== undefined) expect(operation.output).toBe(output);
  });

  it.each([...structures])('has the same members of %s, and the same of them required', (name, sdkStructure) => {
    const shape = shapes[name];
    // An operation whose answer has no body has no output in the model, and an empty one in the SDK.
    if (!shape) return expect(sdkStructure.members).toEqual([]);
    if (shape.type !== 'structure') throw new TypeError(`${name} is no structure`);
    expect(Object.keys(shape.members).toSorted()).toEqual(bodyMembers(sdkStructure).toSorted());
    expect(shape.required.toSorted()).toEqual(sdkStructure.required.toSorted());
  });

  it.each([...structures])('has the same types of the members of %s', (name, { members, types }) => {
    const shape = shapes[name];
    if (shape?.type !== 'structure') return expect(members).toEqual([]);
    const ours = Object.entries(shape.members).map(([member, shapeName]) => [member, toKind(shapeName)]);
    const theirs = members.map((member, index) => [String(member), toSdkKind(types[index])]);
    expect(Object.fromEntries(ours)).toEqual(
      Object.fromEntries(theirs.filter(([member = '']) => member in shape.members)),
    );
  });

  it('has the same values of each enumeration', () => {
    // The API reference says that the preset of a channel without one is an empty string, which the enumeration leaves out.
    const ours = Object.entries(shapes).filter(
      ([name, shape]) => shape.type === 'string' && shape.enum && name !== 'ChannelPreset',
    );
    expect(ours.length).toBeGreaterThan(10);
    const sdkEnums: Record<string, unknown> = { ...sdk };
    for (const [name, shape] of ours)
      expect([name, shape.type === 'string' && shape.enum?.toSorted()]).toEqual([
        name,
        Object.values(Object(sdkEnums[name])).toSorted(),
      ]);
  });

  it('has the same errors with the same statuses', () => {
    const errors = schemasOf(-3).map(([, , name, traits]) => [name, Object(traits).httpError]);
    expect(errors.length).toBeGreaterThan(10);
    expect(Object.entries(model.errors).toSorted()).toEqual(errors.filter(([, status]) => status).toSorted());
  });
});

/** The model leaves out members that travel as headers of an answer. */
function bodyMembers({ members, types }: { members: readonly unknown[]; types: readonly unknown[] }): unknown[] {
  return members.filter((_, index) => {
    const type = types[index];
    return !(Array.isArray(type) && typeof type[1] === 'object' && type[1] !== null && 'httpHeader' in type[1]);
  });
}

/** What kind of value a shape of the model is. */
function toKind(shapeName: string): string {
  const type = shapes[shapeName]?.type ?? 'missing';
  if (type === 'structure') return shapeName;
  return type === 'integer' || type === 'long' ? 'number' : type;
}

/** What kind of value a type of the SDK's schemas is: a code, a schema behind a function, or either with traits. */
function toSdkKind(type: unknown): string {
  if (Array.isArray(type) && typeof type[0] !== 'string' && type.length <= 2) return toSdkKind(type[0]);
  if (typeof type === 'function') return toSdkKind(type());
  if (Array.isArray(type))
    return type[0] === 3 ? String(type[2]) : type[0] === 1 ? 'list' : type[0] === 2 ? 'map' : toSdkKind(type[4]);
  const codes = new Map<unknown, string>([
    [0, 'string'],
    [1, 'number'],
    [2, 'boolean'],
    [5, 'timestamp'],
  ]);
  return codes.get(type) ?? (Number(type) >= 128 ? 'map' : Number(type) >= 64 ? 'list' : `unknown ${String(type)}`);
}
