/** Every error code, its status, and what a stranger may learn from it. */

/** `title` is all that a caller is told besides the code; `detail` is added only where it is about the caller's own input. */
export const errorCodes = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'A valid bearer credential is needed' },
  forbidden: { status: 403, title: 'The caller may not do this' },
  channel_not_entitled: { status: 403, title: 'The caller may not ask for this channel' },
  viewer_blocked: { status: 403, title: 'The viewer is blocked' },
  country_not_allowed: { status: 403, title: 'The channel may not be watched from this country' },
  country_unknown: { status: 403, title: 'The country of the viewer is not known, and this channel needs it' },
  origin_not_allowed: { status: 403, title: 'The channel may not be watched from this origin' },
  channel_closed: { status: 403, title: 'The channel is outside its opening hours' },
  entitlement_refused: { status: 403, title: "The operator's own service says that the viewer may not watch" },
  not_found: { status: 404, title: 'There is nothing here' },
  channel_not_found: { status: 404, title: 'The channel is not registered' },
  method_not_allowed: { status: 405, title: 'There is nothing here for this method' },
  conflict: { status: 409, title: 'The request conflicts with what is there' },
  policy_in_use: { status: 409, title: 'The policy is attached to a channel' },
  channel_not_private: { status: 409, title: 'The channel is public in IVS: playback authorization is off' },
  key_in_use: { status: 409, title: 'The key pair is in use' },
  key_quota_exceeded: { status: 409, title: 'IVS holds its maximum of key pairs for this region' },
  precondition_failed: { status: 412, title: 'The record is not as the request takes it to be' },
  payload_too_large: { status: 413, title: 'The request body is too large' },
  rate_limited: { status: 429, title: 'Too many requests' },
  too_many_channels: { status: 429, title: 'The viewer has tokens for too many channels' },
  internal: { status: 500, title: 'Something went wrong inside the service' },
  ivs_unavailable: { status: 502, title: 'IVS did not answer as expected' },
  store_unavailable: { status: 503, title: 'The store did not answer in time' },
  vault_unavailable: { status: 503, title: 'The vault of private keys did not answer as expected' },
  identity_provider_unavailable: {
    status: 503,
    title: 'The signing keys of the identity provider could not be fetched',
  },
  entitlement_unavailable: {
    status: 503,
    title: "The operator's own service did not say whether the viewer may watch",
  },
  overloaded: { status: 503, title: 'The service has too many requests in hand' },
  no_active_key: { status: 503, title: 'The region of the channel has no active key pair' },
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** One thing wrong with the input. `path` is dotted, `''` the whole body. */
export interface InputProblem {
  readonly path: string;
  readonly message: string;
}

/** An expected outcome that is not success: returned, never thrown. */
export interface Failure {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Only ever about the caller's own input. */
  readonly detail?: string;
  readonly problems?: readonly InputProblem[];
  /** When it would not be refused for this any more, in unix seconds: the end of a block. */
  readonly until?: number;
  /** When a channel opens that is closed, in unix seconds. */
  readonly opensAt?: number;
  /** When a channel closed that does not open again, in unix seconds. */
  readonly closedAt?: number;
  /** Channels that stand in the way. */
  readonly channels?: readonly string[];
  /** After how many seconds asking again may help. */
  readonly retryAfterSeconds?: number;
}

/** An expected outcome that is success, with what came of it. */
export interface Success<T> {
  readonly ok: true;
  readonly value: T;
}

/** What a use case answers: `ok` tells success from an expected failure. An outage is thrown instead. */
export type Result<T> = Success<T> | Failure;

/** Wraps the value of an outcome that succeeded. */
export function succeed<T>(value: T): Success<T> {
  return { ok: true, value };
}

/** An expected refusal with its code; `detail` is shown to the caller. */
export function fail(code: ErrorCode, detail?: string): Failure {
  return detail === undefined ? { ok: false, code } : { ok: false, code, detail };
}

/** Most problems that are told one by one: a list of thousands may have as many, and nobody reads them all. */
export const maxProblems = 100;

/** The refusal of input, with every problem at once; of very many the first ones, and how many more there are. */
export function failInput(problems: readonly InputProblem[]): Failure {
  const more = problems.length - maxProblems;
  const told =
    more <= 0 ? problems : [...problems.slice(0, maxProblems), { path: '', message: `and ${more} more problems` }];
  return { ok: false, code: 'invalid_request', problems: told };
}

/** Which promise of the outside was broken; each is an error code too, so that it has a status and a title. */
export type OutageCode =
  | 'store_unavailable'
  | 'vault_unavailable'
  | 'ivs_unavailable'
  | 'identity_provider_unavailable'
  | 'rate_limited';

/** A broken promise of the outside world: thrown by adapters. `cause` is for the log, never for the caller. */
export class OutageError extends Error {
  readonly code: OutageCode;
  /** After how many seconds a retry may help; sent as `Retry-After`. */
  readonly retryAfterSeconds: number;

  constructor(code: OutageCode, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(errorCodes[code].title, { cause: options.cause });
    this.name = 'OutageError';
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1;
  }
}

/** The code of an outage and the name of what caused it, such as `ivs_unavailable: AccessDeniedException`. */
export function toReason(error: unknown): string {
  if (!(error instanceof OutageError)) return error instanceof Error ? error.name : 'unknown';
  return error.cause instanceof Error ? `${error.code}: ${error.cause.name}` : error.code;
}
