/** Whether a request may start to watch: by its token on a private channel, by the restriction policy on a public one. */
import type { EdgeSettings } from './edge-options.ts';
import type { EdgeChannel, EdgeState } from './edge-state.ts';
import { allowsOrigin } from './origins.ts';
import type { PlaybackTokenClaims } from './playback-token.ts';
import type { Refused } from './refusals.ts';
import type { MaximumResolution } from './renditions.ts';

/** What a viewer may watch, and under which conditions its session runs on. */
export interface Grant {
  readonly viewerId?: string | undefined;
  readonly sessionVersion: number;
  /** Undefined when every origin may play. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Whether each later request needs an allowed Origin too. */
  readonly strictOriginEnforcement: boolean;
  readonly maximumResolution?: MaximumResolution | undefined;
  /** An id to use up when the session starts, and until when it must be remembered. */
  readonly singleUse?: { readonly uuid: string; readonly forgetAtMs: number } | undefined;
}

/** What the rules look at besides the token or the policy. */
export interface AdmissionContext {
  readonly channelArn: string;
  readonly nowMs: number;
  /** The request's Origin. */
  readonly origin?: string | undefined;
  /** The request's country, two capital letters, when known. */
  readonly country?: string | undefined;
}

const maxStrictOrigins = 5;
const maxRevocableLifetimeMs = 600_000;
/** As seconds this is the year 5138, as milliseconds 1973. */
const leastMillisecondExp = 100_000_000_000;

/** Holds the claims of a token whose signature was verified against the rules; what is used up or revoked is not looked at. */
export function evaluateToken(
  claims: PlaybackTokenClaims,
  context: AdmissionContext,
  settings: EdgeSettings,
): Grant | Refused {
  const lifetime = evaluateTimes(claims, context.nowMs, settings);
  if (lifetime) return lifetime;
  if (claims['aws:channel-arn'] !== context.channelArn) return { refused: 'token_channel' };
  const allowedOrigins = claims['aws:access-control-allow-origin']?.split(',');
  const strictOriginEnforcement = claims['aws:strict-origin-enforcement'];
  if (strictOriginEnforcement && allowedOrigins && allowedOrigins.length > maxStrictOrigins)
    return { refused: 'token_origins' };
  if (!allowsOrigin(allowedOrigins, strictOriginEnforcement, context.origin)) return { refused: 'origin_not_allowed' };
  const uuid = claims['aws:single-use-uuid']?.toLowerCase();
  return {
    viewerId: claims['aws:viewer-id'],
    sessionVersion: claims['aws:viewer-session-version'],
    allowedOrigins,
    strictOriginEnforcement,
    maximumResolution: claims['aws:maximum-resolution'],
    singleUse: uuid === undefined ? undefined : { uuid, forgetAtMs: (claims.exp + settings.clockLeewaySeconds) * 1000 },
  };
}

/** `exp` and its two bounds. The user guide gives the bound of 10 minutes; milliseconds are the mistake of its own sample. */
function evaluateTimes(claims: PlaybackTokenClaims, nowMs: number, settings: EdgeSettings): Refused | undefined {
  const leewayMs = settings.clockLeewaySeconds * 1000;
  const expMs = claims.exp * 1000;
  const isBounded = claims['aws:viewer-id'] !== undefined || claims['aws:single-use-uuid'] !== undefined;
  if (expMs + leewayMs <= nowMs) return { refused: 'token_expired' };
  // RFC 7519 section 4.1.5; AWS names no `nbf`.
  if (claims.nbf !== undefined && claims.nbf * 1000 > nowMs + leewayMs) return { refused: 'token_not_yet_valid' };
  if (claims.exp >= leastMillisecondExp && (isBounded || !settings.acceptMillisecondExp))
    return { refused: 'token_in_milliseconds' };
  if (isBounded && expMs > nowMs + maxRevocableLifetimeMs + leewayMs) return { refused: 'token_lives_too_long' };
  return undefined;
}

/** Holds a request to a public channel against its playback restriction policy. A viewer whose country is unknown is served. */
export function evaluatePolicy(policy: EdgeChannel['restrictionPolicy'], context: AdmissionContext): Grant | Refused {
  if (!policy) return { sessionVersion: 0, strictOriginEnforcement: false };
  const { allowedCountries, enableStrictOriginEnforcement } = policy;
  const allowedOrigins = policy.allowedOrigins.length > 0 ? policy.allowedOrigins : undefined;
  const isCountryAllowed =
    allowedCountries.length === 0 || context.country === undefined || allowedCountries.includes(context.country);
  if (!isCountryAllowed) return { refused: 'country_not_allowed' };
  if (!allowsOrigin(allowedOrigins, enableStrictOriginEnforcement, context.origin))
    return { refused: 'origin_not_allowed' };
  return { sessionVersion: 0, allowedOrigins, strictOriginEnforcement: enableStrictOriginEnforcement };
}

/** Whether a viewer's sessions of this version are revoked on the channel; one without a viewer id cannot be revoked. */
export function isRevoked(
  state: EdgeState,
  channelArn: string,
  { viewerId, sessionVersion }: Pick<Grant, 'viewerId' | 'sessionVersion'>,
): boolean {
  if (viewerId === undefined) return false;
  const revokedVersion = state.revokedVersion(channelArn, viewerId);
  return revokedVersion !== undefined && sessionVersion <= revokedVersion;
}
