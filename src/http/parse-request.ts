/** What a request asks: its path, query and body, parsed at one edge, with every problem of them at once. */
import { z } from 'zod';
import { failInput, type InputProblem, type Result, succeed } from '../errors.ts';
import { parseInput } from '../input.ts';
import type { AppContext } from './context.ts';
import { parseBody } from './parse-body.ts';
import type { Asked, Route } from './route.ts';

/** The parts of a request as the route's schemas have them. Without a schema there are no parameters, and no body. */
export interface RequestParts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** `payload_too_large` for a body over the limit, else `invalid_request` with every problem. */
export async function parseRequest(route: Route, context: AppContext, asked: Asked): Promise<Result<RequestParts>> {
  const body = route.body === undefined ? succeed(undefined) : await parseBody(context, route.body.schema(asked));
  if (!body.ok && body.problems === undefined) return body;
  const params = route.params === undefined ? succeed({}) : parseInput(route.params, context.req.param());
  const query = parseQuery(route.query ?? noParameters, context.req.url);
  if (params.ok && query.ok && body.ok) return succeed({ params: params.value, query: query.value, body: body.value });
  return failInput([params, query, body].flatMap((part) => (part.ok ? [] : (part.problems ?? []))));
}

const noParameters = z.strictObject({});

/** More parameters than any route has. Beyond it they are not looked at one by one: strangers may send as many as a URL holds. */
const maxParameters = 20;

/** Every parameter stands once and is known. */
function parseQuery(schema: z.ZodType, url: string): Result<unknown> {
  const start = url.indexOf('?');
  const given = new URLSearchParams(start === -1 ? '' : url.slice(start));
  if (given.size > maxParameters)
    return failInput([{ path: '', message: `must have at most ${maxParameters} query parameters` }]);
  const parameters = Object.fromEntries(given);
  const repeated: InputProblem[] = Object.keys(parameters)
    .filter((path) => given.getAll(path).length > 1)
    .map((path) => ({ path, message: 'must be given once' }));
  const parsed = parseInput(schema, parameters, 'parameter');
  if (repeated.length === 0) return parsed;
  return failInput([...repeated, ...(parsed.ok ? [] : (parsed.problems ?? []))]);
}
