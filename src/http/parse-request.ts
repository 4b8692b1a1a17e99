/** What a request asks: its path, query, headers and body, parsed at one edge, with every problem of them at once. */
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
  readonly headers: unknown;
  readonly body: unknown;
}

/** `payload_too_large` for a body over the limit, else `invalid_request` with every problem. */
export async function parseRequest(route: Route, context: AppContext, asked: Asked): Promise<Result<RequestParts>> {
  const body =
    route.body === undefined ? succeed(undefined) : await parseBody(context, route.body.schema(asked), route.body);
  if (!body.ok && body.problems === undefined) return body;
  const params = parseParams(route, context);
  const query = parseQuery(route.query ?? noParameters, context.req.url);
  const headers = parseHeaders(route.headers ?? noParameters, context);
  if (params.ok && query.ok && headers.ok && body.ok)
    return succeed({ params: params.value, query: query.value, headers: headers.value, body: body.value });
  return failInput([params, query, headers, body].flatMap((part) => (part.ok ? [] : (part.problems ?? []))));
}

const noParameters = z.strictObject({});

/** Those in the path. What is not percent-encoded as it must be the router leaves as it is, and another name would come of it. */
function parseParams({ path, params }: Route, context: AppContext): Result<unknown> {
  if (params === undefined) return succeed({});
  const sent = new URL(context.req.url).pathname.split('/');
  const problems = path
    .split('/')
    .flatMap((part, index) => (part.startsWith('{') && !isEncoded(sent[index] ?? '') ? [part.slice(1, -1)] : []))
    .map((name): InputProblem => ({ path: name, message: 'must be percent-encoded UTF-8' }));
  return problems.length > 0 ? failInput(problems) : parseInput(params, context.req.param());
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

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

/** Those that the schema names. Any others are whoever's between here and the sender. */
function parseHeaders(schema: z.ZodObject, context: AppContext): Result<unknown> {
  return parseInput(
    schema,
    Object.fromEntries(Object.keys(schema.shape).map((name) => [name, context.req.header(name)])),
  );
}
