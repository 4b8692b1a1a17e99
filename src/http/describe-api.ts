/** The OpenAPI 3.1 document of the stated routes, made from the very schemas that validate. */
import type { z } from 'zod';
import { version } from '../version.ts';
import { contentTypes } from './content-types.ts';
import { describeRefusalExamples, describeRefusals } from './describe-refusals.ts';
import { describeSchemas, type Json, toJsonSchema, toReference } from './describe-schemas.ts';
import { type Form, type Route, tags, usualMaxBytes } from './route.ts';

/** What the document says beside its routes. */
const about = {
  openapi: '3.1.0',
  info: {
    title: 'Playgate',
    version,
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

/** The document. Names of `components.schemas` are those of the statements. */
export function describeApi(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const operations = paths[route.path] ?? {};
    operations[route.method] = describeOperation(route);
    paths[route.path] = operations;
  }
  const [schemas, examples] = [describeSchemas(routes), describeRefusalExamples(routes)];
  return { ...about, paths, components: { securitySchemes, schemas, examples } };
}

/** No credential, one, or either. */
function describeSecurity({ callers, tellsMore }: Route): readonly Json[] {
  if (callers !== 'anyone') return [{ bearer: [] }];
  return tellsMore === undefined ? [] : [{}, { bearer: [] }];
}

function describeOperation(route: Route): Json {
  const { operationId, tag, summary, description, callers, body } = route;
  const who = callers === 'anyone' ? 'For anyone.' : `For callers of the kind ${callers.join(', ')}.`;
  return {
    operationId,
    tags: [tag],
    summary,
    description: description === undefined ? who : `${description}\n\n${who}`,
    security: describeSecurity(route),
    parameters: [
      ...describeParameters('path', route.params),
      ...describeParameters('query', route.query),
      ...describeParameters('header', route.headers),
    ],
    ...(body !== undefined && { requestBody: describeBody(body) }),
    responses: { ...describeAnswers(route), ...describeRefusals(route) },
  };
}

function describeParameters(place: 'path' | 'query' | 'header', schema: z.ZodObject | undefined): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { description, ...described } = toJsonSchema(field);
    return { name, in: place, required: place === 'path', description, schema: described };
  });
}

function describeBody(body: NonNullable<Route['body']>): Json {
  const { form, maxBytes = usualMaxBytes } = body;
  const description = `At most ${maxBytes.toLocaleString('en')} bytes.${form === 'lines' ? ' One item a line.' : ''}`;
  return { required: true, description, content: describeContent(body, form) };
}

/** A document of lines is described as the list that it stands for, as OpenAPI 3.2 has it for sequential media types. */
function describeContent({ name, example }: { readonly name: string; readonly example: unknown }, form?: Form): Json {
  // Which version of a format it is OpenAPI does not ask.
  const mediaType = contentTypes[form ?? 'json'].replace(/;.*$/, '');
  return { [mediaType]: { schema: { $ref: toReference(name) }, example } };
}

function describeAnswers({ answers }: Route): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, body, form, headers }]) => [
      status,
      {
        description,
        ...(headers !== undefined && { headers: describeHeaders(headers) }),
        ...(body !== undefined && { content: describeContent(body, form) }),
      },
    ]),
  );
}

function describeHeaders(headers: Readonly<Record<string, string>>): Json {
  const described = (description: string) => ({ description, schema: { type: 'string' } });
  return Object.fromEntries(Object.entries(headers).map(([name, description]) => [name, described(description)]));
}
