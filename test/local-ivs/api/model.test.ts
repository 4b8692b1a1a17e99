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
