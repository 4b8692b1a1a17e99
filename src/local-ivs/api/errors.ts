/** How the API refuses: the names of its errors, their statuses, and the response that carries one. */
import { model } from './model.ts';
import type { ModelledError } from './model-types.ts';

/**
 * Errors that any AWS operation may answer besides its modelled ones: API reference, CommonErrors, and the errors of
 * signature version 4 and of the rest-json protocol.
 */
const commonErrors = {
  IncompleteSignatureException: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  RequestEntityTooLargeException: 413,
  SerializationException: 400,
  UnknownOperationException: 404,
  UnrecognizedClientException: 403,
  UnsupportedMediaTypeException: 415,
} as const;

/** The name of an error, as `x-amzn-ErrorType` carries it. */
export type ErrorName = ModelledError | keyof typeof commonErrors;

const statuses: Readonly<Record<ErrorName, number>> = { ...model.errors, ...commonErrors };

/** Whether a name is that of an error which the API can answer. */
export function isErrorName(name: string): name is ErrorName {
  return Object.hasOwn(statuses, name);
}

/** The HTTP status of an error. */
export function toStatus(name: ErrorName): number {
  return statuses[name];
}

/** A refusal of the API. Its message goes to the caller, so it never holds a secret, a token or a signature. */
export class ApiError extends Error {
  override readonly name: ErrorName;

  constructor(name: ErrorName, message: string) {
    super(message);
    this.name = name;
  }
}

/** A request member that breaks a rule, with the text that the real service sends for it. */
export function invalidMember(member: string): ApiError {
  return new ApiError('ValidationException', `Request member: ${member} failed to satisfy the constraints`);
}

/** A signature that does not hold. */
export function invalidSignature(message: string): ApiError {
  return new ApiError('InvalidSignatureException', message);
}

/** A resource that this account does not have in this region. */
export function notFound(arn: string): ApiError {
  return new ApiError('ResourceNotFoundException', `Resource: ${arn} not found`);
}

/**
 * The response for a refusal. The real service sends the text as `message` while its model names the member
 * `exceptionMessage`; clients read one or the other, so both are sent.
 */
export function toErrorResponse(error: ApiError, requestId: string): Response {
  return new Response(JSON.stringify({ message: error.message, exceptionMessage: error.message }), {
    status: toStatus(error.name),
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': error.name,
      'x-amzn-requestid': requestId,
    },
  });
}
