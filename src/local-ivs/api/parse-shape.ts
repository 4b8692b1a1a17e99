/** Whether a JSON value is what a shape of the model says, and if so, the value without what the model does not know. */
import { ApiError, invalidMember } from './errors.ts';
import { model } from './model.ts';
import type { Model, Shape } from './model-format.ts';

/** Checks a value found at `path`, such as `CreateChannel.tags`. Throws ValidationException for the first problem. */
export type ShapeParser = (value: unknown, path: string) => unknown;

type ShapeOf<T extends Shape['type']> = Extract<Shape, { readonly type: T }>;

const shapes: Model['shapes'] = model.shapes;
const parsers = new Map<string, ShapeParser>();

/** The parser of a shape, made once. Throws TypeError for a shape that the model does not have. */
export function createShapeParser(name: string): ShapeParser {
  const known = parsers.get(name);
  if (known) return known;
  const shape = shapes[name];
  if (!shape) throw new TypeError(`The model has no shape ${name}`);
  const parser = createParser(shape);
  parsers.set(name, parser);
  return parser;
}

function createParser(shape: Shape): ShapeParser {
  switch (shape.type) {
    case 'structure':
      return createStructureParser(shape);
    case 'list':
      return createListParser(shape);
    case 'map':
      return createMapParser(shape);
    case 'string':
      return createStringParser(shape);
    case 'integer':
    case 'long':
      return createNumberParser(shape);
    case 'boolean':
      return (value, path) => (typeof value === 'boolean' ? value : refuse(path));
    case 'timestamp':
      return (value, path) => (typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : refuse(path));
  }
}

/** Null means absent, as in every AWS JSON protocol; members that the model does not know are dropped. */
function createStructureParser({ members, required }: ShapeOf<'structure'>): ShapeParser {
  const parts = Object.entries(members).map(
    ([member, shape]) => [member, createShapeParser(shape), required.includes(member)] as const,
  );
  return (value, path) => {
    if (!isObject(value)) return refuse(path);
    const parsed: Record<string, unknown> = {};
    for (const [member, parse, isRequired] of parts) {
      const given = Object.hasOwn(value, member) ? value[member] : undefined;
      if (given !== undefined && given !== null) parsed[member] = parse(given, `${path}.${member}`);
      else if (isRequired) throw new ApiError('ValidationException', `${path}.${member} is a required attribute`);
    }
    return parsed;
  };
}

function createListParser({ member, min, max }: ShapeOf<'list'>): ShapeParser {
  const parse = createShapeParser(member);
  return (value, path) => {
    if (!Array.isArray(value) || !isWithin(value.length, min, max)) return refuse(path);
    return value.map((element: unknown, index) => parse(element, `${path}[${index}]`));
  };
}

function createMapParser(shape: ShapeOf<'map'>): ShapeParser {
  const parseKey = createShapeParser(shape.key);
  const parseValue = createShapeParser(shape.value);
  return (value, path) => {
    if (!isObject(value) || !isWithin(Object.keys(value).length, shape.min, shape.max)) return refuse(path);
    // fromEntries defines its keys, so a key named `__proto__` is a key like any other.
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [parseKey(key, path), parseValue(item, path)]),
    );
  };
}

function createStringParser({ pattern, min, max, enum: allowed }: ShapeOf<'string'>): ShapeParser {
  const whole = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, 'u');
  const hasLimits = min !== undefined || max !== undefined;
  return (value, path) => {
    if (typeof value !== 'string') return refuse(path);
    if (hasLimits && !isWithin(countCodePoints(value), min, max)) return refuse(path);
    if (allowed && !allowed.includes(value)) return refuse(path);
    return whole === undefined || whole.test(value) ? value : refuse(path);
  };
}

function createNumberParser({ type, min, max }: ShapeOf<'integer' | 'long'>): ShapeParser {
  const largest = type === 'integer' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  return (value, path) =>
    typeof value === 'number' &&
    Number.isInteger(value) &&
    isWithin(value, min ?? -largest - 1, Math.min(max ?? largest, largest))
      ? value
      : refuse(path);
}

function isWithin(size: number, min = 0, max = Number.POSITIVE_INFINITY): boolean {
  return size >= min && size <= max;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The path begins with the operation's name, which the service leaves out of this message. */
function refuse(path: string): never {
  throw invalidMember(path.slice(path.indexOf('.') + 1));
}
