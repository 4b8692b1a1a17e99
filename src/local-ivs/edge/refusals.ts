/** Why the edge refuses a request, and what it answers then. */
import { STATUS_CODES } from 'node:http';
import type { UndocumentedRefusalBody } from './edge-options.ts';

interface RefusalRule {
  readonly status: 403 | 404 | 429;
  /** The `error_code` of the JSON array; absent when the body is plain text. */
  readonly code?: string;
  /** The `error` of the JSON array, or the whole plain text. */
  readonly error: string;
  /** Whether public reports show this very body, so that no setting may change it. */
  readonly observed?: true;
}

const token = 'invalid_playback_auth_token';
const policy = 'playback_auth_error';

/** Every refusal. The `observed` ones are answered as public reports of real IVS answers show them. */
const refusalRules = {
  token_segments: { status: 403, code: token, error: 'token contains an invalid number of segments', observed: true },
  token_too_large: { status: 403, code: token, error: 'token is larger than 2048 bytes' },
  token_malformed: {
    status: 403,
    code: token,
    error: 'token is not base64url of a JSON object, twice, and a signature',
  },
  token_algorithm: { status: 403, code: token, error: 'signing method is not ES384' },
  token_claim: { status: 403, code: token, error: 'claim is missing, of a wrong type or out of its range' },
  token_signature: { status: 403, code: token, error: 'signature is invalid' },
  token_expired: { status: 403, code: token, error: 'Token is expired' },
  token_not_yet_valid: { status: 403, code: token, error: 'Token is not valid yet' },
  token_in_milliseconds: { status: 403, code: token, error: 'exp is in milliseconds, not in seconds' },
  token_lives_too_long: { status: 403, code: token, error: 'exp is over 10 minutes ahead, too far for this token' },
  token_channel: { status: 403, code: token, error: 'aws:channel-arn names another channel' },
  token_origins: { status: 403, code: token, error: 'strict origin enforcement takes at most 5 origins' },
  token_used: { status: 403, code: policy, error: policy, observed: true },
  viewer_revoked: { status: 403, code: policy, error: 'viewer session is revoked' },
  origin_not_allowed: { status: 403, code: policy, error: 'origin is not allowed' },
  origin_required: { status: 403, error: 'origin required', observed: true },
  country_not_allowed: { status: 403, code: 'content_geoblocked', error: 'content is not available in this country' },
  session_ended: { status: 403, error: 'Forbidden', observed: true },
  channel_not_found: { status: 404, code: 'transcode_does_not_exist', error: 'Can not find channel' },
  channel_offline: { status: 404, code: 'transcode_does_not_exist', error: 'Can not find channel' },
  not_found: { status: 404, error: 'Not Found' },
  too_many_views: { status: 429, code: 'concurrent_views_limit', error: 'concurrent views limit reached' },
} as const satisfies Record<string, RefusalRule>;

/** The name of a refusal. */
type RefusalReason = keyof typeof refusalRules;

/** A refusal as an outcome. */
export interface Refused {
  readonly refused: RefusalReason;
  /** The name of the claim that is to blame, never its value. */
  readonly claim?: string;
}

/** What is sent for a refusal: a JSON array with one element, or plain text. */
export interface RefusalAnswer {
  readonly status: 403 | 404 | 429;
  readonly body: string | readonly [RefusalElement];
}

/** The element of the array, whose names the IVS players look for. */
interface RefusalElement {
  readonly url: string;
  readonly error: string;
  readonly error_code: string;
  readonly type: 'error';
}

/** Whether an outcome is a refusal. */
export function isRefused(outcome: object): outcome is Refused {
  return 'refused' in outcome;
}

/**
 * The answer to a refused request. The path and short parameters of its URL are repeated in the body, never the token;
 * `style` says how the body reads where AWS's is unknown.
 */
export function toRefusalAnswer(refused: Refused, url: string, style: UndocumentedRefusalBody): RefusalAnswer {
  const rule: RefusalRule = refusalRules[refused.refused];
  const { status, code } = rule;
  if (code === undefined) return { status, body: rule.error };
  if (style === 'text' && !rule.observed) return { status, body: STATUS_CODES[status] ?? '' };
  const explained = refused.claim === undefined ? rule.error : `${refused.claim}: ${rule.error}`;
  const error = style === 'code' && !rule.observed ? code : explained;
  return { status, body: [{ url: toPublicUrl(url), error, error_code: code, type: 'error' }] };
}

/** The path and parameters of a URL, without what may open anything: a session's opaque name, a token, any long value. */
function toPublicUrl(url: string): string {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.replace(/^(\/v1\/\w+\/).*/, '$1redacted');
  const parameters = [...searchParams].map(([name, value]) => toPublicParameter(name, value));
  return parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
}

function toPublicParameter(name: string, value: string): string {
  // Some signers' URLs have the token in the name of a parameter, such as `?token.m3u8?token=…`.
  if (!/^[\w-]{1,32}$/.test(name)) return 'redacted';
  return name.toLowerCase() !== 'token' && /^[\w.-]{0,16}$/.test(value) ? `${name}=${value}` : `${name}=redacted`;
}
