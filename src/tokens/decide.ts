/** Whether a token is granted, and what stands in it. Pure: everything it knows is passed in. */
import type { ViewerPlace } from '../access/viewer.ts';
import { type Result, succeed } from '../errors.ts';
import type { KeyPairId } from '../ids.ts';
import type { Limit, Quota } from '../limits/record.ts';
import type { PolicyRules } from '../policies/record.ts';
import { findRefusal, findVerdict, type Situation } from './checks.ts';
import { type PlaybackClaims, toNarrowerResolution } from './claims.ts';
import type { JoiningDevice } from './devices.ts';

/** A token that may be signed. */
export interface Grant {
  readonly claims: PlaybackClaims;
  readonly keyPairId: KeyPairId;
  readonly playbackUrl: string;
  /** The floor of everyone on the channel that it was decided with; 0 when there was none. */
  readonly channelFloor: number;
  /** The limit of the viewer that it counts against; undefined when there is none. */
  readonly viewerLimit: Limit | undefined;
  /** How the limits stand after it. */
  readonly quotas: readonly Quota[];
  /** The device that it is for; undefined where they are not counted. */
  readonly device: JoiningDevice | undefined;
  /** The operator's own service that has to be asked before it is signed; undefined when none has, or it has allowed. */
  readonly toAsk: string | undefined;
}

/** Grants or refuses. `singleUseId` is a fresh UUID, used only when the token is for one use. */
export function decide(situation: Situation, singleUseId: string): Result<Grant> {
  const refusal = findRefusal(situation);
  if (refusal !== undefined) return refusal;
  const { state, viewerLimit, quotas } = situation;
  const { channel, activeKeyPairId, channelFloor } = state;
  if (channel === undefined || activeKeyPairId === undefined)
    throw new TypeError('the checks let pass what is not there');
  const claims = toClaims(situation, singleUseId);
  const { playbackUrl } = channel;
  const { maxConcurrentSessions: most } = situation.policy;
  const device = most === undefined ? undefined : { id: situation.ask.deviceId ?? '', most };
  const toAsk = findVerdict(situation) === undefined ? situation.entitlementUrl : undefined;
  return succeed({ claims, keyPairId: activeKeyPairId, playbackUrl, channelFloor, viewerLimit, quotas, device, toAsk });
}

function toClaims({ ask, policy, sessionVersion, nowSeconds }: Situation, singleUseId: string): PlaybackClaims {
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
