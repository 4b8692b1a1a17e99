/** Input of unknown shape: parsed by a schema, or refused with every problem and its path at once. */
import type { z } from 'zod';
import { failInput, type InputProblem, type Result, succeed } from './errors.ts';

/** What the schema makes of the input. Fields that it does not know are said not to be a known `noun`. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  noun: 'field' | 'parameter' = 'field',
): Result<z.output<Schema>> {
  const parsed = schema.safeParse(input);
  return parsed.success ? succeed(parsed.data) : failInput(toInputProblems(parsed.error, noun));
}

/** The problems of a failed parse. Unknown fields are named one by one. */
function toInputProblems(error: z.ZodError, noun: string): InputProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: issue.path.join('.'), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: `is not a known ${noun}` }));
  });
}
