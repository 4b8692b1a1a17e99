/** Why a token would play or not: signature, claims, times, origin, country, revocation. */
import { compactVerify, decodeJwt, decodeProtectedHeader, importSPKI } from 'jose';
import type { ErrorCode, Failure } from '../errors.ts';
import { type ChannelArn, type KeyPairId, type KeyPlace, type Origin, parseChannelArn, type ViewerId } from '../ids.ts';
import type { KeyPairStore } from '../keys/ports.ts';
import type { KeyPair } from '../keys/record.ts';
import type { LimitConfig } from '../limits/select.ts';
import { matchesOrigin } from '../policies/evaluate.ts';
import type { Clock } from '../system.ts';
import { latestTimeSeconds } from '../time.ts';
import { maxExpiryAheadSeconds, maxTokenBytes } from '../token-limits.ts';
import { findRefusal, type Situation, toLimitQuery, toLimitsOfViewer, toSituation } from './checks.ts';
import { type PresentedClaims, presentedClaimsSchema } from './claims.ts';
import type { IssuanceStore } from './ports.ts';
import type { InspectRequest } from './request.ts';

/** Why the edge would not start playback with a token, beside what issuing refuses with. */
const edgeReasons = [
  'malformed',
  'too_large',
  'wrong_algorithm',
  'invalid_claims',
  'signature_not_ours',
  'expired',
  'expires_too_late',
  'revoked',
  'origin_required',
] as const;

/** Codes with which issuing may refuse the viewer of a token. Who asks, and what they ask for, is not in the token. */
const refusalReasons = [
  'channel_not_found',
  'viewer_blocked',
  'channel_closed',
  'country_not_allowed',
  'country_unknown',
  'origin_not_allowed',
  'rate_limited',
  'no_active_key',
] as const satisfies readonly ErrorCode[];

/** Why a token does not play at the edge, or would not be issued again: the codes of issuing, and what only the edge looks at. */
export const inspectReasons = [...edgeReasons, ...refusalReasons] as const;
export type InspectReason = (typeof inspectReasons)[number];

/** What was found of a token. The checks end at the first reason; what was not reached by then is null. */
export interface Inspection {
  /** Whether the edge would start playback with it now, and this service would issue such a token again. */
  readonly plays: boolean;
  /** Null when it plays; else the first reason found: those of the edge, then those of issuing in their order. */
  readonly reason: InspectReason | null;
  /** The claims as they stand in the token, whatever they are; null when they cannot be read. Nothing vouches for them unless `keyId` is there. */
  readonly claims: Readonly<Record<string, unknown>> | null;
  /** The key pair whose signature it bears. */
  readonly keyId: KeyPairId | null;
  /** What would be decided if its viewer asked for a token of the same channel now, from there: `issued`, or why not. Null where it cannot be told. */
  readonly verdict: 'issued' | ErrorCode | null;
  /** What helps against that refusal, in unix seconds: the end of the block, when the channel opens, when it closed for good. */
  readonly until: number | null;
  readonly opensAt: number | null;
  readonly closedAt: number | null;
  /** After how many seconds a limit gives a token again. */
  readonly retryAfterSeconds: number | null;
  /** The highest floor its viewer is under; a session version at or below it is dead. */
  readonly floor: number | null;
  /** Unix seconds. Null when the claims do not say, or say a time beyond `latestTimeSeconds`. */
  readonly expiresAt: number | null;
}

