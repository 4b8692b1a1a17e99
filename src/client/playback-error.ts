/** Why there is no token: what a page shows to its viewer. */
import type { PlaybackToken, Problem } from '../api-client/openapi.ts';

/** The codes of the service (docs/errors.md); `unreachable`: nobody answered in time; `unexpected`: what answered is not the service. */
export type PlaybackErrorCode = Problem['code'] | 'unreachable' | 'unexpected';

/** There is no token. */
export class PlaybackError extends Error {
  override readonly name = 'PlaybackError';
  /** What to decide by. */
  readonly code: PlaybackErrorCode;
  /** Whether asking again the same is of no use, but for `until`: the service said no. */
  readonly isFinal: boolean;
  /** When it is worth asking again: a block ends, a channel opens. Undefined where no time decides. */
  readonly until: Date | undefined;
  /** Seconds that the service wants to be left alone. */
  readonly retryAfter: number | undefined;
  /** To look the request up in the log of the service. */
  readonly requestId: string | undefined;

  constructor(code: PlaybackErrorCode, isFinal: boolean, problem: Partial<Problem> = {}) {
    super(problem.title ?? code);
    const { until, opensAt, retryAfter, requestId } = problem;
    const time = until ?? opensAt;
    this.code = code;
    this.isFinal = isFinal;
    this.until = time === undefined ? undefined : new Date(time);
    this.retryAfter = retryAfter;
    this.requestId = requestId;
  }
}

/** The token of an answer. Throws a PlaybackError. */
export async function readAnswer(answer: Response): Promise<PlaybackToken> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return toToken(body);
  const { status, headers } = answer;
  const problem: Partial<Problem> = isRecord(body) ? body : {};
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  throw new PlaybackError(problem.code ?? 'unexpected', isFinalStatus(status), {
    ...problem,
    ...(problem.retryAfter === undefined && seconds >= 0 && { retryAfter: seconds }),
  });
}

/** What holds the fields that a player needs. Throws a PlaybackError for anything else. */
export function toToken(value: unknown): PlaybackToken {
  if (isRecord(value) && typeof value.playbackUrl === 'string' && typeof value.expiresIn === 'number')
    return value as unknown as PlaybackToken;
  throw new PlaybackError('unexpected', true);
}

/** Timeouts, limits and outages pass; any other 4xx is an answer. */
function isFinalStatus(status: number): boolean {
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
