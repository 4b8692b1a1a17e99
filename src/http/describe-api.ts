/** The OpenAPI 3.1 document of the stated routes, made from the very schemas that validate. */
import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../errors.ts';
import { problemSchema } from './problem.ts';
import { type Asked, type JsonDocument, type Route, tags } from './route.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the document says beside its routes. */
const about = {
  openapi: '3.1.0',
  info: {
    title: 'Playgate',
    version: '0.1.0',
    description:
      'Playback authorization for Amazon IVS private channels. Every refusal is a problem document (RFC 9457) with a `code`; every answer carries `x-request-id` and `cache-control: no-store`. A method that a path does not have is answered with 405 `method_not_allowed` and `Allow`.',
    license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/', description: 'The instance that gave this document' }],
  tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
};

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      "The key of an API client (`pgk_…`), the bootstrap admin key, or, for tokens, a viewer's own JWT of the configured identity provider.",
  },
};

/** Bodies are described as an admin may write them. When they are asked for makes no difference to their form. */
const asked: Asked = {
  caller: { kind: 'client', id: 'bootstrap-admin', role: 'admin', channels: ['*'] },
  nowSeconds: 0,
};

/** The document. Names of `components.schemas` are those of the statements. */
export function describeApi(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const operations = paths[route.path] ?? {};
    operations[route.method] = describeOperation(route);
    paths[route.path] = operations;
  }
  const examples = Object.fromEntries(listAllRefusals(routes).map((code) => [code, { value: toExample(code) }]));
  return { ...about, paths, components: { securitySchemes, schemas: describeSchemas(routes), examples } };
}

function describeOperation(route: Route): Json {
  const { operationId, tag, summary, description, callers, body } = route;
  const who = callers === 'anyone' ? 'For anyone.' : `For callers of the kind ${callers.join(', ')}.`;
  return {
    operationId,
    tags: [tag],
    summary,
    description: description === undefined ? who : `${description}\n\n${who}`,
    security: callers === 'anyone' ? [] : [{ bearer: [] }],
    parameters: [...describeParameters('path', route.params), ...describeParameters('query', route.query)],
    ...(body !== undefined && { requestBody: { required: true, content: describeContent(body) } }),
    responses: { ...describeAnswers(route), ...describeRefusals(route) },
  };
}

function describeParameters(place: 'path' | 'query', schema: z.ZodObject | undefined): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { description, ...described } = toJsonSchema(field);
    return { name, in: place, required: place === 'path', description, schema: described };
  });
}

function describeContent({ name, example }: { readonly name: string; readonly example: unknown }): Json {
  return { 'application/json': { schema: { $ref: toReference(name) }, example } };
}

function describeAnswers({ answers }: Route): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, body }]) => [
      status,
      { description, ...(body !== undefined && { content: describeContent(body) }) },
    ]),
  );
}

/** One answer for each status that is not an answer of the route's own, with an example for each of its codes. */
function describeRefusals(route: Route): Json {
  const codes = listRefusals(route).filter((code) => !(errorCodes[code].status in route.answers));
  return Object.fromEntries(
    Object.entries(Object.groupBy(codes, (code) => String(errorCodes[code].status))).map(([status, ofStatus = []]) => [
      status,
      {
        description: ofStatus.map((code) => `\`${code}\`: ${errorCodes[code].title}`).join('\n\n'),
        content: {
          'application/problem+json': {
            schema: { $ref: toReference('Problem') },
            examples: Object.fromEntries(ofStatus.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
          },
        },
      },
    ]),
  );
}

/** Every code that the route may refuse with: its own, and what the steps before and around it give. */
function listRefusals({ callers, body, refusals = [] }: Route): readonly ErrorCode[] {
  const ofCaller: ErrorCode[] =
    callers === 'anyone' ? [] : ['unauthenticated', 'forbidden', 'store_unavailable', 'identity_provider_unavailable'];
  const ofBody: ErrorCode[] = body === undefined ? [] : ['payload_too_large'];
  return [...new Set<ErrorCode>(['invalid_request', ...ofCaller, ...ofBody, ...refusals, 'internal'])];
}

function listAllRefusals(routes: readonly Route[]): readonly ErrorCode[] {
  return [...new Set(routes.flatMap(listRefusals))];
}

function toExample(code: ErrorCode): z.infer<typeof problemSchema> {
  const { status, title } = errorCodes[code];
  const requestId = '0b6f1c1e-7a55-4b0e-9c1d-2f4f0c5b8a11';
  const errors = [{ path: 'limit', message: 'is not a known parameter' }];
  return { type: 'about:blank', title, status, code, requestId, ...(code === 'invalid_request' && { errors }) };
}

/** Every named schema. One that stands in another is referred to by its name. */
function describeSchemas(routes: readonly Route[]): Json {
  const named = z.registry<{ id: string }>();
  named.add(problemSchema, { id: 'Problem' });
  for (const { name, schema } of routes.flatMap(listDocuments)) named.add(schema, { id: name });
  const { schemas } = z.toJSONSchema(named, { ...options, uri: toReference });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema] as const),
  );
}

function listDocuments({ body, answers }: Route): readonly Pick<JsonDocument, 'name' | 'schema'>[] {
  const ofAnswers = Object.values(answers).flatMap((answer) =>
    answer.body === undefined ? [] : [answer.body, ...(answer.body.parts ?? [])],
  );
  return body === undefined ? ofAnswers : [{ name: body.name, schema: body.schema(asked) }, ...ofAnswers];
}

function toReference(name: string): string {
  return `#/components/schemas/${name}`;
}

/** What goes over the wire is what the schemas take in: times as text, fields with a default optional. */
const options: z.core.ToJSONSchemaParams = {
  io: 'input',
  override({ jsonSchema }) {
    // That a list is not changed here says nothing of who may send it.
    delete jsonSchema.readOnly;
    // Zod's own pattern of a time is longer than a page, and `format` says the same.
    if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  },
};

function toJsonSchema(schema: z.core.$ZodType): Json & { readonly description?: string | undefined } {
  const { $schema: _, ...described } = z.toJSONSchema(schema, options);
  return described;
}
