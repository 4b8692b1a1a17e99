/** What the page sends in a body, checked before anything is done with it. */
import type { z } from 'zod';
import { readJson } from '../http/body.ts';
import type { AppContext } from '../http/context.ts';
import { orRefuse } from '../http/problem.ts';
import { parseInput } from '../input.ts';

/** The JSON body as its schema has it; ends the request with a 400 that names every problem. */
export async function readInput<S extends z.ZodType>(context: AppContext, schema: S): Promise<z.output<S>> {
  return orRefuse(parseInput(schema, await readJson(context)));
}
