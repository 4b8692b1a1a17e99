/** Input of unknown shape: parsed by a schema, or refused with every problem and its path at once. */
import type { z } from 'zod';
import { failInput, type InputProblem, type Result, succeed } from './errors.ts';

/** What the schema makes of the input. Fields that it does not know are said not to be a known `noun`. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  noun: 'field' | 'parameter' = 'field',
): Result<z.output<Schema>> {
  const parsed = schema.safeParse(input, { error: describe });
  return parsed.success ? succeed(parsed.data) : failInput(toInputProblems(parsed.error, noun));
}

/** The problems of a failed parse. Unknown fields are named one by one. */
function toInputProblems(error: z.ZodError, noun: string): InputProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: issue.path.join('.'), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: `is not a known ${noun}` }));
  });
}

const nouns: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What is wrong where the schema does not say it itself: what it must be, never what the parser calls it. */
function describe(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value'))
    return 'is missing';
  if (issue.code === 'invalid_type') return `must be ${nouns[issue.expected] ?? `of the type ${issue.expected}`}`;
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
  if (issue.code === 'too_small') return `must ${toBound(issue.origin, 'at least', Number(issue.minimum))}`;
  if (issue.code === 'too_big') return `must ${toBound(issue.origin, 'at most', Number(issue.maximum))}`;
  return 'is not of the form that is described in /openapi.json';
}

function toBound(origin: string, bound: 'at least' | 'at most', limit: number): string {
  if (origin === 'string') return `have ${bound} ${limit} ${limit === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `have ${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `be ${bound} ${limit}`;
}
