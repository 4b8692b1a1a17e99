/** How the input of an operation is gathered from path, query and body, and checked. */
import { invalidMember } from './errors.ts';
import { model } from './model.ts';
import type { Model, Shape } from './model-format.ts';
import type { Input, OperationName } from './model-types.ts';
import { createShapeParser } from './parse-shape.ts';

/** Where the members of an input stand in a request. */
export interface RawInput {
  readonly body: Readonly<Record<string, unknown>>;
  readonly query: URLSearchParams;
  /** Still percent-encoded. */
  readonly pathMember?: string | undefined;
}

const shapes: Model['shapes'] = model.shapes;

/** The input of an operation. Throws ValidationException for the first member that breaks the model. */
export function parseInput<N extends OperationName>(name: N, raw: RawInput): Input<N> {
  const shapeName = model.operations[name].input;
  const shape = shapes[shapeName];
  const members = { ...toBodyMembers(shape, raw), ...toUrlMembers(shape, raw) };
  // The parser of a shape returns what the type of that shape describes; both are made from the model.
  return createShapeParser(shapeName)(members, name) as Input<N>;
}

/** A member that travels in the URL is not looked for in the body. */
function toBodyMembers(shape: Shape | undefined, { body }: RawInput): Readonly<Record<string, unknown>> {
  if (shape?.type !== 'structure') return body;
  const { uri, querystring } = shape;
  if (uri === undefined && querystring === undefined) return body;
  return Object.fromEntries(Object.entries(body).filter(([member]) => member !== uri && member !== querystring));
}

function toUrlMembers(shape: Shape | undefined, { pathMember, query }: RawInput): Readonly<Record<string, unknown>> {
  if (shape?.type !== 'structure') return {};
  const { uri, querystring } = shape;
  return {
    ...(uri !== undefined && { [uri]: parsePathMember(uri, pathMember ?? '') }),
    ...(querystring !== undefined && query.has(querystring) && { [querystring]: query.getAll(querystring) }),
  };
}

function parsePathMember(member: string, encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw invalidMember(member);
  }
}
