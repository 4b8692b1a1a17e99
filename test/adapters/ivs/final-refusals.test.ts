/** Which codes of a batch's errors are for good. */
import { expect, it } from 'vitest';
import { isFinalCode } from '../../../src/adapters/ivs/final-refusals.ts';

it.each(['400', '403', '404', 'ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'])(
  'a viewer that IVS refuses with %s is refused for good',
  (code) => {
    expect(isFinalCode(code)).toBe(true);
  },
);

it.each([
  ...['401', '409', '429', '500', '503', '4040', ' 404', ''],
  ...['PendingVerification', 'ThrottlingException', 'InternalServerException', 'ServiceUnavailable', 'unknown'],
])('a viewer that IVS refuses with "%s" is tried again', (code) => {
  expect(isFinalCode(code)).toBe(false);
});
