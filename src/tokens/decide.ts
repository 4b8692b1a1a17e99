/** Whether a token is granted, and what stands in it. Pure: everything it knows is passed in. */
import type { Entitlement } from '../access/caller.ts';
import type { ViewerPlace } from '../access/viewer.ts';
import type { Channel } from '../channels/record.ts';
import { fail, failInput, type Result, succeed } from '../errors.ts';
import type { ChannelArn, KeyPairId, ViewerId } from '../ids.ts';
import { evaluatePolicy } from '../policies/evaluate.ts';
import type { PolicyRules } from '../policies/record.ts';
import { defaultPolicy } from '../policies/request.ts';
import { combineScopes, toSessionVersion } from '../revocations/scopes.ts';
import type { Resolution } from '../token-limits.ts';
import { type PlaybackClaims, toNarrowerResolution } from './claims.ts';
import type { IssuanceState } from './ports.ts';

/** What is asked, with everything that is known of who asks. */
export interface Ask {
  readonly channelArn: ChannelArn;
  readonly viewerId: ViewerId;
  readonly entitlement: Exclude<Entitlement, 'not_entitled'>;
  readonly place: ViewerPlace;
  readonly ttlSeconds?: number | undefined;
  readonly singleUse: boolean;
  readonly maximumResolution?: Resolution | undefined;
  /** Longest life of any token, whatever the policy allows. */
  readonly maxTtlSeconds: number;
}

/** A token that may be signed. */
export interface Grant {
  readonly claims: PlaybackClaims;
  readonly keyPairId: KeyPairId;
  readonly playbackUrl: string;
  /** The floor of everyone on the channel that it was decided with; 0 when there was none. */
  readonly channelFloor: number;
}

/** Grants or refuses. `singleUseId` is a fresh UUID, used only when the token is for one use. */
export function decide(ask: Ask, state: IssuanceState, nowSeconds: number, singleUseId: string): Result<Grant> {
  const channel = findChannel(ask, state.channel);
  if (!channel.ok) return channel;
  const { floor, blockedUntil } = combineScopes(state.scopes);
  if (nowSeconds < blockedUntil) return fail('viewer_blocked');
  const policy = state.policy ?? defaultPolicy;
  const denial = evaluatePolicy(policy, ask.place, nowSeconds);
  if (denial !== undefined) return fail(denial);
  const maxTtlSeconds = Math.min(policy.maxTokenTtlSeconds, ask.maxTtlSeconds);
  if (ask.ttlSeconds !== undefined && ask.ttlSeconds > maxTtlSeconds)
    return failInput([{ path: 'ttlSeconds', message: `must be at most ${maxTtlSeconds} on this channel` }]);
  if (state.activeKeyPairId === undefined) return fail('no_active_key');
  return succeed({
    claims: toClaims(ask, policy, toSessionVersion(nowSeconds, floor), nowSeconds, singleUseId),
    keyPairId: state.activeKeyPairId,
    playbackUrl: channel.value.playbackUrl,
    channelFloor: state.channelFloor,
  });
}

/** A viewer who is not entitled learns nothing of whether the channel exists. */
function findChannel({ entitlement }: Ask, channel: Channel | undefined): Result<Channel> {
  if (entitlement === 'if_open' && channel?.access !== 'authenticated') return fail('channel_not_entitled');
  return channel === undefined ? fail('channel_not_found') : succeed(channel);
}

function toClaims(
  ask: Ask,
  policy: PolicyRules,
  sessionVersion: number,
  nowSeconds: number,
  singleUseId: string,
): PlaybackClaims {
  const origins = toOriginList(ask.place, policy);
  const maximumResolution = toNarrowerResolution(ask.maximumResolution, policy.maximumResolution);
  return {
    'aws:channel-arn': ask.channelArn,
    'aws:viewer-id': ask.viewerId,
    'aws:viewer-session-version': sessionVersion,
    ...(origins !== undefined && { 'aws:access-control-allow-origin': origins }),
    ...(policy.strictOriginEnforcement && { 'aws:strict-origin-enforcement': true }),
    ...((ask.singleUse || policy.singleUse) && { 'aws:single-use-uuid': singleUseId }),
    ...(maximumResolution !== undefined && { 'aws:maximum-resolution': maximumResolution }),
    // A token must not start playback after the channel has closed.
    exp: Math.min(
      nowSeconds + Math.min(ask.ttlSeconds ?? policy.tokenTtlSeconds, ask.maxTtlSeconds),
      policy.closesAt ?? Number.POSITIVE_INFINITY,
    ),
  };
}

/** The one origin that asked when it is known, else the policy's list; undefined allows all. */
function toOriginList({ origin }: ViewerPlace, { allowedOrigins }: PolicyRules): string | undefined {
  if (origin !== undefined && origin !== 'opaque') return origin;
  return allowedOrigins.length > 0 ? allowedOrigins.join(',') : undefined;
}
