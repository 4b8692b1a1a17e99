/** Failures on order: the next calls of an operation that answer an error, answer late or lose their connection. */
import type { ErrorName } from './errors.ts';
import type { OperationName } from './model-types.ts';

/** How a call is to fail: with an error, with no answer and nothing done, or with no answer, or a late one, to what was done. */
export type Failure =
  | { readonly error: ErrorName; readonly message?: string | undefined }
  | { readonly dropConnection: true }
  | { readonly loseAnswer: true }
  | { readonly answerAfterMs: number };

/** An order: so many of the next calls of this operation, or of any, fail this way. */
export interface Fault {
  readonly operation: OperationName | '*';
  /** Only calls fail that name this channel, in whatever member. Absent: all do. */
  readonly channelArn?: string | undefined;
  /** Calls left to fail. */
  readonly count: number;
  readonly failure: Failure;
}

/** The members of a call's body, as they were sent. */
type Input = Readonly<Record<string, unknown>>;

/** The orders that were given and are not yet carried out. */
export interface Faults {
  /** The orders that are still open, oldest first. */
  list(): readonly Fault[];
  add(fault: Fault): void;
  clear(): void;
  /** Takes a call with this input off the oldest order that fits; undefined when none does. */
  take(operation: OperationName, input: Input): Failure | undefined;
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
    take: (operation, input) => {
      const found = faults.find((fault) => fits(fault, operation, input));
      if (!found) return undefined;
      faults = faults
        .map((fault) => (fault === found ? { ...fault, count: fault.count - 1 } : fault))
        .filter(({ count }) => count > 0);
      return found.failure;
    },
  };
}

function fits(fault: Fault, operation: OperationName, input: Input): boolean {
  if (fault.operation !== operation && fault.operation !== '*') return false;
  return fault.channelArn === undefined || names(input, fault.channelArn);
}

/** Whether the text is somewhere in what was sent: as `arn` of one call, in the list of a batch. */
function names(sent: unknown, text: string): boolean {
  if (typeof sent !== 'object' || sent === null) return sent === text;
  return Object.values(sent).some((member) => names(member, text));
}
