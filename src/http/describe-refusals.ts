/** What a route refuses with, as the OpenAPI document has it: each code under its status, with an example. */
import type { z } from 'zod';
import { type ErrorCode, errorCodes } from '../errors.ts';
import { type Json, toReference } from './describe-schemas.ts';
import type { problemSchema } from './problem.ts';
import type { Route } from './route.ts';

/** One answer for each status that is not an answer of the route's own, with an example for each of its codes. */
export function describeRefusals(route: Route): Json {
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
function listRefusals({ callers, tellsMore, body, alwaysAnswered, refusals = [] }: Route): readonly ErrorCode[] {
  const ofCaller: ErrorCode[] =
    callers === 'anyone' && tellsMore === undefined
      ? []
      : ['unauthenticated', 'forbidden', 'store_unavailable', 'identity_provider_unavailable'];
  const ofBody: ErrorCode[] = body === undefined ? [] : ['payload_too_large'];
  const ofLoad: ErrorCode[] = alwaysAnswered ? [] : ['overloaded'];
  return [...new Set<ErrorCode>(['invalid_request', ...ofCaller, ...ofBody, ...refusals, ...ofLoad, 'internal'])];
}

/** The examples that the routes refer to: a problem document for each code. */
export function describeRefusalExamples(routes: readonly Route[]): Json {
  const codes = [...new Set(routes.flatMap(listRefusals))];
  return Object.fromEntries(codes.map((code) => [code, { value: toExample(code) }]));
}

function toExample(code: ErrorCode): z.infer<typeof problemSchema> {
  const { status, title } = errorCodes[code];
  const requestId = '0b6f1c1e-7a55-4b0e-9c1d-2f4f0c5b8a11';
  const errors = [{ path: 'limit', message: 'is not a known parameter' }];
  return { type: 'about:blank', title, status, code, requestId, ...(code === 'invalid_request' && { errors }) };
}
