/** Holds each answer against the description of the API: its status, its content type, its body, and nothing beside. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Answer, Json } from './answer.ts';

/** A request and what came back, with the body as it was sent. */
interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly answer: Answer;
}

/** Throws when the answer to an operation is not as described. */
export type ExpectDescribed = (exchange: Exchange) => void;

/** The members of a schema that are schemas by name, a schema, and lists of schemas. */
const schemasByName = ['properties', 'patternProperties'];
const schemas = ['items', 'additionalProperties'];
const alternatives = ['allOf', 'anyOf', 'oneOf'];

/** How much of a body an error quotes. */
const maxToldCharacters = 1000;

const problemType = 'application/problem+json';

/** What a path or a method that is not there may answer: also that it is not told to whoever asks. */
const nowhere = [401, 404, 405];

/** Reads an OpenAPI 3.1 description. */
export function createExpectDescribed(description: Json): ExpectDescribed {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  // A path without parameters is no example of one with.
  const described = Object.entries<Json>(description.paths).toSorted(
    ([a], [b]) => Number(a.includes('{')) - Number(b.includes('{')),
  );
  const paths = described.map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    operations,
  }));
  const validators = new Map<Json, ValidateFunction>();

  function findValidator(schema: Json): ValidateFunction {
    const validator = validators.get(schema) ?? ajv.compile(toClosed(schema, description, false));
    validators.set(schema, validator);
    return validator;
  }

  return ({ method, path, answer }) => {
    const say = (what: string) =>
      new Error(
        `${method} ${path} answered ${answer.status}, ${what}: ${JSON.stringify(answer.body).slice(0, maxToldCharacters)}`,
      );
    const pathname = path.replace(/\?.*$/, '');
    const operations = paths.find(({ pattern }) => pattern.test(pathname))?.operations;
    const isHead = method === 'HEAD';
    const operation = operations?.[isHead ? 'get' : method.toLowerCase()];
    const contentType = answer.headers.get('content-type')?.replace(/;.*$/, '');
    if (operation === undefined) {
      if (method === 'OPTIONS' || (nowhere.includes(answer.status) && contentType === problemType)) return;
      throw say('where nothing is described');
    }
    const described = resolve(operation.responses[answer.status] ?? operation.responses.default, description);
    if (described === undefined) throw say('which is not described');
    if (described.content === undefined || isHead) {
      if (answer.body !== '') throw say('described without a body');
      return;
    }
    const content = described.content[contentType ?? ''];
    if (content === undefined) throw say(`described with another content type than ${contentType}`);
    // OpenAPI says itself what stands in a description.
    if (pathname === '/openapi.json') return;
    const validate = findValidator(content.schema);
    if (!validate(answer.body)) throw say(`not as described (${ajv.errorsText(validate.errors)})`);
  };
}

/** What a reference of the description refers to. */
function resolve(value: Json, description: Json): Json {
  if (value?.$ref === undefined) return value;
  const steps: string[] = value.$ref.replace('#/', '').split('/');
  return steps.reduce((found: Json, step) => found[step], description);
}

/**
 * The schema without references, and with nothing allowed in an object that it does not describe. An alternative is left
 * open, since what it does not describe may be described beside it; the whole is closed.
 */
function toClosed(schema: Json, description: Json, isAlternative: boolean): Json {
  if (typeof schema !== 'object' || schema === null) return schema;
  // It says that anything may be there.
  if (Object.keys(schema).length === 0) return schema;
  if (schema.$ref !== undefined) return toClosed(resolve(schema, description), description, isAlternative);
  const close = (part: Json) => toClosed(part, description, false);
  const open = (part: Json) => toClosed(part, description, true);
  const entries = Object.entries<Json>(schema).map(([key, value]) => {
    if (schemasByName.includes(key)) return [key, mapValues(value, close)];
    if (schemas.includes(key)) return [key, close(value)];
    if (alternatives.includes(key)) return [key, value.map(open)];
    return [key, value];
  });
  const isSaid = schema.additionalProperties !== undefined || schema.unevaluatedProperties !== undefined;
  return { ...Object.fromEntries(entries), ...(!isAlternative && !isSaid && { unevaluatedProperties: false }) };
}

function mapValues(record: Json, map: (value: Json) => Json): Json {
  return Object.fromEntries(Object.entries<Json>(record).map(([key, value]) => [key, map(value)]));
}
