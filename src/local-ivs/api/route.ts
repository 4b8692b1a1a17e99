/** Which operation a method and path ask for. */
import { model } from './model.ts';
import type { Operation } from './model-format.ts';
import type { OperationName } from './model-types.ts';

/** An operation, and the raw (still percent-encoded) end of the path when the operation has a member there. */
export interface Route {
  readonly name: OperationName;
  readonly pathMember?: string;
}

/** Every operation of the model. */
export const operationNames: readonly OperationName[] = Object.keys(model.operations).filter(isOperationName);

/** Whether a name is that of an operation. */
export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(model.operations, name);
}

/** By method and path, a path with a member at its end by what stands before the member. */
const routes: ReadonlyMap<string, OperationName> = new Map(
  operationNames.map((name) => {
    const { method, path }: Operation = model.operations[name];
    return [`${method} ${path.replace(/\{\w+\}$/, '')}`, name] as const;
  }),
);

/** The operation at a path, or undefined. Paths are case sensitive. */
export function findRoute(method: string, path: string): Route | undefined {
  const start = path.lastIndexOf('/') + 1;
  if (start === 1) {
    const name = routes.get(`${method} ${path}`);
    return name && { name };
  }
  const name = routes.get(`${method} ${path.slice(0, start)}`);
  return name && start < path.length ? { name, pathMember: path.slice(start) } : undefined;
}
