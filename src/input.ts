/** Input that does not fit a schema: every problem with its path, at once. */
import type { z } from 'zod';
import type { InputProblem } from './errors.ts';

/** The problems of a failed parse. Unknown fields are named one by one. */
export function toInputProblems(error: z.ZodError): InputProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: issue.path.join('.'), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'is not a known field' }));
  });
}
