/** What every route's description in the OpenAPI document shares. */
import type { z } from '@hono/zod-openapi';
import { problemSchema } from '../problem.ts';

/** A JSON body. */
export function json<Schema extends z.ZodType>(schema: Schema) {
  return { content: { 'application/json': { schema } } };
}

/** A required JSON request body. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, ...json(schema) };
}

/** The problem documents of a route; `docs/errors.md` lists the codes behind each status. */
export const problems = {
  default: { description: 'A problem document', content: { 'application/problem+json': { schema: problemSchema } } },
};

/** The route needs a bearer credential. */
export const bearer = [{ bearer: [] }];
