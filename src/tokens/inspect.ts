/** Why a token would play or not: signature, claims, times, origin, country, revocation. */
import { compactVerify, decodeJwt, decodeProtectedHeader, importSPKI } from 'jose';
import type { ErrorCode } from '../errors.ts';
import {
  type ChannelArn,
  type CountryCode,
  type KeyPairId,
  type KeyPlace,
  type Origin,
  parseChannelArn,
  type ViewerId,
} from '../ids.ts';
import type { KeyPairStore } from '../keys/ports.ts';
import type { KeyPair } from '../keys/record.ts';
import type { LimitConfig } from '../limits/select.ts';
import { evaluatePolicy, matchesOrigin, type PolicyDenial } from '../policies/evaluate.ts';
import { defaultPolicy } from '../policies/request.ts';
import { combineScopes } from '../revocations/scopes.ts';
import type { Clock } from '../system.ts';
import { latestTimeSeconds } from '../time.ts';
import { maxExpiryAheadSeconds, maxTokenBytes } from '../token-limits.ts';
import { findRefusal, toLimitQuery, toLimitsOfViewer, toSituation } from './checks.ts';
import { type PresentedClaims, presentedClaimsSchema } from './claims.ts';
import type { IssuanceStore } from './ports.ts';
import type { InspectRequest } from './request.ts';

/** Why a token does not play at the edge, or would not be issued again. */
export const inspectReasons = [
  'malformed',
  'too_large',
  'wrong_algorithm',
  'invalid_claims',
  'signature_not_ours',
  'expired',
  'expires_too_late',
  'revoked',
  'origin_not_allowed',
  'origin_required',
  'channel_not_found',
  'viewer_blocked',
  'channel_closed',
  'country_not_allowed',
] as const;
export type InspectReason = (typeof inspectReasons)[number];

/** What was found of a token. The checks end at the first reason; what was not reached by then is null. */
export interface Inspection {
  /** Whether the edge would start playback with it now, and this service would issue such a token again. */
  readonly plays: boolean;
  /** Null when it plays; else the first reason found. */
  readonly reason: InspectReason | null;
  /** The claims as they stand in the token, whatever they are; null when they cannot be read. Nothing vouches for them unless `keyId` is there. */
  readonly claims: Readonly<Record<string, unknown>> | null;
  /** The key pair whose signature it bears. */
  readonly keyId: KeyPairId | null;
  /** What would be decided if its viewer asked for a token of the same channel now, from there: `issued`, or why not. Null where it cannot be told. */
  readonly verdict: 'issued' | ErrorCode | null;
  /** The highest floor its viewer is under; a session version at or below it is dead. */
  readonly floor: number | null;
  /** Unix seconds. Null when the claims do not say, or say a time beyond `latestTimeSeconds`. */
  readonly expiresAt: number | null;
}

/** What inspecting asks of the outside. */
export interface InspectPorts {
  readonly issuance: Pick<IssuanceStore, 'load'>;
  readonly keyPairs: Pick<KeyPairStore, 'load'>;
  readonly clock: Clock;
  /** Where the key pairs for a channel live. */
  readonly toPlace: (channelArn: ChannelArn) => KeyPlace;
  /** Longest life of a token, in seconds. */
  readonly maxTtlSeconds: number;
  /** The rates that hold where no policy says otherwise. */
  readonly limits: LimitConfig;
}

/** Says why a token would play or not. Rejects with `store_unavailable` when the store does not answer. */
export type InspectToken = (request: InspectRequest) => Promise<Inspection>;

