/** How an operation that names many resources answers those that exist and those that do not. */
import type { ResourceKind } from '../../arn.ts';
import type { Resource } from '../../state/records.ts';
import type { Call } from '../call.ts';
import { ApiError, toStatus } from '../errors.ts';
import { findResource } from './resource.ts';

/**
 * Why one element of a batch failed. AWS does not document the codes; the one that it shows is a status (AWS CLI reference,
 * the example of batch-start-viewer-session-revocation: `"code": "403"`).
 */
export interface BatchFailure {
  readonly code: string;
  readonly message: string;
}

/** Runs one element of a batch: undefined when it succeeds. Throws what is not an ApiError. */
export function tryElement({ batchErrorCodes }: Call, run: () => void): BatchFailure | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const code = batchErrorCodes === 'status' ? String(toStatus(error.name)) : error.name;
    return { code, message: error.message };
  }
}

/** The resources that exist, and an error for each ARN that names none. */
export function findBatch<K extends ResourceKind>(call: Call, kind: K, arns: readonly string[]) {
  const found: Extract<Resource, { readonly kind: K }>[] = [];
  const errors = arns.flatMap((arn) => {
    const failure = tryElement(call, () => found.push(findResource(call, kind, arn)));
    return failure ? [{ arn, ...failure }] : [];
  });
  return { found, errors };
}
