/** Errors as RFC 9457 problem documents: the one place where failures become HTTP. */
import { z } from 'zod';
import { type ErrorCode, errorCodes, type Failure, type InputProblem, OutageError } from '../errors.ts';
import type { Log, Random } from '../system.ts';
import { timeSchema, toIsoTime } from '../time.ts';
import type { AppContext, HttpPorts } from './context.ts';
import { BrokenBodyError } from './parse-body.ts';
import { respond } from './respond.ts';

/** How the line of a request says that its client hung up. The status is nginx's, which HTTP itself has not. */
export const clientGone = { status: 499, code: 'client_gone' } as const;

/** The problem document, as it is documented and sent. */
export const problemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string().optional(),
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  until: timeSchema.optional().describe('When it is not refused for this any more.'),
  opensAt: timeSchema.optional().describe('When the channel opens.'),
  closedAt: timeSchema.optional().describe('When the channel closed, which does not open again.'),
  retryAfter: z.int().optional().describe('Seconds after which to ask again: those of `Retry-After`.'),
  channels: z.array(z.string()).optional().describe('The channels that stand in the way, 100 at most.'),
});

interface ProblemDetails extends Pick<Failure, 'until' | 'opensAt' | 'closedAt' | 'channels'> {
  readonly detail?: string | undefined;
  readonly problems?: readonly InputProblem[] | undefined;
  /** The earliest time to come back; what is sent is a little later, another time for each caller. */
  readonly retryAfterSeconds?: number | undefined;
}

/** The problem document of a refusal. */
export function sendFailure(context: AppContext, failure: Failure): Response {
  return sendProblem(context, failure.code, { ...failure, retryAfterSeconds: findRetryAfter(context, failure) });
}

/** Times that are further away are told, and nobody is sent back for them. */
const maxRetryAfterSeconds = 86_400;

function findRetryAfter(context: AppContext, { code, until, opensAt, retryAfterSeconds }: Failure): number | undefined {
  // A region without a key stays so until an operator acts; a minute is a fair time to look again.
  if (code === 'no_active_key') return 60;
  if (retryAfterSeconds !== undefined) return retryAfterSeconds;
  const helpsAt = until ?? opensAt;
  if (helpsAt === undefined) return undefined;
  const seconds = helpsAt - Math.floor(context.get('clock').nowMs() / 1000);
  return seconds > maxRetryAfterSeconds ? undefined : Math.max(1, seconds);
}

/** The answer with a code, and nothing in it but what the caller may know. */
export function sendProblem(context: AppContext, code: ErrorCode, details: ProblemDetails = {}): Response {
  const { status, title } = errorCodes[code];
  context.set('errorCode', code);
  const { until, opensAt, closedAt, channels, retryAfterSeconds } = details;
  const retryAfter =
    retryAfterSeconds === undefined ? undefined : toSpreadSeconds(retryAfterSeconds, context.get('random'));
  const body: z.input<typeof problemSchema> = {
    type: 'about:blank',
    title,
    status,
    code,
    ...(details.detail !== undefined && { detail: details.detail }),
    requestId: context.get('requestId'),
    ...(details.problems !== undefined && { errors: [...details.problems] }),
    ...(until !== undefined && { until: toIsoTime(until) }),
    ...(opensAt !== undefined && { opensAt: toIsoTime(opensAt) }),
    ...(closedAt !== undefined && { closedAt: toIsoTime(closedAt) }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(channels !== undefined && { channels: [...channels] }),
  };
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (code === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
  return respond(context, JSON.stringify(body), { status, headers });
}

/** The most that is added to a time, in seconds. */
const maxSpreadSeconds = 30;

/** Between the seconds given and half as much again, at least 2 and at most 30 more: callers who were refused together do not come back together. */
function toSpreadSeconds(seconds: number, random: Random): number {
  const choices = Math.min(maxSpreadSeconds, Math.max(2, Math.ceil(seconds / 2))) + 1;
  const [draw = 0] = random.bytes(1);
  return seconds + Math.floor((draw * choices) / 256);
}

/** Everything that was thrown. The reason goes to the log; the caller learns the code. */
export function createErrorHandler(log: Log, options: Pick<HttpPorts, 'logsErrorMessages'> = {}) {
  const logError = createLogError(log, options);
  return function handleError(error: Error, context: AppContext): Response {
    // There is nobody to answer, and nothing to be repaired: the line of the request says what happened.
    if (error instanceof BrokenBodyError) return sendNothing(context);
    logError(error, context);
    if (!(error instanceof OutageError)) return sendProblem(context, 'internal');
    return sendProblem(context, error.code, { retryAfterSeconds: error.retryAfterSeconds });
  };
}

/** What an operator gets to know of what was thrown, whatever its caller is told. */
export function createLogError(log: Log, { logsErrorMessages = false }: Pick<HttpPorts, 'logsErrorMessages'>) {
  return function logError(error: Error, context: AppContext): void {
    const requestId = context.get('requestId');
    if (error instanceof OutageError) {
      log.error('outage', { requestId, code: error.code, reason: describeCause(error.cause) });
      return;
    }
    log.error('internal_error', {
      requestId,
      name: error.name,
      ...(logsErrorMessages && { message: error.message }),
      stack: toFrames(error),
    });
  };
}

/** What nobody reads. */
function sendNothing(context: AppContext): Response {
  context.set('errorCode', clientGone.code);
  return new Response(null, { status: clientGone.status });
}

/** Name and message of an outside error. Adapters see to it that neither holds a secret. */
function describeCause(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : 'unknown';
}

/** Where it happened, without the message, which could quote what came in. */
function toFrames(error: Error): string[] {
  const lines = error.stack?.split('\n') ?? [];
  return lines.filter((line) => line.startsWith('    at ')).map((line) => line.trim());
}