/** Binds the inspection to its ports. It changes nothing. */
export function createInspectToken(ports: InspectPorts): InspectToken {
  const { issuance, keyPairs, clock, toPlace, maxTtlSeconds } = ports;
  const limits = toLimitsOfViewer(ports.limits);

  /** The key pair of the channel's region that signed the token, as far as this service knows. */
  async function findSigner(token: string, claims: PresentedClaims): Promise<KeyPairId | null> {
    const channelArn = parseChannelArn(claims['aws:channel-arn']);
    if (channelArn === undefined) return null;
    const ofRegion = (await keyPairs.load(toPlace(channelArn))).keyPairs.filter(({ state }) => state !== 'pending');
    for (const keyPair of ofRegion) if (await isSignedBy(token, keyPair)) return keyPair.id;
    return null;
  }

  async function judge(claims: PresentedClaims, { origin, country }: InspectRequest) {
    const channelArn = parseChannelArn(claims['aws:channel-arn']);
    if (channelArn === undefined) return { reason: 'invalid_claims' as const, floor: null, verdict: null };
    // Whoever signed it, IVS takes any text as a viewer id; one without it can neither be revoked nor blocked.
    const viewerId = claims['aws:viewer-id'] as ViewerId | undefined;
    const place = toPlace(channelArn);
    const query = { channelArn, viewerId: viewerId ?? ('-' as ViewerId), place };
    const state = await issuance.load({ ...query, limits: toLimitQuery(limits, clock.nowMs()) });
    const { floor, blockedUntil } = combineScopes(viewerId === undefined ? [] : state.scopes);
    const now = Math.floor(clock.nowMs() / 1000);
    const reason =
      evaluateTimes(claims, now) ??
      (state.channel === undefined ? 'channel_not_found' : undefined) ??
      (floor > 0 && (claims['aws:viewer-session-version'] ?? 0) <= floor ? 'revoked' : undefined) ??
      (now < blockedUntil ? 'viewer_blocked' : undefined) ??
      evaluateTokenOrigin(claims, origin) ??
      evaluateDeclaredPlace(state.policy ?? defaultPolicy, origin, country, now);
    if (viewerId === undefined) return { reason: reason ?? null, floor, verdict: null };
    // As for a caller who may ask for the channel: the token says that one did.
    const ask = {
      channelArn,
      viewerId,
      entitlement: 'entitled',
      place: { origin, country },
      singleUse: false,
    } as const;
    const refusal = findRefusal(toSituation({ ...ask, maxTtlSeconds, limits }, state, now));
    return { reason: reason ?? null, floor, verdict: refusal?.code ?? ('issued' as const) };
  }

  return async function inspectToken(request) {
    const { token } = request;
    const rawClaims = readClaims(token);
    const unreadable = { plays: false, claims: rawClaims, keyId: null, verdict: null, floor: null, expiresAt: null };
    if (rawClaims === null) return { ...unreadable, reason: 'malformed' };
    if (token.length > maxTokenBytes) return { ...unreadable, reason: 'too_large' };
    if (readAlgorithm(token) !== 'ES384') return { ...unreadable, reason: 'wrong_algorithm' };
    const claims = presentedClaimsSchema.safeParse(rawClaims).data;
    if (claims === undefined) return { ...unreadable, reason: 'invalid_claims' };
    // A time that cannot be written, as of a signer that counts in something else, is left to the claims.
    const expiresAt = claims.exp >= 0 && claims.exp <= latestTimeSeconds ? claims.exp : null;
    const keyId = await findSigner(token, claims);
    if (keyId === null) return { ...unreadable, expiresAt, reason: 'signature_not_ours' };
    const judged = await judge(claims, request);
    return { plays: judged.reason === null, ...judged, claims: rawClaims, keyId, expiresAt };
  };
}

function readClaims(token: string): Record<string, unknown> | null {
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
}

function readAlgorithm(token: string): unknown {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    return undefined;
  }
}

async function isSignedBy(token: string, { publicKey }: KeyPair): Promise<boolean> {
  const key = await importSPKI(publicKey, 'ES384');
  return compactVerify(token, key, { algorithms: ['ES384'] }).then(
    () => true,
    () => false,
  );
}

function evaluateTimes(claims: PresentedClaims, now: number): InspectReason | undefined {
  if (claims.exp <= now) return 'expired';
  const capped = claims['aws:viewer-id'] !== undefined || claims['aws:single-use-uuid'] !== undefined;
  return capped && claims.exp > now + maxExpiryAheadSeconds ? 'expires_too_late' : undefined;
}

/** The token's own list, as the edge holds a browser to it. */
function evaluateTokenOrigin(claims: PresentedClaims, origin: Origin | undefined): InspectReason | undefined {
  const list = claims['aws:access-control-allow-origin']?.split(',') ?? ['*'];
  if (origin === undefined) return claims['aws:strict-origin-enforcement'] === true ? 'origin_required' : undefined;
  const matches = list.some((pattern) => pattern === '*' || matchesOrigin(pattern as Origin, origin));
  return matches ? undefined : 'origin_not_allowed';
}

/** The policy as it stands today. A country that was not given is not judged. */
function evaluateDeclaredPlace(
  policy: Parameters<typeof evaluatePolicy>[0],
  origin: Origin | undefined,
  country: CountryCode | undefined,
  now: number,
): Exclude<PolicyDenial, 'country_unknown'> | undefined {
  const denial = evaluatePolicy({ ...policy, unknownCountry: 'allow' }, { origin, country }, now);
  return denial === 'country_unknown' ? undefined : denial;
}
