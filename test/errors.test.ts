/** Every error code: its status is an error's, and some test says when it is given. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { errorCodes, fail, failInput, OutageError, succeed } from '../src/errors.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const tests = globSync('**/*.ts', { cwd: folder })
  .filter((path) => path !== 'errors.test.ts')
  .map((path) => readFileSync(`${folder}/${path}`, 'utf8'))
  .join('\n');

describe.each(Object.entries(errorCodes))('the code %s', (code, { status, title }) => {
  it('is expected by some test', () => {
    expect(["'", '"', '`'].some((quote) => tests.includes(quote + code + quote))).toBe(true);
  });

  it('has the status of an error and a title', () => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
  });
});

describe('outcomes', () => {
  it('are values: success, failure with or without a detail, and input with its problems', () => {
    expect(succeed(7)).toEqual({ ok: true, value: 7 });
    expect(fail('not_found')).toEqual({ ok: false, code: 'not_found' });
    expect(fail('conflict', 'why')).toEqual({ ok: false, code: 'conflict', detail: 'why' });
    const problems = [{ path: 'a.b', message: 'is wrong' }];
    expect(failInput(problems)).toEqual({ ok: false, code: 'invalid_request', problems });
  });

  it('that nobody expects are thrown with a code, and say nothing of their cause', () => {
    const error = new OutageError('store_unavailable', { cause: new Error('redis://:password@10.0.0.1') });
    expect(error.message).toBe(errorCodes.store_unavailable.title);
    expect(error).toMatchObject({ code: 'store_unavailable', retryAfterSeconds: 1 });
    expect(new OutageError('rate_limited', { retryAfterSeconds: 7 }).retryAfterSeconds).toBe(7);
  });
});
