/** Input of unknown shape: parsed by a schema, or refused with every problem and its path at once. */
import type { z } from 'zod';
import { failInput, type InputProblem, type Result, succeed } from './errors.ts';

/** What the schema makes of the input. `alsoWrong` are problems that the schema cannot know; they are told beside its own. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  alsoWrong: readonly InputProblem[] = [],
): Result<z.output<Schema>> {
  const parsed = schema.safeParse(input);
  if (parsed.success && alsoWrong.length === 0) return succeed(parsed.data);
  return failInput([...(parsed.success ? [] : toInputProblems(parsed.error)), ...alsoWrong]);
}

/** The problems of a failed parse. Unknown fields are named one by one. */
export function toInputProblems(error: z.ZodError): InputProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: issue.path.join('.'), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'is not a known field' }));
  });
}

/** A field of an object of unknown shape. */
export function readField(input: unknown, field: string): unknown {
  return typeof input === 'object' && input !== null && Object.hasOwn(input, field)
    ? (input as Record<string, unknown>)[field]
    : undefined;
}
