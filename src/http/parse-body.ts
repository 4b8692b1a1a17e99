/** Bodies: JSON or lines of it, not too large, and as their schema has it. */
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import { fail, failInput, type Result, succeed } from '../errors.ts';
import { parseInput } from '../input.ts';
import { contentTypes } from './content-types.ts';
import type { AppContext } from './context.ts';
import { parseLines } from './parse-lines.ts';
import { type Form, usualMaxBytes } from './route.ts';

/** A body that does not come in whole: its sender went, or was too slow for the HTTP server. */
export class BrokenBodyError extends Error {
  constructor(cause: unknown) {
    super('the body did not come in whole', { cause });
    this.name = 'BrokenBodyError';
  }
}

interface BodyOptions {
  /** Default `json`. */
  readonly form?: Form;
  /** Largest that is read; `usualMaxBytes` when absent. */
  readonly maxBytes?: number;
}

/**
 * The body as the schema has it: `payload_too_large` over the limit, else `invalid_request` with every problem.
 * Rejects with a BrokenBodyError.
 */
export async function parseBody<Schema extends z.ZodType>(
  context: AppContext,
  schema: Schema,
  { form = 'json', maxBytes = usualMaxBytes }: BodyOptions = {},
): Promise<Result<z.output<Schema>>> {
  if (!(isDeclared(context) ? isDeclaredSmall(context, maxBytes) : await isCountedSmall(context, maxBytes)))
    return fail('payload_too_large');
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== contentTypes[form])
    return failInput([{ path: '', message: `must be sent with content-type: ${contentTypes[form]}` }]);
  const text = await context.req.text().catch(throwBroken);
  return form === 'lines' ? parseLines(schema, text) : parseJson(schema, text);
}

/** A declared length is held by the HTTP server, so the body need not be counted, which would turn it into a stream first. */
function isDeclared(context: AppContext): boolean {
  return context.req.header('content-length') !== undefined && context.req.header('transfer-encoding') === undefined;
}

/** A length that is no number is none that is small. */
function isDeclaredSmall(context: AppContext, maxBytes: number): boolean {
  return Number(context.req.header('content-length')) <= maxBytes;
}

async function isCountedSmall(context: AppContext, maxBytes: number): Promise<boolean> {
  const limitCounted = bodyLimit({ maxSize: maxBytes, onError: () => new Response() });
  const refusal = await limitCounted(context, async () => {}).catch(throwBroken);
  return refusal === undefined;
}

function parseJson<Schema extends z.ZodType>(schema: Schema, text: string): Result<z.output<Schema>> {
  const json = readJson(text);
  return json.ok ? parseInput(schema, json.value) : json;
}

function readJson(text: string): Result<unknown> {
  try {
    return succeed(JSON.parse(text));
  } catch {
    return failInput([{ path: '', message: 'must be valid JSON' }]);
  }
}

/** Reading fails for no other reason. */
function throwBroken(error: unknown): never {
  throw new BrokenBodyError(error);
}
