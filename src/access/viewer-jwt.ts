/** A viewer's own OIDC JWT: whether it holds, whom it names, and which channels it claims. */
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { OutageError } from '../errors.ts';
import { parseChannelArn } from '../ids.ts';
import type { ChannelList, ViewerCaller } from './caller.ts';
import type { ViewerIdentity } from './viewer-identity.ts';

/** The algorithms an operator may list: signatures with a public key only. Never `none`, never HMAC. */
export const viewerJwtAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
type ViewerJwtAlgorithm = (typeof viewerJwtAlgorithms)[number];

/** Longest JWT that is looked at, in characters. */
const maxJwtLength = 8192;

/** What a viewer's JWT must be like to be believed, and which of its claims are read. */
export interface ViewerJwtConfig {
  /** The `iss` that it must have, character for character. */
  readonly issuer: string;
  /** The `aud` that it must have, alone or among others. */
  readonly audience: string;
  /** The signature algorithms that are accepted, at least one, default RS256 and ES256. */
  readonly algorithms: readonly ViewerJwtAlgorithm[];
  /** For `exp` and `nbf`, 0 to 300 seconds, default 5. */
  readonly clockToleranceSeconds: number;
  /** The claim that names the viewer, default `sub`. */
  readonly viewerIdClaim: string;
  /** The claim that lists the channels: an array of ARNs, or `*`. Default `channels`. */
  readonly channelsClaim: string;
}

/** What checking a viewer's JWT asks of the outside. */
export interface ViewerJwtPorts {
  /** Finds the identity provider's key for a header; rejects with an OutageError when the keys cannot be fetched. */
  readonly findKey: JWTVerifyGetKey;
  readonly identity: ViewerIdentity;
  readonly nowMs: () => number;
}

/**
 * Why a JWT does not hold, for the log and for operators; a stranger is never told. `unknown_kid`: the identity provider has no such key. `no_viewer`: the
 * claim that names the viewer is missing, or nothing that may stand in a token.
 */
export const jwtProblems = [
  'too_long',
  'malformed',
  'alg',
  'unknown_kid',
  'bad_signature',
  'wrong_issuer',
  'wrong_audience',
  'not_yet_valid',
  'expired',
  'bad_claims',
  'no_viewer',
] as const;
export type JwtProblem = (typeof jwtProblems)[number];

/** Whose JWT it is, or why it is nobody's. */
export type ViewerAuthentication = ViewerCaller | { readonly kind: 'refused'; readonly because: JwtProblem };

/** Binds the check. It never rejects for a JWT that does not hold. */
export function createViewerAuthenticator(config: ViewerJwtConfig, { findKey, identity, nowMs }: ViewerJwtPorts) {
  return async function authenticateViewer(jwt: string): Promise<ViewerAuthentication> {
    if (jwt.length > maxJwtLength) return refuse('too_long');
    const claims = await verify(jwt, config, findKey, nowMs());
    if (typeof claims === 'string') return refuse(claims);
    const subject = claims[config.viewerIdClaim];
    const viewerId = typeof subject === 'string' && subject !== '' ? identity.toViewerId(subject) : undefined;
    if (viewerId === undefined) return refuse('no_viewer');
    return { kind: 'viewer', viewerId, channels: parseChannelsClaim(claims[config.channelsClaim]) };
  };
}

function refuse(because: JwtProblem): ViewerAuthentication {
  return { kind: 'refused', because };
}

async function verify(
  jwt: string,
  config: ViewerJwtConfig,
  findKey: JWTVerifyGetKey,
  nowMs: number,
): Promise<JWTPayload | JwtProblem> {
  try {
    const { payload } = await jwtVerify(jwt, findKey, {
      issuer: config.issuer,
      audience: config.audience,
      algorithms: [...config.algorithms],
      clockTolerance: config.clockToleranceSeconds,
      currentDate: new Date(nowMs),
      requiredClaims: ['exp'],
    });
    return payload;
  } catch (error) {
    if (error instanceof OutageError) throw error;
    if (error instanceof errors.JOSEError || error instanceof TypeError) return toProblem(error);
    throw error;
  }
}

function toProblem(error: Error): JwtProblem {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'alg';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'unknown_kid';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'malformed';
  return (error.reason === 'invalid' ? undefined : problemsOfClaims[error.claim]) ?? 'bad_claims';
}

/** Of claims that are missing, or say something else than they must. */
const problemsOfClaims: Readonly<Record<string, JwtProblem>> = {
  iss: 'wrong_issuer',
  aud: 'wrong_audience',
  nbf: 'not_yet_valid',
};

/** An array of ARNs, or `*` alone or in an array. Anything else in it names no channel. */
function parseChannelsClaim(claim: unknown): ChannelList {
  const entries: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return entries
    .map((entry) => (entry === '*' ? ('*' as const) : typeof entry === 'string' ? parseChannelArn(entry) : undefined))
    .filter((entry) => entry !== undefined);
}
