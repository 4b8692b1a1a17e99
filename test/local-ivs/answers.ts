/** Whether an answer of the local IVS is one that the model of the API allows. */
import { expect } from 'vitest';
import { isErrorName, toStatus } from '../../src/local-ivs/api/errors.ts';
import { model } from '../../src/local-ivs/api/model.ts';
import type { Operation } from '../../src/local-ivs/api/model-format.ts';
import type { OperationName } from '../../src/local-ivs/api/model-types.ts';
import { createShapeParser } from '../../src/local-ivs/api/parse-shape.ts';

/** Errors that every operation may answer: of the protocol, of signing, and of limits that not every operation models. */
const always = [
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'RequestEntityTooLargeException',
  'SerializationException',
  'ThrottlingException',
  'UnrecognizedClientException',
  'UnsupportedMediaTypeException',
];

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Fails the test unless the answer has the status, headers and members that the model gives the operation. */
export function expectModelled(name: OperationName, { status, headers, body }: Answer): void {
  expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const error = headers['x-amzn-errortype'];
  if (error === undefined) expectSuccess(model.operations[name], name, { status, headers, body });
  else expectError(name, error, status, body);
}

function expectSuccess(operation: Operation, name: OperationName, { status, headers, body }: Answer): void {
  expect(status).toBe(operation.status);
  if (operation.output === undefined) {
    expect(body).toBe('');
    return;
  }
  expect(headers['content-type']).toBe('application/json');
  const members: unknown = JSON.parse(body);
  // The parser refuses a missing or wrong member and drops an unknown one, so equality means that there is none.
  expect(createShapeParser(operation.output)(members, name)).toEqual(members);
}

function expectError(name: OperationName, error: string, status: number, body: string): void {
  expect([...model.operations[name].errors, ...always]).toContain(error);
  if (!isErrorName(error)) throw new TypeError(`${error} is no error of the API`);
  expect(status).toBe(toStatus(error));
  const { message, exceptionMessage } = JSON.parse(body);
  expect(message).toBeTypeOf('string');
  expect(exceptionMessage).toBe(message);
}
