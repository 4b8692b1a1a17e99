/** What the page sends, checked before anything is done with it. */
import type { z } from 'zod';
import { failInput } from '../errors.ts';
import { readJson } from '../http/body.ts';
import type { AppContext } from '../http/context.ts';
import { orRefuse } from '../http/problem.ts';
import { toInputProblems } from '../input.ts';

/** The input as its schema has it; ends the request with a 400 that names every problem. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  return parsed.success ? parsed.data : orRefuse(failInput(toInputProblems(parsed.error)));
}

/** The same of a JSON body. */
export async function readInput<S extends z.ZodType>(context: AppContext, schema: S): Promise<z.output<S>> {
  return parseInput(schema, await readJson(context));
}
