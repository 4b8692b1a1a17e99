/** What of a value goes into an answer: the members that the model knows, and nothing else. */
import { model } from './model.ts';
import type { Model, Shape } from './model-format.ts';

type Filter = (value: unknown) => unknown;

const shapes: Model['shapes'] = model.shapes;
const filters = new Map<string, Filter>();

/**
 * The function that leaves in a value only what the shape has, so that records can be answered as they are stored.
 * Throws TypeError for a shape that the model does not have.
 */
export function createShapeFilter(name: string): Filter {
  const known = filters.get(name);
  if (known) return known;
  const shape = shapes[name];
  if (!shape) throw new TypeError(`The model has no shape ${name}`);
  const filter = createFilter(shape);
  filters.set(name, filter);
  return filter;
}

function createFilter(shape: Shape): Filter {
  if (shape.type === 'list') {
    const filter = createShapeFilter(shape.member);
    return (value) => (Array.isArray(value) ? value.map(filter) : value);
  }
  return shape.type === 'structure' ? createStructureFilter(shape.members) : (value) => value;
}

function createStructureFilter(members: Readonly<Record<string, string>>): Filter {
  const parts = Object.entries(members).map(([member, shape]) => [member, createShapeFilter(shape)] as const);
  return (value) => {
    const answer: Record<string, unknown> = {};
    const source: Readonly<Record<string, unknown>> = Object(value);
    for (const [member, filter] of parts) {
      const given = source[member];
      if (given !== undefined) answer[member] = filter(given);
    }
    return answer;
  };
}