/** What is found of a token that is not judged. */
const unjudged = {
  plays: false,
  keyId: null,
  verdict: null,
  ...toHelp(undefined),
  floor: null,
  expiresAt: null,
} as const;

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
  async function findSigner(token: string, channelArn: ChannelArn): Promise<KeyPairId | null> {
    const ofRegion = (await keyPairs.load(toPlace(channelArn))).keyPairs.filter(({ state }) => state !== 'pending');
    for (const keyPair of ofRegion) if (await isSignedBy(token, keyPair)) return keyPair.id;
    return null;
  }

  /** What is decided by, as for a caller who may ask for the channel: the token says that one did. */
  async function loadSituation(
    channelArn: ChannelArn,
    viewerId: ViewerId | undefined,
    { origin, country }: InspectRequest,
  ): Promise<Situation> {
    const query = { channelArn, viewerId: viewerId ?? ('-' as ViewerId), place: toPlace(channelArn) };
    const nowMs = clock.nowMs();
    const loaded = await issuance.load({ ...query, limits: toLimitQuery(limits, nowMs) });
    // A token without a viewer id can neither be revoked nor blocked, and no viewer's limit is known for it.
    const state = viewerId === undefined ? { ...loaded, scopes: [], limits: undefined } : loaded;
    const ask = { ...query, entitlement: 'entitled', place: { origin, country }, singleUse: false } as const;
    return toSituation({ ...ask, maxTtlSeconds, limits }, state, Math.floor(nowMs / 1000));
  }

  async function judge(claims: PresentedClaims, channelArn: ChannelArn, request: InspectRequest) {
    // Whoever signed it, IVS takes any text as a viewer id.
    const viewerId = claims['aws:viewer-id'] as ViewerId | undefined;
    const situation = await loadSituation(channelArn, viewerId, request);
    const refusal = findRefusal(situation);
    const reason = evaluateAtEdge(claims, situation, request.origin) ?? toReason(refusal) ?? null;
    return {
      plays: reason === null,
      reason,
      verdict: viewerId === undefined ? null : (refusal?.code ?? ('issued' as const)),
      ...toHelp(refusal),
      floor: situation.floor,
    };
  }

  return async function inspectToken(request) {
    const { token } = request;
    const rawClaims = readClaims(token);
    const unreadable = { ...unjudged, claims: rawClaims };
    if (rawClaims === null) return { ...unreadable, reason: 'malformed' };
    if (token.length > maxTokenBytes) return { ...unreadable, reason: 'too_large' };
    if (readAlgorithm(token) !== 'ES384') return { ...unreadable, reason: 'wrong_algorithm' };
    const claims = presentedClaimsSchema.safeParse(rawClaims).data;
    if (claims === undefined) return { ...unreadable, reason: 'invalid_claims' };
    // A time that cannot be written, as of a signer that counts in something else, is left to the claims.
    const expiresAt = claims.exp >= 0 && claims.exp <= latestTimeSeconds ? claims.exp : null;
    const channelArn = parseChannelArn(claims['aws:channel-arn']);
    const keyId = channelArn === undefined ? null : await findSigner(token, channelArn);
    if (channelArn === undefined || keyId === null) return { ...unreadable, expiresAt, reason: 'signature_not_ours' };
    return { ...(await judge(claims, channelArn, request)), claims: rawClaims, keyId, expiresAt };
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

/** What the edge itself refuses with, as far as it can be known here. */
function evaluateAtEdge(
  claims: PresentedClaims,
  { state, floor, nowSeconds }: Situation,
  origin: Origin | undefined,
): InspectReason | undefined {
  const isRevoked = state.channel !== undefined && floor > 0 && (claims['aws:viewer-session-version'] ?? 0) <= floor;
  return (
    evaluateTimes(claims, nowSeconds) ?? (isRevoked ? 'revoked' : undefined) ?? evaluateTokenOrigin(claims, origin)
  );
}

/** What a refusal says that helps; null for what it does not say. */
function toHelp(refusal: Failure | undefined) {
  const { until = null, opensAt = null, closedAt = null, retryAfterSeconds = null } = refusal ?? {};
  return { until, opensAt, closedAt, retryAfterSeconds };
}

/** The refusal as a reason. */
function toReason(refusal: Failure | undefined): InspectReason | undefined {
  if (refusal === undefined) return undefined;
  const reason = refusalReasons.find((code) => code === refusal.code);
  if (reason === undefined) throw new TypeError(`no token is refused again with ${refusal.code}`);
  return reason;
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
