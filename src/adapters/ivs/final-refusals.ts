/** Which refusals IVS would repeat however often it is asked to end sessions or a stream. */
import { IvsServiceException } from '@aws-sdk/client-ivs';

/**
 * The codes of a refusal for good, in both forms that may stand in the `errors` of BatchStartViewerSessionRevocation: the
 * HTTP status, as in the example of the AWS CLI reference (batch-start-viewer-session-revocation: `"code": "403"`,
 * `"message": "not authorized"`), and the name of the error, as for a whole call. The API reference names no codes.
 * All others are tried again: PendingVerification, 409, 429, every 5xx, and what is not known.
 */
const finalCodes: ReadonlySet<string> = new Set([
  ...['400', '403', '404'],
  ...['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'],
]);

/** Whether IVS refuses one viewer of a batch for good. */
export function isFinalCode(code: string): boolean {
  return finalCodes.has(code);
}

/** The name of the error with which IVS refused a whole call for good; undefined for every other error. */
export function findFinalRefusal(error: unknown): string | undefined {
  return error instanceof IvsServiceException && isFinalCode(error.name) ? error.name : undefined;
}
