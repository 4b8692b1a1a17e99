/** Whether limits let one more token through, and how they stand then. Pure: nothing is counted by it. */
import type { Failure } from '../errors.ts';
import { spend } from './gcra.ts';
import { toTerms } from './rate.ts';
import type { Limit, LimitName, LimitReadings, Quota } from './record.ts';

/** A refusal because of limits: which ones, and how all of them stand. */
export interface LimitRefusal extends Failure {
  readonly code: 'rate_limited';
  /** The first that is exceeded. */
  readonly limit: LimitName;
  readonly retryAfterSeconds: number;
  readonly quotas: readonly Quota[];
}

/** How the limits stand with one more token: `viewer` first, then those at home in the order of the readings. */
export function evaluateLimits(
  viewer: Limit | undefined,
  shared: readonly Limit[],
  readings: LimitReadings,
): readonly Quota[] {
  const { nowMicros } = readings;
  return [
    ...(viewer === undefined ? [] : [toQuota(viewer, readings.viewer, nowMicros)]),
    ...shared.map((limit, index) => toQuota(limit, readings.shared[index] ?? 0, nowMicros)),
  ];
}

/** The refusal that follows; undefined when each of them lets the token through. */
export function toLimitRefusal(quotas: readonly Quota[]): LimitRefusal | undefined {
  const exceeded = quotas.filter(({ isExceeded }) => isExceeded);
  const [first] = exceeded;
  if (first === undefined) return undefined;
  const retryAfterSeconds = Math.max(...exceeded.map(({ untilMoreSeconds }) => untilMoreSeconds));
  return { ok: false, code: 'rate_limited', limit: first.name, retryAfterSeconds, quotas };
}

/** Whether limits were the reason. */
export function isLimitRefusal(failure: Failure): failure is LimitRefusal {
  return failure.code === 'rate_limited' && 'quotas' in failure;
}

function toQuota({ name, rate }: Limit, spentUntil: number, nowMicros: number): Quota {
  const { isAllowed, remaining, untilMoreMicros } = spend(spentUntil, nowMicros, toTerms(rate));
  const untilMoreSeconds = Math.max(1, Math.ceil(untilMoreMicros / 1_000_000));
  return { name, rate, isExceeded: !isAllowed, remaining, untilMoreSeconds };
}
