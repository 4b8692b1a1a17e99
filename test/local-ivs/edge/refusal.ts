/** What a refusal of the edge looks like where it is an array, as the IVS players read it. */
import { expect } from 'vitest';
import type { EdgeAnswer } from '../../support/playback-client.ts';

/** The `error_code` of whatever is wrong with a token itself. */
export const invalidToken = 'invalid_playback_auth_token';

/** Expects an answer to refuse with this code and text; 403 unless told otherwise. */
export function expectRefusal(
  { status, text }: EdgeAnswer,
  errorCode: string,
  error: string,
  expectedStatus = 403,
): void {
  expect(status).toBe(expectedStatus);
  expect(JSON.parse(text)).toEqual([
    { url: expect.stringMatching(/^\/api\/video\/v1\//), error, error_code: errorCode, type: 'error' },
  ]);
}
