/** What stands between a question and its token: every check, in order. Pure. Deciding ends at the first refusal; explaining tells of all. */
import type { Entitlement } from '../access/caller.ts';
import type { ViewerPlace } from '../access/viewer.ts';
import type { AskedEntitlement, EntitlementQuestion, UnansweredReason } from '../entitlements/record.ts';
import { type Failure, fail, failInput } from '../errors.ts';
import type { ChannelArn, ViewerId } from '../ids.ts';
import { evaluateLimits, toLimitRefusal } from '../limits/evaluate.ts';
import type { Limit, LimitQuery, Quota } from '../limits/record.ts';
import { findViewerLimit, type LimitConfig, listSharedLimits } from '../limits/select.ts';
import { evaluateCountry, evaluateHours, evaluateOrigin } from '../policies/evaluate.ts';
import type { PolicyRules } from '../policies/record.ts';
import { defaultPolicy } from '../policies/request.ts';
import { combineScopes, neverLifts, toSessionVersion } from '../revocations/scopes.ts';
import type { Resolution } from '../token-limits.ts';
import { toDeviceVersion } from './devices.ts';
import type { IssuanceState } from './ports.ts';

/** What is asked, with everything that is known of who asks. */
export interface Ask {
  readonly channelArn: ChannelArn;
  readonly viewerId: ViewerId;
  readonly entitlement: Entitlement;
  readonly place: ViewerPlace;
  readonly ttlSeconds?: number | undefined;
  /** Absent: the token counts as a device of its own. */
  readonly deviceId?: string | undefined;
  readonly singleUse: boolean;
  readonly maximumResolution?: Resolution | undefined;
  /** Longest life of any token, whatever the policy allows. */
  readonly maxTtlSeconds: number;
  readonly limits: AskedLimits;
}

/** What the token counts against. */
export interface AskedLimits {
  /** What holds of a viewer where no policy says otherwise; undefined when the viewer is not counted: a new one each time. */
  readonly ofViewer: LimitConfig | undefined;
  /** The others, in the order in which they were read. */
  readonly shared: readonly Limit[];
}

/** What it counts against whoever asks: the limits of the viewer and of all. */
export function toLimitsOfViewer(rates: LimitConfig): AskedLimits {
  return { ofViewer: rates, shared: listSharedLimits({ clientId: undefined, isAnonymous: false }, rates) };
}

/** What is to be read of limits for it. */
export function toLimitQuery({ shared }: AskedLimits, nowMs: number): LimitQuery {
  return { sharedKeys: shared.map(({ key }) => key), nowMs };
}

/** Everything that a token is decided by. */
export interface Situation {
  readonly ask: Ask;
  readonly state: IssuanceState;
  readonly nowSeconds: number;
  /** The channel's own, or the one that restricts nothing. */
  readonly policy: PolicyRules;
  /** The highest floor of the viewer there; 0 when there is none. */
  readonly floor: number;
  /** Of the longest block; 0 when there is none. */
  readonly blockedUntil: number;
  /** Longest life that the token may have. */
  readonly maxTtlSeconds: number;
  /** The session version that the token has. */
  readonly sessionVersion: number;
  /** The limit of the viewer there; undefined when there is none. */
  readonly viewerLimit: Limit | undefined;
  /** How the limits stand with this token. */
  readonly quotas: readonly Quota[];
  /** The operator's own service that has a say; undefined where none has. */
  readonly entitlementUrl: string | undefined;
  /** What came of asking one; undefined when none was asked yet. */
  readonly asked: AskedEntitlement | undefined;
}

/** Puts together what the checks look at. */
export function toSituation(
  ask: Ask,
  state: IssuanceState,
  nowSeconds: number,
  asked?: AskedEntitlement | undefined,
): Situation {
  const policy = state.policy ?? defaultPolicy;
  const maxTtlSeconds = Math.min(policy.maxTokenTtlSeconds, ask.maxTtlSeconds);
  const { ofViewer, shared } = ask.limits;
  const viewerLimit = ofViewer && findViewerLimit(state.policy, ofViewer);
  const quotas = state.limits === undefined ? [] : evaluateLimits(viewerLimit, shared, state.limits);
  const scope = combineScopes(state.scopes);
  const sessionVersion =
    state.devices === undefined
      ? toSessionVersion(nowSeconds, scope.floor)
      : toDeviceVersion(state.devices, ask.deviceId ?? '', scope.floor, nowSeconds);
  const entitlementUrl = state.channel?.entitlementUrl ?? policy.entitlementUrl;
  return {
    ...{ ask, state, nowSeconds, policy, maxTtlSeconds, sessionVersion, viewerLimit, quotas, ...scope },
    ...{ entitlementUrl, asked },
  };
}

