/** Bodies: JSON only, not too large, and as their schema has it. */
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import { fail, failInput, type Result, succeed } from '../errors.ts';
import { parseInput } from '../input.ts';
import type { AppContext } from './context.ts';

/** Largest body that is read, in bytes. */
const maxBodyBytes = 16 * 1024;

/** A body that does not come in whole: its sender went, or was too slow for the HTTP server. */
export class BrokenBodyError extends Error {
  constructor(cause: unknown) {
    super('the body did not come in whole', { cause });
    this.name = 'BrokenBodyError';
  }
}

/**
 * The body as the schema has it: `payload_too_large` over the limit, else `invalid_request` with every problem.
 * Rejects with a BrokenBodyError.
 */
export async function parseBody<Schema extends z.ZodType>(
  context: AppContext,
  schema: Schema,
): Promise<Result<z.output<Schema>>> {
  if (!(isDeclared(context) ? isDeclaredSmall(context) : await isCountedSmall(context)))
    return fail('payload_too_large');
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    return failInput([{ path: '', message: 'must be sent with content-type: application/json' }]);
  const json = await readJson(context);
  return json.ok ? parseInput(schema, json.value) : json;
}

/** A declared length is held by the HTTP server, so the body need not be counted, which would turn it into a stream first. */
function isDeclared(context: AppContext): boolean {
  return context.req.header('content-length') !== undefined && context.req.header('transfer-encoding') === undefined;
}

const limitCounted = bodyLimit({ maxSize: maxBodyBytes, onError: () => new Response() });

/** A length that is no number is none that is small. */
function isDeclaredSmall(context: AppContext): boolean {
  return Number(context.req.header('content-length')) <= maxBodyBytes;
}

async function isCountedSmall(context: AppContext): Promise<boolean> {
  const refusal = await limitCounted(context, async () => {}).catch(throwBroken);
  return refusal === undefined;
}

async function readJson(context: AppContext): Promise<Result<unknown>> {
  try {
    return succeed(await context.req.json());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throwBroken(error);
    return failInput([{ path: '', message: 'must be valid JSON' }]);
  }
}

/** Reading fails for no other reason. */
function throwBroken(error: unknown): never {
  throw new BrokenBodyError(error);
}
