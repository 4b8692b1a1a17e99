/** A JWT of an identity provider: whether it holds, and if not, why. */
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { OutageError } from '../errors.ts';
import { parseChannelArn } from '../ids.ts';
import type { ChannelList } from './caller.ts';

/** The algorithms an operator may list: signatures with a public key only. Never `none`, never HMAC. */
export const jwtAlgorithms = [
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
type JwtAlgorithm = (typeof jwtAlgorithms)[number];

/** Longest JWT that is looked at, in characters. */
const maxJwtLength = 8192;

/** What a JWT must be like to be believed. */
export interface JwtConfig {
  /** The `iss` that it must have, character for character. */
  readonly issuer: string;
  /** The `aud` that it must have, alone or among others. */
  readonly audience: string;
  /** The signature algorithms that are accepted, at least one, default RS256 and ES256. */
  readonly algorithms: readonly JwtAlgorithm[];
  /** For `exp` and `nbf`, 0 to 300 seconds, default 5. */
  readonly clockToleranceSeconds: number;
}

/** What checking a JWT asks of the outside. */
export interface JwtPorts {
  /** Finds the identity provider's key for a header; rejects with an OutageError when the keys cannot be fetched. */
  readonly findKey: JWTVerifyGetKey;
  readonly nowMs: () => number;
}

/**
 * Why a JWT does not hold, for the log and for operators; a stranger is never told. `unknown_kid`: the identity provider has no such key. `no_viewer`: the
 * claim that names the viewer is missing, or nothing that may stand in a token. `no_role`: an operator's names no role that there is.
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
  'no_role',
] as const;
export type JwtProblem = (typeof jwtProblems)[number];

/** A JWT that is nobody's, and why. */
export interface RefusedJwt {
  readonly kind: 'refused';
  readonly because: JwtProblem;
}

/** Says that the JWT is nobody's. */
export function refuseJwt(because: JwtProblem): RefusedJwt {
  return { kind: 'refused', because };
}

/** The claims of a JWT that holds, or why it does not. Rejects with an OutageError when the keys cannot be fetched. */
export type VerifyJwt = (jwt: string) => Promise<JWTPayload | JwtProblem>;

/** Binds the check. It never rejects for a JWT that does not hold. */
export function createVerifyJwt(config: JwtConfig, { findKey, nowMs }: JwtPorts): VerifyJwt {
  return async function verifyJwt(jwt) {
    if (jwt.length > maxJwtLength) return 'too_long';
    try {
      const { payload } = await jwtVerify(jwt, findKey, {
        issuer: config.issuer,
        audience: config.audience,
        algorithms: [...config.algorithms],
        clockTolerance: config.clockToleranceSeconds,
        currentDate: new Date(nowMs()),
        requiredClaims: ['exp'],
      });
      return payload;
    } catch (error) {
      if (error instanceof OutageError) throw error;
      if (error instanceof errors.JOSEError || error instanceof TypeError) return toProblem(error);
      throw error;
    }
  };
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

/** What a claim says of channels: an array of ARNs, or `*` alone or in an array. Anything else in it names no channel. */
export function parseChannelsClaim(claim: unknown): ChannelList {
  const entries: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return entries
    .map((entry) => (entry === '*' ? ('*' as const) : typeof entry === 'string' ? parseChannelArn(entry) : undefined))
    .filter((entry) => entry !== undefined);
}
