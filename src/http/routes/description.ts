/** `/openapi.json`: the API about itself. */
import { z } from 'zod';
import { answer } from '../answer.ts';
import { defineRoute, type Route } from '../route.ts';

/** The route of the description, which is made when it is first asked for. */
export function createDescriptionRoute(describe: () => Readonly<Record<string, unknown>>): Route {
  let description: Readonly<Record<string, unknown>> | undefined;
  return defineRoute({
    method: 'get',
    path: '/openapi.json',
    operationId: 'getDescription',
    tag: 'service',
    summary: 'This description, in OpenAPI 3.1',
    callers: 'anyone',
    constant: true,
    answers: {
      200: {
        description: 'An OpenAPI document',
        body: {
          name: 'ApiDescription',
          schema: z.looseObject({ openapi: z.string() }),
          example: { openapi: '3.1.0', info: { title: 'Playgate' }, paths: {} },
        },
      },
    },
    async handle() {
      description ??= describe();
      return answer(200, { openapi: '3.1.0', ...description });
    },
  });
}
