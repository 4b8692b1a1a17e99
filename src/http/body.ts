/** Bodies: JSON only, and not too large. */
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { failInput } from '../errors.ts';
import type { AppContext, AppEnv } from './context.ts';
import { orRefuse, sendProblem } from './problem.ts';

/** Largest body that is read, in bytes. */
export const maxBodyBytes = 16 * 1024;

/** Answers 413 for a body over the limit, whether its length is declared or not. */
export const limitBody = createMiddleware<AppEnv>(async function limitBodySize(context, next) {
  const declared = context.req.header('content-length');
  // A declared length is held by the HTTP server, so the body need not be counted, which would turn it into a stream first.
  if (declared === undefined || context.req.header('transfer-encoding') !== undefined)
    return limitCounted(context, next);
  return Number(declared) <= maxBodyBytes ? next() : sendProblem(context, 'payload_too_large');
});

const limitCounted = bodyLimit({
  maxSize: maxBodyBytes,
  onError: (context) => sendProblem(context, 'payload_too_large'),
});

/** Answers 400 for a body of any other type. */
export const requireJson = createMiddleware<AppEnv>(async function requireJsonBody(context, next) {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return next();
  const problems = [{ path: '', message: 'must be sent with content-type: application/json' }];
  return sendProblem(context, 'invalid_request', { problems });
});

/** The body as JSON; ends the request with a 400 when it is none. */
export async function readJson(context: AppContext): Promise<unknown> {
  try {
    return await context.req.json();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return orRefuse(failInput([{ path: '', message: 'must be valid JSON' }]));
  }
}
