/** The OpenAPI document: whole for every route, true to the schemas, and there without a running service. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createApiDescription, routes } from '../../src/app.ts';
import { errorCodes } from '../../src/errors.ts';
import { answer } from '../../src/http/answer.ts';
import { describeApi } from '../../src/http/describe-api.ts';
import { defineRoute, tags } from '../../src/http/route.ts';

type Json = ReturnType<typeof JSON.parse>;

const description: Json = JSON.parse(JSON.stringify(createApiDescription()));
const operations: [string, Json][] = Object.entries<Json>(description.paths).flatMap(([path, methods]) =>
  Object.entries<Json>(methods).map(([method, operation]): [string, Json] => [`${method} ${path}`, operation]),
);

describe('the document', () => {
  it('says what it is, of which version, under which licence, and where', () => {
    const packageFile = fileURLToPath(new URL('../../package.json', import.meta.url));
    const { version, license }: Json = JSON.parse(readFileSync(packageFile, 'utf8'));
    expect(description).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Playgate', version, license: { identifier: license }, description: expect.stringMatching(/./) },
      servers: [{ url: '/' }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    });
    expect(description.components.securitySchemes.bearer.description).toMatch(/API client/);
  });

  it('describes every route, each under a name of its own', () => {
    expect(operations.map(([route]) => route).toSorted()).toEqual(
      routes.map(({ method, path }) => `${method} ${path}`).toSorted(),
    );
    expect(operations.length).toBeGreaterThan(20);
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[a-z][a-zA-Z]+$/.test(id))).toBe(true);
  });

  it('describes each tag that it uses', () => {
    expect(description.tags.map(({ name }: Json) => name)).toEqual(Object.keys(tags));
    expect(new Set(operations.flatMap(([, operation]) => operation.tags))).toEqual(new Set(Object.keys(tags)));
    for (const tag of description.tags) expect(tag.description).toMatch(/\.$/);
  });

  it('refers only to what it holds, and holds each record under its name', () => {
    const references = [...JSON.stringify(description).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(50);
    for (const [, kind = '', name = ''] of references) expect(description.components[kind]).toHaveProperty(name);
    expect(Object.keys(description.components.schemas)).toEqual(
      expect.arrayContaining([
        'Channel',
        'Policy',
        'KeyPair',
        'Client',
        'CreatedClient',
        'Revocation',
        'CreatedRevocation',
        'Viewer',
        'Blocks',
        'Block',
        'PlaybackToken',
        'Inspection',
        'Problem',
        'Readiness',
        'Jwk',
      ]),
    );
  });
});

describe.each(operations)('%s', (route, operation) => {
  it('says what it does, for whom, and of what its body and answers are examples', () => {
    expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(operation.description).toMatch(/For (anyone|callers of the kind [a-z, -]+)\.$/);
    const isForAnyone = operation.description.includes('For anyone.');
    expect(isForAnyone ? [[], [{}, { bearer: [] }]] : [[{ bearer: [] }]]).toContainEqual(operation.security);
    for (const { description, required, in: place } of operation.parameters)
      expect([description.length > 0, required]).toEqual([true, place === 'path']);
    if (operation.requestBody !== undefined)
      expect(operation.requestBody.description).toMatch(/^At most [\d,]+ bytes\.( One item a line\.)?$/);
    const contents = [operation.requestBody, ...Object.values<Json>(operation.responses)].flatMap((part) =>
      Object.values<Json>(part?.content ?? {}),
    );
    for (const { schema, example, examples } of contents) {
      expect(schema.$ref).toMatch(/^#\/components\/schemas\/[A-Z]/);
      expect(example ?? examples).toBeDefined();
    }
    expect(operation.requestBody !== undefined).toBe(
      /^(post|put|patch) /.test(route) && !/\/(retry|activate)$/.test(route),
    );
  });

  it('names each code under its status, with its problem document', () => {
    const refusals = Object.entries<Json>(operation.responses).filter(
      ([, { content }]) => content?.['application/problem+json'] !== undefined,
    );
    const documented = refusals.flatMap(([status, { description: text, content }]) => {
      const { schema, examples } = content['application/problem+json'];
      expect(schema.$ref).toBe('#/components/schemas/Problem');
      return Object.keys(examples).map((code): [string, string, boolean] => [code, status, text.includes(code)]);
    });
    for (const [code, status, named] of documented) {
      expect([status, named]).toEqual([
        String(Object.entries(errorCodes).find(([key]) => key === code)?.[1].status),
        true,
      ]);
      expect(description.components.examples[code].value).toMatchObject({ code, status: Number(status) });
    }
    const codes = documented.map(([code]) => code);
    expect(codes).toEqual(expect.arrayContaining(['invalid_request', 'internal']));
    expect(codes.includes('unauthenticated') && codes.includes('forbidden')).toBe(operation.security.length > 0);
    expect(codes.includes('payload_too_large')).toBe(operation.requestBody !== undefined);
  });
});

describe('an example', () => {
  const callers = { caller: undefined, nowSeconds: 0 };

  it.each(routes.map((route) => [route.operationId, route] as const))('of %s is what its schema takes', (_, route) => {
    const bodies = Object.values(route.answers).flatMap(({ body }) => (body === undefined ? [] : [body]));
    for (const { name, schema, example } of bodies)
      expect([name, schema.safeParse(example).error?.issues]).toEqual([name, undefined]);
    if (route.body !== undefined)
      expect(route.body.schema(callers).safeParse(route.body.example).error?.issues).toBeUndefined();
  });
});

it('a name stands for one schema', () => {
  const documents = routes.flatMap(({ answers }) => Object.values(answers).flatMap(({ body }) => body ?? []));
  const requests = routes.flatMap(({ body }) => body ?? []);
  const names = [
    ...new Map(documents.map(({ name, schema }) => [schema, name])).values(),
    ...new Map(requests.map(({ name, schema }) => [schema, name])).values(),
  ];
  expect(names.length).toBeGreaterThan(20);
  expect(new Set(names).size).toBe(names.length);
});

it('the largest body, what goes as lines, and the headers that a route heeds or sends are said', () => {
  const { parameters, requestBody, responses } = description.paths['/v1/admin/revocations'].post;
  expect(parameters).toEqual([
    expect.objectContaining({
      name: 'Idempotency-Key',
      in: 'header',
      schema: expect.objectContaining({ type: 'string' }),
    }),
  ]);
  expect(requestBody.description).toBe('At most 1,048,576 bytes.');
  expect(Object.keys(responses[201].headers)).toEqual(['Idempotent-Replayed']);
  const blocks = description.paths['/v1/admin/blocks'];
  expect(Object.keys(blocks.get.responses[200].content)).toEqual(['application/x-ndjson']);
  expect(Object.keys(blocks.post.requestBody.content)).toEqual(['application/x-ndjson']);
  expect(blocks.post.requestBody.description).toBe('At most 4,194,304 bytes. One item a line.');
  expect(description.components.schemas.Blocks).toMatchObject({
    type: 'array',
    items: { $ref: '#/components/schemas/Block' },
  });
});

it('an answer that the route itself gives with a status is not described as a refusal', () => {
  const route = defineRoute({
    method: 'get',
    path: '/nothing',
    operationId: 'getNothing',
    tag: 'service',
    summary: 'Nothing',
    callers: 'anyone',
    answers: { 503: { description: 'Nothing today' } },
    refusals: ['store_unavailable', 'channel_closed'],
    handle: async () => answer(503, null),
  });
  const { responses }: Json = JSON.parse(JSON.stringify(describeApi([route]))).paths['/nothing'].get;
  expect(responses['503']).toEqual({ description: 'Nothing today' });
  expect(Object.keys(responses)).toEqual(['400', '403', '500', '503']);
});
