/** How an operation that names many resources answers those that exist and those that do not. */
import type { ResourceKind } from '../../arn.ts';
import type { Resource } from '../../state/records.ts';
import type { Call } from '../call.ts';
import { ApiError } from '../errors.ts';
import { findResource } from './resource.ts';

/** Why one element of a batch failed. AWS does not document the codes; the name of the single call's error is used. */
export interface BatchFailure {
  readonly code: string;
  readonly message: string;
}

/** Runs one element of a batch: undefined when it succeeds. Throws what is not an ApiError. */
export function tryElement(run: () => void): BatchFailure | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { code: error.name, message: error.message };
  }
}

/** The resources that exist, and an error for each ARN that names none. */
export function findBatch<K extends ResourceKind>(call: Call, kind: K, arns: readonly string[]) {
  const found: Extract<Resource, { readonly kind: K }>[] = [];
  const errors = arns.flatMap((arn) => {
    const failure = tryElement(() => found.push(findResource(call, kind, arn)));
    return failure ? [{ arn, ...failure }] : [];
  });
  return { found, errors };
}