/** What the operator's own service says; undefined where none has a say, or it was not asked yet. */
export function findVerdict({ entitlementUrl, asked }: Situation): AskedEntitlement['verdict'] | undefined {
  return entitlementUrl !== undefined && asked?.url === entitlementUrl ? asked.verdict : undefined;
}

/** What the operator's own service is asked. */
export function toQuestion({ channelArn, viewerId, place }: Ask, purpose: EntitlementQuestion['purpose']) {
  return { channelArn, viewerId, country: place.country, origin: place.origin, purpose } satisfies EntitlementQuestion;
}

/** A refusal for want of an answer of the operator's own service. */
export interface UnansweredRefusal extends Failure {
  readonly code: 'entitlement_unavailable';
  /** For the log. */
  readonly because: UnansweredReason;
}

/** Whether that was the reason. */
export function isUnansweredRefusal(failure: Failure): failure is UnansweredRefusal {
  return failure.code === 'entitlement_unavailable' && 'because' in failure;
}

type Judge = (situation: Situation) => Failure | undefined;

/** The checks in their order. Each refuses, or lets pass with undefined. */
export const checks = {
  /** A viewer who is not entitled learns nothing of whether the channel exists. */
  entitlement: ({ ask, state }) =>
    ask.entitlement === 'not_entitled' || (ask.entitlement === 'if_open' && state.channel?.access !== 'authenticated')
      ? fail('channel_not_entitled')
      : undefined,
  channel: ({ state }) => (state.channel === undefined ? fail('channel_not_found') : undefined),
  block: ({ nowSeconds, blockedUntil }) =>
    nowSeconds < blockedUntil
      ? { ...fail('viewer_blocked'), ...(blockedUntil < neverLifts && { until: blockedUntil }) }
      : undefined,
  /** It refuses nobody: the token's version goes above it. */
  floor: () => undefined,
  hours({ policy, nowSeconds }) {
    const denial = evaluateHours(policy, nowSeconds);
    if (denial === undefined) return undefined;
    const { opensAt, closesAt } = policy;
    if (opensAt !== undefined && nowSeconds < opensAt) return { ...fail(denial), opensAt };
    return { ...fail(denial), ...(closesAt !== undefined && { closedAt: closesAt }) };
  },
  country: ({ policy, ask }) => toFailure(evaluateCountry(policy, ask.place.country)),
  origin: ({ policy, ask }) => toFailure(evaluateOrigin(policy, ask.place)),
  lifetime: ({ ask, maxTtlSeconds }) =>
    ask.ttlSeconds !== undefined && ask.ttlSeconds > maxTtlSeconds
      ? failInput([{ path: 'ttlSeconds', message: `must be at most ${maxTtlSeconds} on this channel` }])
      : undefined,
  limits: ({ quotas }) => toLimitRefusal(quotas),
  key_pair: ({ state }) => (state.activeKeyPairId === undefined ? fail('no_active_key') : undefined),
  /** The last, as its question goes out only when all others let pass. */
  webhook(situation): Failure | UnansweredRefusal | undefined {
    const verdict = findVerdict(situation);
    if (verdict?.kind === 'refused') return fail('entitlement_refused');
    if (verdict?.kind !== 'unanswered') return undefined;
    const { because, retryAfterSeconds } = verdict;
    return { ok: false, code: 'entitlement_unavailable', retryAfterSeconds, because };
  },
} as const satisfies Record<string, Judge>;

export type CheckName = keyof typeof checks;

/** The names of the checks, in their order. */
export const checkNames = Object.keys(checks) as readonly CheckName[];

const judges: readonly Judge[] = Object.values(checks);

/** The first refusal, or undefined when nothing stands between. */
export function findRefusal(situation: Situation): Failure | undefined {
  for (const judge of judges) {
    const refusal = judge(situation);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function toFailure(code: Failure['code'] | undefined): Failure | undefined {
  return code === undefined ? undefined : fail(code);
}
