/** Failures on order: the next calls of an operation that answer an error or lose their connection. */
import type { ErrorName } from './errors.ts';
import type { OperationName } from './model-types.ts';

/** How a call is to fail: with an error, or with no answer at all. */
export type Failure =
  | { readonly error: ErrorName; readonly message?: string | undefined }
  | { readonly dropConnection: true };

/** An order: so many of the next calls of this operation, or of any, fail this way. */
export interface Fault {
  readonly operation: OperationName | '*';
  /** Calls left to fail. */
  readonly count: number;
  readonly failure: Failure;
}

/** The orders that were given and are not yet carried out. */
export interface Faults {
  /** The orders that are still open, oldest first. */
  list(): readonly Fault[];
  add(fault: Fault): void;
  clear(): void;
  /** Takes one call off the oldest order that fits; undefined when none does. */
  take(operation: OperationName): Failure | undefined;
}

/** No orders yet. */
export function createFaults(): Faults {
  let faults: readonly Fault[] = [];
  return {
    list: () => faults,
    add: (fault) => {
      faults = [...faults, fault];
    },
    clear: () => {
      faults = [];
    },
    take: (operation) => {
      const found = faults.find((fault) => fault.operation === operation || fault.operation === '*');
      if (!found) return undefined;
      faults = faults
        .map((fault) => (fault === found ? { ...fault, count: fault.count - 1 } : fault))
        .filter(({ count }) => count > 0);
      return found.failure;
    },
  };
}
