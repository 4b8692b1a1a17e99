/** What a route's schema refuses becomes a 400. */
import type { Hook } from '@hono/zod-openapi';
import { failInput } from '../errors.ts';
import { toInputProblems } from '../input.ts';
import type { AppEnv } from './context.ts';
import { orRefuse } from './problem.ts';

/** Ends the request with every problem of its parameters, query or body. */
export const refuseInvalidInput: Hook<unknown, AppEnv, string, undefined> = (result) => {
  if (!result.success) orRefuse(failInput(toInputProblems(result.error)));
  return undefined;
};
