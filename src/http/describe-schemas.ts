/** The schemas of the routes as JSON Schema 2020-12, which OpenAPI 3.1 speaks. */
import { z } from 'zod';
import { problemSchema } from './problem.ts';
import type { Asked, JsonDocument, Route } from './route.ts';

/** A part of the document. */
export type Json = Readonly<Record<string, unknown>>;

/** Bodies are described as an admin may write them. When they are asked for makes no difference to their form. */
const asked: Asked = {
  caller: { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] },
  nowSeconds: 0,
};

/** Every named schema. One that stands in another is referred to by its name. */
export function describeSchemas(routes: readonly Route[]): Json {
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

/** Where the document holds a named schema. */
export function toReference(name: string): string {
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

/** One schema by itself. */
export function toJsonSchema(schema: z.core.$ZodType): Json & { readonly description?: string | undefined } {
  const { $schema: _, ...described } = z.toJSONSchema(schema, options);
  return described;
}
